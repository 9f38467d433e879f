/** `GET /v1/responses/{id}/input_items`: everything that the model was given for an answer, in pages. */
import { withoutEncrypted } from '../../../../../shared/protocol/responses/answer.ts';
import { invalidValue } from '../../../../../shared/protocol/openai/error.ts';
import { responseNotFound } from '../../../../../shared/protocol/responses/refusals.ts';
import { inputItemsQuerySchema } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { refusalOf } from '../request-body.ts';
import { findPlace, readLine, type ReadTurn } from './stored.ts';

const idOf = (item: object | undefined): string | undefined =>
  item !== undefined && 'id' in item && typeof item.id === 'string' ? item.id : undefined;

/** The turns before the last one whole, and what the last one answered. */
const givenItems = (turns: readonly ReadTurn[]): readonly object[] =>
  turns.flatMap(({ input, response }, index) => (index === turns.length - 1 ? input : [...input, ...response.output]));

export const listInputItems = async (context: AppContext, responseId: string): Promise<Response> => {
  const query = inputItemsQuerySchema.safeParse(context.req.query());
  if (!query.success) return openAiError(context, refusalOf(query.error));
  const place = await findPlace(context, responseId);
  if (!place.ok) return openAiError(context, place.error);
  const line = await readLine(context, place.value, responseNotFound(responseId));
  if (!line.ok) return openAiError(context, line.error);
  const { limit, order, after } = query.data;
  const oldestFirst = givenItems(line.value);
  const items = order === 'asc' ? oldestFirst : oldestFirst.toReversed();
  const start = after === undefined ? 0 : items.findIndex((item) => idOf(item) === after) + 1;
  if (after !== undefined && start === 0) {
    return openAiError(context, invalidValue('after', 'There is no item of this id.'));
  }
  const page = items.slice(start, start + limit);
  return context.json({
    object: 'list',
    data: page.map(withoutEncrypted),
    first_id: idOf(page[0]) ?? null,
    last_id: idOf(page.at(-1)) ?? null,
    has_more: start + limit < items.length,
  });
};

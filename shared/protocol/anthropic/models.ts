/** The models that are offered, in the shape of Anthropic's `GET /v1/models`, page by page. */
import { contextTokensOf } from '../../domain/model/context-window.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import { invalidValue, type OpenAiRefusal } from '../openai/error.ts';

export interface AnthropicModel {
  readonly type: 'model';
  /** `<provider>/<model>`, as requests name it. */
  readonly id: string;
  readonly display_name: string;
  /** Nobody tells when a model was made, so it is the beginning of time. */
  readonly created_at: '1970-01-01T00:00:00Z';
  readonly max_input_tokens: number | null;
  readonly max_tokens: null;
  readonly capabilities: null;
  readonly line: null;
  readonly lifecycle: 'active';
  readonly deprecated_at: null;
  readonly retires_at: null;
}

export interface AnthropicModelPage {
  readonly data: readonly AnthropicModel[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** The cursors and the size of a page, as the query says them. */
export interface PageQuery {
  readonly limit?: string | undefined;
  readonly after_id?: string | undefined;
  readonly before_id?: string | undefined;
}

const usualLimit = 20;
const largestLimit = 1_000;

/** A model's entry. */
export const toAnthropicModel = (id: string): AnthropicModel => ({
  type: 'model',
  id,
  display_name: id,
  created_at: '1970-01-01T00:00:00Z',
  max_input_tokens: contextTokensOf(id) ?? null,
  max_tokens: null,
  capabilities: null,
  line: null,
  lifecycle: 'active',
  deprecated_at: null,
  retires_at: null,
});

const placeOf = (ids: readonly string[], name: string, id: string): Result<number, OpenAiRefusal> => {
  const place = ids.indexOf(id);
  return place === -1 ? err(invalidValue(name, `${name}: is not one of the models.`)) : ok(place);
};

/** The models of one page and whether there are more in its direction. */
export const toAnthropicModelPage = (
  ids: readonly string[],
  query: PageQuery,
): Result<AnthropicModelPage, OpenAiRefusal> => {
  const limit = query.limit === undefined ? usualLimit : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestLimit) {
    return err(invalidValue('limit', `limit: must be a whole number from 1 to ${largestLimit}.`));
  }
  const { after_id: afterId, before_id: beforeId } = query;
  const after = afterId === undefined ? ok(-1) : placeOf(ids, 'after_id', afterId);
  if (!after.ok) return after;
  const before = beforeId === undefined ? ok(ids.length) : placeOf(ids, 'before_id', beforeId);
  if (!before.ok) return before;
  const between = ids.slice(after.value + 1, before.value);
  const isBackwards = beforeId !== undefined && afterId === undefined;
  const shown = isBackwards ? between.slice(-limit) : between.slice(0, limit);
  return ok({
    data: shown.map(toAnthropicModel),
    has_more: between.length > shown.length,
    first_id: shown[0] ?? null,
    last_id: shown.at(-1) ?? null,
  });
};

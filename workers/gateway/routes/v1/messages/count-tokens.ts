/** `POST /v1/messages/count_tokens`: counted by Anthropic for its own models, estimated for all others. */
import { anthropicTokenCount } from '../../../../../shared/adapters/models/pass-through-anthropic.ts';
import { estimateTokens } from '../../../../../shared/protocol/anthropic/count-tokens.ts';
import { toModelRequest } from '../../../../../shared/protocol/anthropic/model-request.ts';
import { refusalOf } from '../../../../../shared/protocol/anthropic/validation.ts';
import { countRequestSchema } from '../../../../../shared/schemas/anthropic-messages.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import { passedAnswer } from '../passed-answer.ts';
import { extrasOf, routeRequest, toPassed } from './request.ts';

/** The route's handler. Counting costs nothing, so no budget is asked and nothing is settled. */
export const countTokens = async (context: AppContext): Promise<Response> => {
  const request = await routeRequest(context);
  if (request instanceof Response) return request;
  const { found, model, body } = request;
  if (found.type === 'passed') {
    const wire = anthropicTokenCount(extrasOf(context));
    const passed = { ...toPassed(context, request), stream: false };
    const call = { settle: () => undefined, began: () => undefined };
    return await passedAnswer(context, { account: found.account, request: passed, model, wire, call });
  }
  const parsed = countRequestSchema.safeParse(body);
  if (!parsed.success) return refuse(context, refusalOf(parsed.error));
  const call = { model: found.model, idempotencyKey: context.var.requestId };
  const translated = toModelRequest({ ...parsed.data, max_tokens: 1 }, found.capabilities, call);
  if (!translated.ok) return refuse(context, translated.error);
  return context.json({ input_tokens: estimateTokens(translated.value.request) }, 200, {
    'x-aidevos-estimated': 'true',
  });
};

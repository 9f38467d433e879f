/** `POST /v1/responses/input_tokens`: how many tokens a request probably has. Nothing is asked of a provider. */
import { estimateTokens } from '../../../../../shared/domain/model/request-size.ts';
import { anyCapabilities } from '../../../../../shared/protocol/openai/capabilities.ts';
import { toResponseModelRequest } from '../../../../../shared/protocol/responses/model-request.ts';
import { tokenCountRequestSchema } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { readHistory } from './history.ts';

/** The route's handler. The estimate is the same for every model, so an unknown one is no error. */
export const countInputTokens = async (context: AppContext): Promise<Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const parsed = tokenCountRequestSchema.safeParse(read.value);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const history = await readHistory(context, parsed.data);
  if (!history.ok) return openAiError(context, history.error);
  const request = { ...parsed.data, model: parsed.data.model ?? 'any' };
  const call = { model: request.model, idempotencyKey: '' };
  const translated = toResponseModelRequest(request, history.value.items, anyCapabilities, call);
  if (!translated.ok) return openAiError(context, translated.error);
  const counted = { object: 'response.input_tokens', input_tokens: estimateTokens(translated.value.request) };
  return context.json(counted, 200, { 'x-aidevos-estimated': 'true' });
};

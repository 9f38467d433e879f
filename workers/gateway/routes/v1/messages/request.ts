/** What both operations on messages begin with: a body of JSON, and the model that it names. */
import { refusalOf } from '../../../../../shared/protocol/anthropic/validation.ts';
import { swapModel } from '../../../../../shared/protocol/openai/swap-model.ts';
import { passedMessagesSchema } from '../../../../../shared/schemas/anthropic-messages.ts';
import type { AnthropicExtras } from '../../../../../shared/adapters/models/pass-through-anthropic.ts';
import type { PassedRequest } from '../../../../../shared/adapters/models/pass-through.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import type { MessageModel } from '../../../message-models.ts';
import { readJsonBody } from '../request-body.ts';

export interface RoutedRequest {
  readonly text: string;
  readonly body: unknown;
  /** The name that was asked for. */
  readonly model: string;
  readonly stream: boolean;
  /** The most that the answer may have, where the caller says so soundly. */
  readonly maxTokens?: number;
  readonly found: MessageModel;
}

/** The request and its model, or the answer that refuses it. */
export const routeRequest = async (context: AppContext): Promise<RoutedRequest | Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const { text, value: body } = read;
  const routed = passedMessagesSchema.safeParse(body);
  if (!routed.success) return refuse(context, refusalOf(routed.error));
  const { model, stream, max_tokens: limit } = routed.data;
  const found = context.var.services.messageModels.find(model);
  if (!found.ok) return refuse(context, found.error);
  const maxTokens = typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0 ? { maxTokens: limit } : {};
  return { text, body, model, stream: stream === true, ...maxTokens, found: found.value };
};

/** The request as it goes on to Anthropic: with its own name for the model, and nothing else changed. */
export const toPassed = (context: AppContext, request: RoutedRequest): PassedRequest => ({
  body: swapModel(request.text, request.found.model),
  stream: request.stream,
  choices: 1,
  idempotencyKey: context.var.requestId,
});

/** Features that the caller asks for by name; longer lists than any client sends are no header of theirs. */
const betasPattern = /^[\w.,: -]{1,2000}$/;

/** What goes on beside the body. */
export const extrasOf = (context: AppContext): AnthropicExtras => {
  const betas = context.req.header('anthropic-beta');
  return {
    betas: betas !== undefined && betasPattern.test(betas) ? betas : undefined,
    isBeta: context.req.query('beta') === 'true',
  };
};

/** What both operations on messages begin with: a body of JSON, and the names of models in it. */
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import { refusalOf } from '../../../../../shared/protocol/anthropic/validation.ts';
import { dropField, swapModel } from '../../../../../shared/protocol/openai/swap-model.ts';
import { passedMessagesSchema } from '../../../../../shared/schemas/anthropic-messages.ts';
import type { AnthropicExtras } from '../../../../../shared/adapters/models/pass-through-anthropic.ts';
import type { PassedRequest } from '../../../../../shared/adapters/models/pass-through.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { PassedModel } from '../../../chat-models.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import { readJsonBody, withoutFallbacks } from '../request-body.ts';

export interface ReadRequest {
  readonly text: string;
  /** Without what is for the platform alone. */
  readonly body: unknown;
  readonly requestBytes: number;
  /** The name that was asked for. */
  readonly model: string;
  /** What it stands for: a name without a provider is Anthropic's, as its clients name models. */
  readonly name: string;
  /** Which ones stand in for it. */
  readonly fallbacks: readonly string[] | undefined;
  /** The field for that is there, whatever it holds. */
  readonly saysModels: boolean;
  readonly stream: boolean;
  /** The most that the answer may have, where the caller says so soundly. */
  readonly maxTokens?: number;
}

const fullNameOf = ({ var: { chatModels } }: AppContext, model: string): string =>
  model.includes('/') || chatModels.names.includes(model) ? model : `anthropic/${model}`;

/** The request, or the answer that refuses it. */
export const readRequest = async (context: AppContext): Promise<ReadRequest | Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const { text, value } = read;
  const routed = passedMessagesSchema.safeParse(value);
  if (!routed.success) return refuse(context, refusalOf(routed.error));
  const { model, models, stream, max_tokens: limit } = routed.data;
  const isLimit = typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0;
  return {
    text,
    body: withoutFallbacks(value),
    requestBytes: utf8Length(text),
    model,
    name: fullNameOf(context, model),
    fallbacks: models ?? undefined,
    saysModels: models !== undefined,
    stream: stream === true,
    ...(isLimit ? { maxTokens: limit } : {}),
  };
};

/** The request as it goes on to Anthropic: with its own name for the model, and nothing else changed. */
export const toPassed = (context: AppContext, request: ReadRequest, { model }: PassedModel): PassedRequest => {
  const named = swapModel(request.text, model);
  return {
    body: request.saysModels ? dropField(named, 'models') : named,
    stream: request.stream,
    choices: 1,
    idempotencyKey: context.get('requestId'),
  };
};

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

/** `POST /v1/chat/completions`: passed on where the provider speaks this wire itself, translated where it does not. */
import { offlineChat } from '../../../../shared/domain/offline-engineer/chat/chat.ts';
import { invalidValue } from '../../../../shared/protocol/openai/error.ts';
import { toModelRequest } from '../../../../shared/protocol/openai/model-request.ts';
import { swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { chatRequestSchema, passedRequestSchema } from '../../../../shared/schemas/openai-chat.ts';
import type { AppContext } from '../../app-environment.ts';
import type { TranslatedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { isJson } from '../../media-type.ts';
import { refuseByBudget } from './budget-refusal.ts';
import { passedAnswer } from './passed-answer.ts';
import { readBody, refusalOf } from './request-body.ts';
import { streamedAnswer, wholeAnswer } from './translated-answer.ts';

const translate = async (context: AppContext, body: unknown, found: TranslatedModel): Promise<Response> => {
  const { services, requestId } = context.var;
  const parsed = chatRequestSchema.safeParse(body);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const { model, stream, stream_options: options } = parsed.data;
  if (options !== undefined && options !== null && stream !== true) {
    return openAiError(context, invalidValue('stream_options', "'stream_options' is only for streamed answers."));
  }
  const translated = toModelRequest(parsed.data, found.capabilities, { model: found.model, idempotencyKey: requestId });
  if (!translated.ok) return openAiError(context, translated.error);
  const { request, withoutEffect } = translated.value;
  const head = {
    id: `chatcmpl-${requestId.slice('req_'.length)}`,
    created: Math.floor(services.clock.now() / 1_000),
    model,
  };
  const call = { client: found.client, request, head, includeUsage: options?.include_usage === true };
  const answer = stream === true ? await streamedAnswer(context, call) : await wholeAnswer(context, call);
  if (withoutEffect.length > 0) answer.headers.set('x-aidevos-without-effect', withoutEffect.join(', '));
  return answer;
};

/** The route's handler. */
export const chatCompletions = async (context: AppContext): Promise<Response> => {
  if (!isJson(context.req.header('content-type') ?? '')) {
    return problem(context, {
      type: 'request.unsupported_media_type',
      detail: 'Send the request as application/json.',
    });
  }
  const text = await context.req.text();
  const body = readBody(text);
  const routed = passedRequestSchema.safeParse(body);
  if (!routed.success) return openAiError(context, refusalOf(routed.error));
  const { model, stream, n } = routed.data;
  const found = context.var.services.chatModels.find(model);
  if (!found.ok) return openAiError(context, found.error);
  const isFree = found.value.type === 'translated' && found.value.client === offlineChat;
  const refusal = isFree ? undefined : await refuseByBudget(context);
  if (refusal !== undefined) return refusal;
  if (found.value.type === 'translated') return await translate(context, body, found.value);
  const request = {
    body: swapModel(text, found.value.model),
    stream: stream === true,
    choices: n ?? 1,
    idempotencyKey: context.var.requestId,
  };
  return await passedAnswer(context, { account: found.value.account, request, model });
};

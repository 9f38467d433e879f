/** `POST /v1/chat/completions`: passed on where the provider speaks this wire itself, translated where it does not. */
import type { z } from 'zod';
import { offlineChat } from '../../../../shared/domain/offline-engineer/chat/chat.ts';
import { invalidValue } from '../../../../shared/protocol/openai/error.ts';
import { needsOf } from '../../../../shared/domain/model/needs.ts';
import { toModelRequest } from '../../../../shared/protocol/openai/model-request.ts';
import { swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { chatRequestSchema, passedRequestSchema } from '../../../../shared/schemas/openai-chat.ts';
import type { AppContext } from '../../app-environment.ts';
import type { PassedModel, TranslatedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { isJson } from '../../media-type.ts';
import { routeChat, type Route } from '../../model-routes.ts';
import { refuseByBudget } from './budget-refusal.ts';
import { passedAnswer } from './passed-answer.ts';
import { readBody, refusalOf } from './request-body.ts';
import { streamedAnswer, wholeAnswer } from './translated-answer.ts';

/** `models` is for us: which ones stand in for the model, as OpenRouter's API has it. */
const withoutFallbacks = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('models' in body)) return body;
  const { models: _models, ...rest } = body;
  return rest;
};

type ParsedRequest = ReturnType<typeof chatRequestSchema.safeParse>;

const translate = async (
  context: AppContext,
  parsed: ParsedRequest,
  found: TranslatedModel,
  answeredBy: Route['answeredBy'],
): Promise<Response> => {
  const { services, requestId } = context.var;
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
  answer.headers.set('x-aidevos-model', answeredBy());
  return answer;
};

/** The request's text for a server that knows only the older name of the limit. */
const withOlderLimit = (text: string, body: unknown): string => {
  if (typeof body !== 'object' || body === null || !('max_completion_tokens' in body)) return text;
  const { max_completion_tokens: limit, ...rest } = body;
  return JSON.stringify({ ...rest, max_tokens: limit });
};

const passed = async (
  context: AppContext,
  found: PassedModel,
  asked: { readonly text: string; readonly body: unknown } & z.infer<typeof passedRequestSchema>,
): Promise<Response> => {
  const { text, body, model, stream, n } = asked;
  const said = found.quirks.tokenLimit === 'max_tokens' ? withOlderLimit(text, body) : text;
  const request = {
    body: swapModel(said, found.model),
    stream: stream === true,
    choices: n ?? 1,
    idempotencyKey: context.var.requestId,
  };
  const answer = await passedAnswer(context, { account: found.account, request, model, settle: found.settle });
  answer.headers.set('x-aidevos-model', found.name);
  return answer;
};

/** A choice of ours is told to the client and in the log. */
const noteChoice = (context: AppContext, answer: Response, reason: string, model: string): void => {
  const { services, requestId } = context.var;
  answer.headers.set('x-aidevos-model-reason', reason);
  services.log({ level: 'info', message: 'a model was chosen', requestId, fields: { model, reason } });
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
  const { model, models } = routed.data;
  let parsed: ParsedRequest | undefined;
  const parse = (): ParsedRequest => (parsed ??= chatRequestSchema.safeParse(withoutFallbacks(body)));
  const route = routeChat(context.var.services.chatModels, {
    name: model,
    fallbacks: models ?? undefined,
    requestId: context.var.requestId,
    needs: () => needsOf(text, body),
    accepts: (capabilities) => {
      const request = parse();
      // What is wrong with the request is told by whoever translates it.
      return !request.success || toModelRequest(request.data, capabilities, { model: '', idempotencyKey: '' }).ok;
    },
  });
  if (!route.ok) return openAiError(context, route.error);
  const { model: found, reason, answeredBy } = route.value;
  const isFree = found.type === 'translated' && found.client === offlineChat;
  const refusal = isFree ? undefined : await refuseByBudget(context);
  if (refusal !== undefined) return refusal;
  const answer =
    found.type === 'translated'
      ? await translate(context, parse(), found, answeredBy)
      : await passed(context, found, { text, body, ...routed.data });
  if (reason !== undefined) noteChoice(context, answer, reason, answeredBy());
  return answer;
};

/** `POST /v1/chat/completions`: passed on where the provider speaks this wire itself, translated where it does not. */
import type { z } from 'zod';
import { utf8Length } from '../../../../shared/domain/model/estimate.ts';
import { outputLimitOf } from '../../../../shared/domain/model/output-limit.ts';
import { ChunkWriter } from '../../../../shared/protocol/openai/chunks.ts';
import { toCompletion } from '../../../../shared/protocol/openai/completion.ts';
import { invalidValue } from '../../../../shared/protocol/openai/error.ts';
import { toModelRequest } from '../../../../shared/protocol/openai/model-request.ts';
import { askForUsage, swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { chatRequestSchema, passedRequestSchema } from '../../../../shared/schemas/openai-chat.ts';
import type { AppContext } from '../../app-environment.ts';
import type { ChatModel, TranslatedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { isJson } from '../../media-type.ts';
import { answerCall } from '../../model-calls/answer-call.ts';
import { metered } from '../../model-calls/metered.ts';
import { passedAnswer } from './passed-answer.ts';
import { readBody, refusalOf } from './request-body.ts';
import { streamedAnswer, wholeAnswer } from './translated-answer.ts';

/** A request that was routed. */
interface RoutedRequest {
  readonly text: string;
  readonly body: unknown;
  readonly routed: z.infer<typeof passedRequestSchema>;
}

const translate = async (
  context: AppContext,
  { text, body }: RoutedRequest,
  found: TranslatedModel,
): Promise<Response> => {
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
  const { maxOutputTokens } = request;
  const plan = { ...planOf(model, text, body, stream === true), maxOutputTokens };
  return await answerCall(context, plan, async (call) => {
    const head = {
      id: `chatcmpl-${requestId.slice('req_'.length)}`,
      created: Math.floor(services.clock.now() / 1_000),
      model,
    };
    const asked = { client: metered(found.client, call), request, model };
    const answer =
      stream === true
        ? await streamedAnswer(context, asked, new ChunkWriter(head, options?.include_usage === true))
        : await wholeAnswer(context, asked, (whole) => toCompletion(head, whole));
    if (withoutEffect.length > 0) answer.headers.set('x-aidevos-without-effect', withoutEffect.join(', '));
    return answer;
  });
};

const planOf = (model: string, text: string, body: unknown, streamed: boolean) => ({
  wire: 'chat' as const,
  model,
  streamed,
  requestBytes: utf8Length(text),
  body: { text, value: body },
});

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** The most that the answers may have together; a provider knows at most one of the two limits, so the larger counts. */
const maxOutputOf = ({ routed }: RoutedRequest): number => {
  const limits = [routed.max_completion_tokens, routed.max_tokens].filter(isCount);
  const limit = limits.length === 0 ? outputLimitOf(routed.model) : Math.max(...limits);
  return limit * (routed.n ?? 1);
};

const wantsUsage = ({ routed }: RoutedRequest): boolean => {
  const options = routed.stream_options;
  return (
    typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true
  );
};

const pass = async (
  context: AppContext,
  request: RoutedRequest,
  found: Extract<ChatModel, { type: 'passed' }>,
): Promise<Response> => {
  const { text, body, routed } = request;
  const { model, n } = routed;
  const streamed = routed.stream === true;
  const hidesUsage = streamed && !wantsUsage(request);
  const plan = { ...planOf(model, text, body, streamed), maxOutputTokens: maxOutputOf(request) };
  return await answerCall(context, plan, async (call) => {
    const swapped = swapModel(text, found.model);
    const passed = {
      body: hidesUsage ? askForUsage(swapped) : swapped,
      stream: streamed,
      choices: n ?? 1,
      idempotencyKey: context.var.requestId,
      hidesUsage,
    };
    return await passedAnswer(context, { account: found.account, request: passed, model, call });
  });
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
  const found = context.var.services.chatModels.find(routed.data.model);
  if (!found.ok) return openAiError(context, found.error);
  const request = { text, body, routed: routed.data };
  return found.value.type === 'translated'
    ? await translate(context, request, found.value)
    : await pass(context, request, found.value);
};

/** `POST /v1/chat/completions`: passed on where the provider speaks this wire itself, translated where it does not. */
import { utf8Length } from '../../../../shared/domain/model/estimate.ts';
import { err } from '../../../../shared/errors/result.ts';
import { ChunkWriter } from '../../../../shared/protocol/openai/chunks.ts';
import { toCompletion } from '../../../../shared/protocol/openai/completion.ts';
import { invalidValue } from '../../../../shared/protocol/openai/error.ts';
import { callFormOf, withFirstCall } from '../../../../shared/protocol/openai/functions.ts';
import { toModelRequest } from '../../../../shared/protocol/openai/model-request.ts';
import { askForUsage, dropField, swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { chatRequestSchema, readRouting } from '../../../../shared/schemas/openai-chat.ts';
import type { AppContext } from '../../app-environment.ts';
import type { PassedModel, TranslatedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { answerCall } from '../../model-calls/answer-call.ts';
import { answerMetered } from '../../model-calls/metered.ts';
import type { Route } from '../../model-routes/asked-model.ts';
import { maxOutputOf, planOf, wantsUsage, withOlderLimit, type RoutedRequest } from './chat-plan.ts';
import { findModel, noteRoute, routeHeaders } from './find-model.ts';
import { passedAnswer } from './passed-answer.ts';
import { readJsonBody, refusalOf, withoutFallbacks } from './request-body.ts';
import { streamedAnswer, wholeAnswer } from './translated-answer.ts';

type ParsedRequest = ReturnType<typeof chatRequestSchema.safeParse>;

const translate = async (
  context: AppContext,
  asked: RoutedRequest,
  parsed: ParsedRequest,
  found: TranslatedModel,
  route: Route,
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
  const { standIns } = route;
  const plan = { ...planOf(found.name, asked), standIns, maxOutputTokens: request.maxOutputTokens };
  const form = callFormOf(parsed.data);
  return await answerMetered(context, plan, found, async (metered) => {
    const client = form === 'tool_calls' ? metered : withFirstCall(metered);
    const head = {
      id: `chatcmpl-${requestId.slice('req_'.length)}`,
      created: Math.floor(services.clock.now() / 1_000),
      model,
    };
    const call = { client, request, model };
    const answer =
      stream === true
        ? await streamedAnswer(context, call, new ChunkWriter(head, options?.include_usage === true, form))
        : await wholeAnswer(context, call, (whole) => toCompletion(head, whole, form));
    noteRoute(context, answer, route, withoutEffect);
    return answer;
  });
};

const pass = async (context: AppContext, asked: RoutedRequest, found: PassedModel, route: Route): Promise<Response> => {
  const { model, models, stream, n } = asked.routed;
  const hidesUsage = stream === true && found.quirks.streamOptions !== false && !wantsUsage(asked.routed);
  const plan = { ...planOf(found.name, asked), maxOutputTokens: maxOutputOf(found.name, asked) };
  return await answerCall(context, plan, async (call) => {
    const said = found.quirks.tokenLimit === 'max_tokens' ? withOlderLimit(asked) : asked.text;
    const named = swapModel(said, found.model);
    const swapped = models === undefined ? named : dropField(named, 'models');
    const request = {
      body: hidesUsage ? askForUsage(swapped) : swapped,
      stream: stream === true,
      choices: n ?? 1,
      idempotencyKey: context.get('requestId'),
      hidesUsage,
    };
    const { account, settle: settleKey } = found;
    const judged = { wire: 'chat' as const, body: asked.body };
    const headers = routeHeaders(context, route);
    return await passedAnswer(context, { account, request, model, call, settleKey, judged, headers });
  });
};

/** The route's handler. */
export const chatCompletions = async (context: AppContext): Promise<Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const { text, value: body } = read;
  const routed = readRouting(body);
  if (!routed.success) return openAiError(context, refusalOf(routed.error));
  const { model, models, metadata, stream } = routed.data;
  let parsed: ParsedRequest | undefined;
  const parse = (): ParsedRequest => (parsed ??= chatRequestSchema.safeParse(withoutFallbacks(body)));
  const requestBytes = utf8Length(text);
  const asked = { text, requestBytes, body, routed: routed.data };
  const found = await findModel(context, {
    name: model,
    fallbacks: models ?? undefined,
    passes: 'openai',
    requestBytes,
    isStreamed: stream === true,
    metadata,
    translate: (able, name) => {
      const request = parse();
      if (!request.success) return err(refusalOf(request.error));
      return toModelRequest(request.data, able, { model: name, idempotencyKey: '' });
    },
  });
  if (!found.ok) return openAiError(context, found.error);
  const route = found.value;
  return route.model.type === 'translated'
    ? await translate(context, asked, parse(), route.model, route)
    : await pass(context, asked, route.model, route);
};

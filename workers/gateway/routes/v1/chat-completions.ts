/** `POST /v1/chat/completions`: passed on where the provider speaks this wire itself, translated where it does not. */
import { needsOf } from '../../../../shared/domain/model/needs.ts';
import { isTeamModelName } from '../../../../shared/domain/team-chat/model-names.ts';
import { ChunkWriter } from '../../../../shared/protocol/openai/chunks.ts';
import { toCompletion } from '../../../../shared/protocol/openai/completion.ts';
import { invalidValue } from '../../../../shared/protocol/openai/error.ts';
import { toModelRequest } from '../../../../shared/protocol/openai/model-request.ts';
import { askForUsage, swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { chatRequestSchema, passedRequestSchema } from '../../../../shared/schemas/openai-chat.ts';
import type { AppContext } from '../../app-environment.ts';
import type { PassedModel, TranslatedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { findTeamModel } from '../../team-models/find-team-model.ts';
import { answerCall } from '../../model-calls/answer-call.ts';
import { answerMetered } from '../../model-calls/metered.ts';
import { routeChat, type Route } from '../../model-routes.ts';
import { maxOutputOf, planOf, wantsUsage, withOlderLimit, type RoutedRequest } from './chat-plan.ts';
import { passedAnswer } from './passed-answer.ts';
import { readJsonBody, refusalOf } from './request-body.ts';
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
  asked: RoutedRequest,
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
  const plan = { ...planOf(found.name, asked), maxOutputTokens: request.maxOutputTokens };
  return await answerMetered(context, plan, found, async (client) => {
    const head = {
      id: `chatcmpl-${requestId.slice('req_'.length)}`,
      created: Math.floor(services.clock.now() / 1_000),
      model,
    };
    const call = { client, request, model };
    const answer =
      stream === true
        ? await streamedAnswer(context, call, new ChunkWriter(head, options?.include_usage === true))
        : await wholeAnswer(context, call, (whole) => toCompletion(head, whole));
    if (withoutEffect.length > 0) answer.headers.set('x-aidevos-without-effect', withoutEffect.join(', '));
    answer.headers.set('x-aidevos-model', answeredBy());
    return answer;
  });
};

const pass = async (context: AppContext, asked: RoutedRequest, found: PassedModel): Promise<Response> => {
  const { model, stream, n } = asked.routed;
  const hidesUsage = stream === true && found.quirks.streamOptions !== false && !wantsUsage(asked);
  const plan = { ...planOf(found.name, asked), maxOutputTokens: maxOutputOf(found.name, asked) };
  return await answerCall(context, plan, async (call) => {
    const said = found.quirks.tokenLimit === 'max_tokens' ? withOlderLimit(asked) : asked.text;
    const swapped = swapModel(said, found.model);
    const request = {
      body: hidesUsage ? askForUsage(swapped) : swapped,
      stream: stream === true,
      choices: n ?? 1,
      idempotencyKey: context.var.requestId,
      hidesUsage,
    };
    const { account, settle: settleKey } = found;
    const judged = { wire: 'chat' as const, body: asked.body };
    const answer = await passedAnswer(context, { account, request, model, call, settleKey, judged });
    answer.headers.set('x-aidevos-model', found.name);
    return answer;
  });
};

/** A choice of ours is told to the client and in the log. */
const noteChoice = (context: AppContext, answer: Response, reason: string, model: string): void => {
  const { services, requestId } = context.var;
  answer.headers.set('x-aidevos-model-reason', reason);
  services.log({ level: 'info', message: 'a model was chosen', requestId, fields: { model, reason } });
};

/** The route's handler. */
export const chatCompletions = async (context: AppContext): Promise<Response> => {
  const read = await readJsonBody(context);
  if (read instanceof Response) return read;
  const { text, value: body } = read;
  const routed = passedRequestSchema.safeParse(body);
  if (!routed.success) return openAiError(context, refusalOf(routed.error));
  const { model, models } = routed.data;
  let parsed: ParsedRequest | undefined;
  const parse = (): ParsedRequest => (parsed ??= chatRequestSchema.safeParse(withoutFallbacks(body)));
  const asked = { text, body, routed: routed.data };
  if (isTeamModelName(model)) {
    const { metadata, stream } = routed.data;
    const team = await findTeamModel(context, model, { metadata, isStreamed: stream === true });
    return team.ok
      ? await translate(context, asked, parse(), team.value, () => team.value.name)
      : openAiError(context, team.error);
  }
  const route = routeChat(context.var.services.chatModels, {
    name: model,
    fallbacks: models ?? undefined,
    requestId: context.var.requestId,
    qualityFactors: context.var.services.modelCalls.accountOf(context.var.principal.workspaceId).qualityFactors,
    needs: () => needsOf(text, body),
    accepts: (capabilities) => {
      const request = parse();
      // What is wrong with the request is told by whoever translates it.
      return !request.success || toModelRequest(request.data, capabilities, { model: '', idempotencyKey: '' }).ok;
    },
  });
  if (!route.ok) return openAiError(context, route.error);
  const { model: found, reason, answeredBy } = route.value;
  const answer =
    found.type === 'translated'
      ? await translate(context, asked, parse(), found, answeredBy)
      : await pass(context, asked, found);
  if (reason !== undefined) noteChoice(context, answer, reason, answeredBy());
  return answer;
};

/**
 * `POST /v1/completions`, the older operation for bare prompts: passed on where the provider speaks this wire itself, and
 * answered by chats of one message where it does not.
 */
import { openAiCompletions } from '../../../../shared/adapters/models/pass-through.ts';
import { utf8Length } from '../../../../shared/domain/model/estimate.ts';
import { inTurn } from '../../../../shared/domain/model/in-turn.ts';
import { outputLimitOf } from '../../../../shared/domain/model/output-limit.ts';
import { err, ok, type Result } from '../../../../shared/errors/result.ts';
import type { Capabilities } from '../../../../shared/protocol/openai/capabilities.ts';
import { invalidValue, type OpenAiRefusal } from '../../../../shared/protocol/openai/error.ts';
import {
  longestOf,
  readPrompts,
  toPromptRequests,
  type TranslatedPrompts,
} from '../../../../shared/protocol/openai/prompt.ts';
import { askForUsage, dropField, swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { TextCompletionWriter } from '../../../../shared/protocol/openai/text-completion.ts';
import {
  completionsRequestSchema,
  passedCompletionsSchema,
  type CompletionsRequest,
  type CompletionsRouting,
} from '../../../../shared/schemas/openai-completions.ts';
import type { AppContext } from '../../app-environment.ts';
import type { PassedModel, TranslatedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { answerCall, type PlannedCall } from '../../model-calls/answer-call.ts';
import { answerMetered } from '../../model-calls/metered.ts';
import type { Route } from '../../model-routes/asked-model.ts';
import { isCount, wantsUsage } from './chat-plan.ts';
import { findModel, noteRoute, routeHeaders } from './find-model.ts';
import { passedAnswer } from './passed-answer.ts';
import { readJsonBody, refusalOf, withoutFallbacks, type JsonBody } from './request-body.ts';
import { streamedAnswer, wholeAnswer } from './translated-answer.ts';

/** A request that was routed. */
interface AskedCompletions {
  readonly json: JsonBody;
  readonly routed: CompletionsRouting;
  readonly requestBytes: number;
  readonly prompts: number;
  /** The whole request, for models that it is translated for. */
  readonly read: () => Result<CompletionsRequest, OpenAiRefusal>;
}

const planOf = (
  { json, routed, requestBytes }: AskedCompletions,
  { model, standIns }: Route,
  maxOutputTokens: number,
): PlannedCall => ({
  wire: 'completions',
  model: model.name,
  standIns,
  streamed: routed.stream === true,
  requestBytes,
  maxOutputTokens,
  body: json,
});

/** A client that streams may ask for the usage; one that does not is told it anyhow. */
const streamFault = ({ stream, stream_options: options }: CompletionsRequest): OpenAiRefusal | undefined =>
  (options ?? undefined) === undefined || stream === true
    ? undefined
    : invalidValue('stream_options', "'stream_options' is only for streamed answers.");

const answer = async (
  context: AppContext,
  request: CompletionsRequest,
  { requests: [first, ...others], echoes, withoutEffect }: TranslatedPrompts,
  asked: AskedCompletions,
  found: TranslatedModel,
  route: Route,
): Promise<Response> => {
  const { services, requestId } = context.var;
  const { model, stream } = request;
  const created = Math.floor(services.clock.now() / 1_000);
  const head = { id: `cmpl-${requestId.slice('req_'.length)}`, created, model };
  const writer = new TextCompletionWriter(head, echoes, stream === true && wantsUsage(request));
  const client = inTurn(found.client, others, (place, event) => writer.hear(place, event));
  const plan = planOf(asked, route, first.maxOutputTokens * echoes.length);
  // Each of several answers to one prompt reads it anew.
  const sized = { ...plan, requestBytes: plan.requestBytes * (request.n ?? 1) };
  return await answerMetered(context, sized, { ...found, client }, async (metered) => {
    const call = { client: metered, request: first, model };
    const answered =
      stream === true
        ? await streamedAnswer(context, call, writer)
        : await wholeAnswer(context, call, ({ usage }) => writer.whole(usage));
    noteRoute(context, answered, route, withoutEffect);
    return answered;
  });
};

const translate = async (
  context: AppContext,
  asked: AskedCompletions,
  found: TranslatedModel,
  route: Route,
): Promise<Response> => {
  const read = asked.read();
  if (!read.ok) return openAiError(context, read.error);
  const request = read.value;
  const fault = streamFault(request);
  if (fault !== undefined) return openAiError(context, fault);
  const names = { model: found.model, idempotencyKey: context.var.requestId };
  const translated = toPromptRequests(request, found.capabilities, names);
  if (!translated.ok) return openAiError(context, translated.error);
  return await answer(context, request, translated.value, asked, found, route);
};

/** The most that the answers may have together, those included of which only the best are given. */
const maxOutputOf = (name: string, { routed, prompts }: AskedCompletions): number => {
  const { n, max_tokens: limit, best_of: bestOf } = routed;
  const each = limit === 0 || isCount(limit) ? limit : outputLimitOf(name);
  return each * prompts * Math.max(n ?? 1, isCount(bestOf) ? bestOf : 1);
};

const pass = async (
  context: AppContext,
  asked: AskedCompletions,
  found: PassedModel,
  route: Route,
): Promise<Response> => {
  const { json, routed, prompts } = asked;
  const { model, models, stream, n } = routed;
  const { account, settle: settleKey } = found;
  const hidesUsage = stream === true && found.quirks.streamOptions !== false && !wantsUsage(routed);
  return await answerCall(context, planOf(asked, route, maxOutputOf(found.name, asked)), async (call) => {
    const named = swapModel(json.text, found.model);
    const swapped = models === undefined ? named : dropField(named, 'models');
    const request = {
      body: hidesUsage ? askForUsage(swapped) : swapped,
      stream: stream === true,
      choices: prompts * (n ?? 1),
      idempotencyKey: context.get('requestId'),
      hidesUsage,
    };
    // Answers alike to those of chats in all that is judged of them here: how they end.
    const judged = { wire: 'chat' as const, body: json.value };
    const headers = routeHeaders(context, route);
    const wire = openAiCompletions;
    return await passedAnswer(context, { account, request, model, wire, call, settleKey, judged, headers });
  });
};

/** The route's handler. */
export const completions = async (context: AppContext): Promise<Response> => {
  const json = readJsonBody(context);
  if (json instanceof Response) return json;
  const routed = passedCompletionsSchema.safeParse(json.value);
  if (!routed.success) return openAiError(context, refusalOf(routed.error));
  const { data } = routed;
  const prompts = readPrompts(data.prompt);
  if (!prompts.ok) return openAiError(context, prompts.error);
  let parsed: ReturnType<typeof completionsRequestSchema.safeParse> | undefined;
  const read = (): Result<CompletionsRequest, OpenAiRefusal> => {
    parsed ??= completionsRequestSchema.safeParse(withoutFallbacks(json.value));
    return parsed.success ? ok(parsed.data) : err(refusalOf(parsed.error));
  };
  const asked = { json, routed: data, requestBytes: utf8Length(json.text), prompts: prompts.value.count, read };
  const found = await findModel(context, {
    name: data.model,
    fallbacks: data.models ?? undefined,
    passes: 'openai',
    requestBytes: asked.requestBytes,
    isStreamed: data.stream === true,
    translate: (able: Capabilities, model) => {
      const request = read();
      const translated = request.ok ? toPromptRequests(request.value, able, { model, idempotencyKey: '' }) : request;
      return translated.ok ? ok({ request: longestOf(translated.value) }) : translated;
    },
  });
  if (!found.ok) return openAiError(context, found.error);
  const route = found.value;
  return route.model.type === 'translated'
    ? await translate(context, asked, route.model, route)
    : await pass(context, asked, route.model, route);
};

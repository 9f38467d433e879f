/** `POST /v1/messages`: passed on to Anthropic's own models, translated for all others. */
import { anthropicMessages } from '../../../../../shared/adapters/models/pass-through-anthropic.ts';
import { outputLimitOf } from '../../../../../shared/domain/model/output-limit.ts';
import { withSoundCalls } from '../../../../../shared/domain/model/sound-calls.ts';
import { err } from '../../../../../shared/errors/result.ts';
import { MessageWriter } from '../../../../../shared/protocol/anthropic/message-writer.ts';
import { toModelRequest } from '../../../../../shared/protocol/anthropic/model-request.ts';
import { refusalOf } from '../../../../../shared/protocol/anthropic/validation.ts';
import { messagesRequestSchema } from '../../../../../shared/schemas/anthropic-messages.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { PassedModel, TranslatedModel } from '../../../chat-models.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import { answerCall, type PlannedCall } from '../../../model-calls/answer-call.ts';
import { answerMetered } from '../../../model-calls/metered.ts';
import type { Route } from '../../../model-routes/asked-model.ts';
import { findModel, noteRoute, routeHeaders } from '../find-model.ts';
import { passedAnswer } from '../passed-answer.ts';
import { streamedAnswer, wholeAnswer } from '../translated-answer.ts';
import { extrasOf, readRequest, toPassed, type ReadRequest } from './request.ts';

type ParsedRequest = ReturnType<typeof messagesRequestSchema.safeParse>;

const planOf = (
  context: AppContext,
  { text, body, stream, requestBytes }: ReadRequest,
  { model, standIns }: Route,
  maxOutputTokens: number,
): PlannedCall => ({
  wire: 'messages',
  model: model.name,
  standIns,
  streamed: stream,
  requestBytes,
  maxOutputTokens,
  body: { text, value: body },
  refuse: (refusal) => refuse(context, refusal),
});

const translate = async (
  context: AppContext,
  read: ReadRequest,
  parsed: ParsedRequest,
  found: TranslatedModel,
  route: Route,
): Promise<Response> => {
  const { requestId } = context.var;
  if (!parsed.success) return refuse(context, refusalOf(parsed.error));
  const names = { model: found.model, idempotencyKey: requestId };
  const translated = toModelRequest(parsed.data, found.capabilities, names);
  if (!translated.ok) return refuse(context, translated.error);
  const { request, thinking, withoutEffect } = translated.value;
  const { model, stream } = read;
  const head = { id: `msg_${requestId.slice('req_'.length)}`, model };
  const writer = new MessageWriter(head, thinking, requestId);
  const plan = planOf(context, read, route, request.maxOutputTokens);
  return await answerMetered(context, plan, { ...found, client: withSoundCalls(found.client) }, async (client) => {
    const asked = { client, request, model };
    const answer = stream
      ? await streamedAnswer(context, asked, writer)
      : await wholeAnswer(
          context,
          asked,
          () => writer.message(),
          (event) => {
            if (event.type !== 'failed') writer.take(event);
          },
        );
    noteRoute(context, answer, route, withoutEffect);
    return answer;
  });
};

const pass = async (context: AppContext, read: ReadRequest, found: PassedModel, route: Route): Promise<Response> => {
  const { model } = read;
  const { account, name, settle: settleKey } = found;
  const wire = anthropicMessages(extrasOf(context));
  const judged = { wire: 'messages' as const, body: read.body };
  const plan = planOf(context, read, route, read.maxTokens ?? outputLimitOf(name));
  return await answerCall(context, plan, async (call) => {
    const request = toPassed(context, read, found);
    const headers = routeHeaders(context, route);
    return await passedAnswer(context, { account, request, model, wire, call, settleKey, judged, headers });
  });
};

/** The route's handler. */
export const createMessage = async (context: AppContext): Promise<Response> => {
  const read = await readRequest(context);
  if (read instanceof Response) return read;
  const { name, fallbacks, requestBytes, stream, body } = read;
  let parsed: ParsedRequest | undefined;
  const parse = (): ParsedRequest => (parsed ??= messagesRequestSchema.safeParse(body));
  const found = await findModel(context, {
    name,
    fallbacks,
    passes: 'anthropic',
    requestBytes,
    isStreamed: stream,
    translate: (able, model) => {
      const request = parse();
      if (!request.success) return err(refusalOf(request.error));
      return toModelRequest(request.data, able, { model, idempotencyKey: '' });
    },
  });
  if (!found.ok) return refuse(context, found.error);
  const route = found.value;
  return route.model.type === 'translated'
    ? await translate(context, read, parse(), route.model, route)
    : await pass(context, read, route.model, route);
};

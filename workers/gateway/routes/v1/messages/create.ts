/** `POST /v1/messages`: passed on to Anthropic's own models, translated for all others. */
import { anthropicMessages } from '../../../../../shared/adapters/models/pass-through-anthropic.ts';
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import { outputLimitOf } from '../../../../../shared/domain/model/output-limit.ts';
import { withSoundCalls } from '../../../../../shared/domain/model/sound-calls.ts';
import { MessageWriter } from '../../../../../shared/protocol/anthropic/message-writer.ts';
import { toModelRequest } from '../../../../../shared/protocol/anthropic/model-request.ts';
import { refusalOf } from '../../../../../shared/protocol/anthropic/validation.ts';
import { messagesRequestSchema } from '../../../../../shared/schemas/anthropic-messages.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import type { PassedModel } from '../../../chat-models.ts';
import type { MessageModel } from '../../../message-models.ts';
import { answerCall, type PlannedCall } from '../../../model-calls/answer-call.ts';
import { metered } from '../../../model-calls/metered.ts';
import { passedAnswer } from '../passed-answer.ts';
import { streamedAnswer, wholeAnswer } from '../translated-answer.ts';
import { extrasOf, routeRequest, toPassed, type RoutedRequest } from './request.ts';

const planOf = (
  context: AppContext,
  { text, body, stream, found }: RoutedRequest,
  maxOutputTokens: number,
): PlannedCall => ({
  wire: 'messages',
  model: found.name,
  streamed: stream,
  requestBytes: utf8Length(text),
  maxOutputTokens,
  body: { text, value: body },
  refuse: (refusal) => refuse(context, refusal),
});

const translate = async (
  context: AppContext,
  routed: RoutedRequest,
  found: Extract<MessageModel, { type: 'translated' }>,
): Promise<Response> => {
  const { requestId } = context.var;
  const parsed = messagesRequestSchema.safeParse(routed.body);
  if (!parsed.success) return refuse(context, refusalOf(parsed.error));
  const { model, stream } = parsed.data;
  const names = { model: found.model, idempotencyKey: requestId };
  const translated = toModelRequest(parsed.data, found.capabilities, names);
  if (!translated.ok) return refuse(context, translated.error);
  const { request, thinking, withoutEffect } = translated.value;
  const head = { id: `msg_${requestId.slice('req_'.length)}`, model };
  const writer = new MessageWriter(head, thinking, requestId);
  return await answerCall(context, planOf(context, routed, request.maxOutputTokens), async (call) => {
    const asked = { client: metered(withSoundCalls(found.client), call), request, model };
    const answer =
      stream === true
        ? await streamedAnswer(context, asked, writer)
        : await wholeAnswer(
            context,
            asked,
            () => writer.message(),
            (event) => {
              if (event.type !== 'failed') writer.take(event);
            },
          );
    if (withoutEffect.length > 0) answer.headers.set('x-aidevos-without-effect', withoutEffect.join(', '));
    return answer;
  });
};

const pass = async (
  context: AppContext,
  routed: RoutedRequest,
  { account, name, settle: settleKey }: PassedModel,
): Promise<Response> => {
  const { model } = routed;
  const wire = anthropicMessages(extrasOf(context));
  const judged = { wire: 'messages' as const, body: routed.body };
  return await answerCall(context, planOf(context, routed, routed.maxTokens ?? outputLimitOf(name)), (call) =>
    passedAnswer(context, { account, request: toPassed(context, routed), model, wire, call, settleKey, judged }),
  );
};

/** The route's handler. */
export const createMessage = async (context: AppContext): Promise<Response> => {
  const request = await routeRequest(context);
  if (request instanceof Response) return request;
  const { found } = request;
  return found.type === 'translated' ? await translate(context, request, found) : await pass(context, request, found);
};

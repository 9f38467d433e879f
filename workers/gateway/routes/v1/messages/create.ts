/** `POST /v1/messages`: passed on to Anthropic's own models, translated for all others. */
import { anthropicMessages } from '../../../../../shared/adapters/models/pass-through-anthropic.ts';
import { withSoundCalls } from '../../../../../shared/domain/model/sound-calls.ts';
import { MessageWriter } from '../../../../../shared/protocol/anthropic/message-writer.ts';
import { toModelRequest } from '../../../../../shared/protocol/anthropic/model-request.ts';
import { refusalOf } from '../../../../../shared/protocol/anthropic/validation.ts';
import { messagesRequestSchema } from '../../../../../shared/schemas/anthropic-messages.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import type { MessageModel } from '../../../message-models.ts';
import { refuseByBudget } from '../chat-completions.ts';
import { passedAnswer } from '../passed-answer.ts';
import { streamedAnswer, wholeAnswer } from '../translated-answer.ts';
import { extrasOf, routeRequest, toPassed } from './request.ts';

const translate = async (
  context: AppContext,
  body: unknown,
  found: Extract<MessageModel, { type: 'translated' }>,
): Promise<Response> => {
  const { requestId } = context.var;
  const parsed = messagesRequestSchema.safeParse(body);
  if (!parsed.success) return refuse(context, refusalOf(parsed.error));
  const { model, stream } = parsed.data;
  const call = { model: found.model, idempotencyKey: requestId };
  const translated = toModelRequest(parsed.data, found.capabilities, call);
  if (!translated.ok) return refuse(context, translated.error);
  const { request, thinking, withoutEffect } = translated.value;
  const head = { id: `msg_${requestId.slice('req_'.length)}`, model };
  const writer = new MessageWriter(head, thinking, requestId);
  const asked = { client: withSoundCalls(found.client), request, model };
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
};

/** The route's handler. */
export const createMessage = async (context: AppContext): Promise<Response> => {
  const request = await routeRequest(context);
  if (request instanceof Response) return request;
  const { found, model, body } = request;
  const refusal = await refuseByBudget(context, found.type === 'translated' ? found.client : undefined);
  if (refusal !== undefined) return refusal;
  if (found.type === 'translated') return await translate(context, body, found);
  const wire = anthropicMessages(extrasOf(context));
  return await passedAnswer(context, { account: found.account, request: toPassed(context, request), model, wire });
};

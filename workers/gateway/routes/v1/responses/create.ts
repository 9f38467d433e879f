/** `POST /v1/responses`: every model is reached through our own port here, because no provider keeps the conversation. */
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import { isTeamModelName } from '../../../../../shared/domain/team-chat/model-names.ts';
import { err, ok, type Result } from '../../../../../shared/errors/result.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import { toResponseHead } from '../../../../../shared/protocol/responses/head.ts';
import {
  toResponseModelRequest,
  type TranslatedResponse,
} from '../../../../../shared/protocol/responses/model-request.ts';
import { ResponseWriter } from '../../../../../shared/protocol/responses/writer.ts';
import { responsesRequestSchema, type ResponsesRequest } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { TranslatedModel } from '../../../chat-models.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { answerMetered } from '../../../model-calls/metered.ts';
import { findTeamModel } from '../../../team-models/find-team-model.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { streamedResponse, wholeResponse, type ResponseCall } from './answer.ts';
import { readHistory, type History } from './history.ts';

const prepare = async (
  context: AppContext,
  data: ResponsesRequest,
  found: TranslatedModel,
): Promise<Result<{ readonly history: History; readonly translated: TranslatedResponse }, OpenAiRefusal>> => {
  const history = await readHistory(context, data);
  if (!history.ok) return history;
  const translated = toResponseModelRequest(data, history.value.items, found.capabilities, {
    model: found.model,
    idempotencyKey: context.var.requestId,
  });
  return translated.ok ? ok({ history: history.value, translated: translated.value }) : err(translated.error);
};

interface PreparedResponse {
  readonly data: ResponsesRequest;
  readonly text: string;
  readonly body: unknown;
  readonly found: TranslatedModel;
  readonly history: History;
  readonly translated: TranslatedResponse;
}

const answer = async (context: AppContext, prepared: PreparedResponse): Promise<Response> => {
  const { services, principal } = context.var;
  const { data, text, body, found, history, translated } = prepared;
  const store = data.store !== false;
  const previousId = store ? history.previous?.conversationId : undefined;
  const place = await services.responseIds.create(principal.workspaceId, previousId);
  const head = toResponseHead(data, { id: place.responseId, createdAt: Math.floor(services.clock.now() / 1_000) });
  const writer = new ResponseWriter(head, {
    tools: translated.tools,
    callIds: translated.callIds,
    summaries: head.reasoning.summary !== null,
    encrypted: data.include?.includes('reasoning.encrypted_content') === true,
    now: () => services.clock.now(),
  });
  const { request, withoutEffect } = translated;
  const plan = {
    wire: 'responses' as const,
    model: found.name,
    streamed: data.stream === true,
    // What was kept of the conversation is sent along.
    requestBytes: utf8Length(JSON.stringify(request)),
    maxOutputTokens: request.maxOutputTokens,
    body: { text, value: body },
    answerId: place.responseId,
  };
  return await answerMetered(context, plan, found, async (client) => {
    const { previous, input } = history;
    const asked: ResponseCall = { client, request, writer, model: data.model, place, previous, input, store };
    const answered =
      data.stream === true ? await streamedResponse(context, asked) : await wholeResponse(context, asked);
    if (withoutEffect.length > 0) answered.headers.set('x-aidevos-without-effect', withoutEffect.join(', '));
    return answered;
  });
};

/** The route's handler. */
export const createResponse = async (context: AppContext): Promise<Response> => {
  const read = await readJsonBody(context);
  if (read instanceof Response) return read;
  const { text, value: body } = read;
  const parsed = responsesRequestSchema.safeParse(body);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const { data } = parsed;
  const found = isTeamModelName(data.model)
    ? await findTeamModel(context, data.model, { metadata: data.metadata, isStreamed: data.stream === true })
    : context.var.services.chatModels.translated(data.model);
  if (!found.ok) return openAiError(context, found.error);
  const prepared = await prepare(context, data, found.value);
  if (!prepared.ok) return openAiError(context, prepared.error);
  return await answer(context, { data, text, body, found: found.value, ...prepared.value });
};

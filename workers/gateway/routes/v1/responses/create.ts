/** `POST /v1/responses`: every model is reached through our own port here, because no provider keeps the conversation. */
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import type { Result } from '../../../../../shared/errors/result.ts';
import type { Capabilities } from '../../../../../shared/protocol/openai/capabilities.ts';
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
import type { Route } from '../../../model-routes/asked-model.ts';
import { findModel, noteRoute } from '../find-model.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { streamedResponse, wholeResponse, type ResponseCall } from './answer.ts';
import { readHistory, type History } from './history.ts';

interface PreparedResponse {
  readonly data: ResponsesRequest;
  readonly text: string;
  readonly body: unknown;
  readonly found: TranslatedModel;
  readonly route: Route;
  readonly history: History;
  readonly translated: TranslatedResponse;
}

const answer = async (context: AppContext, prepared: PreparedResponse): Promise<Response> => {
  const { services, principal } = context.var;
  const { data, text, body, found, route, history, translated } = prepared;
  const store = data.store !== false;
  const previousId = history.conversation?.conversationId ?? (store ? history.previous?.conversationId : undefined);
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
    standIns: route.standIns,
    streamed: data.stream === true,
    // What was kept of the conversation is sent along.
    requestBytes: utf8Length(JSON.stringify(request)),
    maxOutputTokens: request.maxOutputTokens,
    body: { text, value: body },
    answerId: place.responseId,
  };
  return await answerMetered(context, plan, found, async (client) => {
    const asked: ResponseCall = { client, request, writer, model: data.model, place, ...history, store };
    const answered =
      data.stream === true ? await streamedResponse(context, asked) : await wholeResponse(context, asked);
    noteRoute(context, answered, route, withoutEffect);
    return answered;
  });
};

/** The route's handler. */
export const createResponse = async (context: AppContext): Promise<Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const { text, value: body } = read;
  const parsed = responsesRequestSchema.safeParse(body);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const { data } = parsed;
  const history = await readHistory(context, data);
  if (!history.ok) return openAiError(context, history.error);
  const { items } = history.value;
  const { requestId: idempotencyKey } = context.var;
  const translate = (able: Capabilities, model: string): Result<TranslatedResponse, OpenAiRefusal> =>
    toResponseModelRequest(data, items, able, { model, idempotencyKey });
  const route = await findModel(context, {
    name: data.model,
    fallbacks: data.models ?? undefined,
    // What was kept of the conversation is sent along.
    requestBytes:
      utf8Length(text) + (data.previous_response_id || data.conversation ? utf8Length(JSON.stringify(items)) : 0),
    isStreamed: data.stream === true,
    metadata: data.metadata,
    translate,
  });
  if (!route.ok) return openAiError(context, route.error);
  const found = route.value.model;
  // Without a wire to pass it on, every model is translated.
  if (found.type === 'passed') return openAiError(context, context.get('chatModels').notFound(data.model));
  const translated = translate(found.capabilities, found.model);
  if (!translated.ok) return openAiError(context, translated.error);
  const prepared = { data, text, body, found, route: route.value, history: history.value };
  return await answer(context, { ...prepared, translated: translated.value });
};

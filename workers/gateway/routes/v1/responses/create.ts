/** `POST /v1/responses`: every model is reached through our own port here, because no provider keeps the conversation. */
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import { toResponseHead } from '../../../../../shared/protocol/responses/head.ts';
import { onlyOverSocket } from '../../../../../shared/protocol/responses/refusals.ts';
import { ResponseWriter } from '../../../../../shared/protocol/responses/writer.ts';
import { responsesRequestSchema, type ResponsesRequest } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { answerMetered } from '../../../model-calls/metered.ts';
import { noteRoute } from '../find-model.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { preparedResponse, streamedResponse, wholeResponse, type ResponseCall } from './answer.ts';
import { readHistory, type History } from './history.ts';
import { routeResponse, type RoutedResponse } from './route.ts';

interface PreparedResponse extends RoutedResponse {
  readonly data: ResponsesRequest;
  readonly text: string;
  readonly body: unknown;
  readonly history: History;
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
  const base = { request, writer, model: data.model, place, ...history, store };
  if (data.generate === false) return await preparedResponse(context, { ...base, client: found.client });
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
    const asked: ResponseCall = { ...base, client };
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
  const isOverSocket = context.get('turnMemory') !== undefined;
  if (typeof data.generate === 'boolean' && !isOverSocket) return openAiError(context, onlyOverSocket('generate'));
  const history = await readHistory(context, data);
  if (!history.ok) return openAiError(context, history.error);
  const routed = await routeResponse(context, data, history.value.items, text);
  if (!routed.ok) return openAiError(context, routed.error);
  return await answer(context, { data, text, body, history: history.value, ...routed.value });
};

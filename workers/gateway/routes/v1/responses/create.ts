/** `POST /v1/responses`: every model is reached through our own port here, because no provider keeps the conversation. */
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import { needsOf } from '../../../../../shared/domain/model/needs.ts';
import { isTeamModelName } from '../../../../../shared/domain/team-chat/model-names.ts';
import { ok, type Result } from '../../../../../shared/errors/result.ts';
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
import { routeTranslated } from '../../../model-routes.ts';
import { findTeamModel } from '../../../team-models/find-team-model.ts';
import { noteChoice } from '../note-choice.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { streamedResponse, wholeResponse, type ResponseCall } from './answer.ts';
import { readHistory, type History } from './history.ts';

interface Read {
  readonly data: ResponsesRequest;
  readonly text: string;
  readonly body: unknown;
}

interface Chosen {
  readonly model: TranslatedModel;
  readonly reason?: string;
  readonly answeredBy: () => string;
}

const translate = (
  context: AppContext,
  data: ResponsesRequest,
  history: History,
  { model, capabilities }: Pick<TranslatedModel, 'model' | 'capabilities'>,
): Result<TranslatedResponse, OpenAiRefusal> =>
  toResponseModelRequest(data, history.items, capabilities, { model, idempotencyKey: context.var.requestId });

const choose = async (
  context: AppContext,
  { data, text, body }: Read,
  history: History,
): Promise<Result<Chosen, OpenAiRefusal>> => {
  if (isTeamModelName(data.model)) {
    const isStreamed = data.stream === true;
    const team = await findTeamModel(context, data.model, { metadata: data.metadata, isStreamed });
    return team.ok ? ok({ model: team.value, answeredBy: () => team.value.name }) : team;
  }
  const { requestId, services } = context.var;
  return routeTranslated(services.chatModels, {
    name: data.model,
    requestId,
    // What was kept of the conversation is read again.
    needs: () => needsOf(data.previous_response_id ? text + JSON.stringify(history.items) : text, body),
    accepts: (capabilities) => translate(context, data, history, { model: '', capabilities }).ok,
  });
};

interface PreparedResponse {
  readonly data: ResponsesRequest;
  readonly text: string;
  readonly body: unknown;
  readonly chosen: Chosen;
  readonly history: History;
  readonly translated: TranslatedResponse;
}

const answer = async (context: AppContext, prepared: PreparedResponse): Promise<Response> => {
  const { services, principal } = context.var;
  const { data, text, body, chosen, history, translated } = prepared;
  const { model: found, answeredBy, reason } = chosen;
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
  };
  return await answerMetered(context, plan, found, async (client) => {
    const { previous, input } = history;
    const asked: ResponseCall = { client, request, writer, model: data.model, place, previous, input, store };
    const answered =
      data.stream === true ? await streamedResponse(context, asked) : await wholeResponse(context, asked);
    if (withoutEffect.length > 0) answered.headers.set('x-aidevos-without-effect', withoutEffect.join(', '));
    answered.headers.set('x-aidevos-model', answeredBy());
    if (reason !== undefined) noteChoice(context, answered, reason, answeredBy());
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
  const chosen = await choose(context, { data, text, body }, history.value);
  if (!chosen.ok) return openAiError(context, chosen.error);
  const translated = translate(context, data, history.value, chosen.value.model);
  if (!translated.ok) return openAiError(context, translated.error);
  return await answer(context, {
    data,
    text,
    body,
    chosen: chosen.value,
    history: history.value,
    translated: translated.value,
  });
};

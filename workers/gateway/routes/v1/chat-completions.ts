/** `POST /v1/chat/completions`: passed on where the provider speaks this wire itself, translated where it does not. */
import type { z } from 'zod';
import { offlineChat } from '../../../../shared/domain/offline-engineer/chat/chat.ts';
import { isTeamModelName } from '../../../../shared/domain/team-chat/model-names.ts';
import {
  budgetNotCounted,
  invalidValue,
  unsupported,
  type OpenAiRefusal,
} from '../../../../shared/protocol/openai/error.ts';
import { toModelRequest } from '../../../../shared/protocol/openai/model-request.ts';
import { swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { chatRequestSchema, passedRequestSchema } from '../../../../shared/schemas/openai-chat.ts';
import type { AppContext } from '../../app-environment.ts';
import type { ChatModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { findTeamModel } from '../../team-models/find-team-model.ts';
import { isJson } from '../../media-type.ts';
import { askWorkspace } from '../workspaces/target.ts';
import { passedAnswer } from './passed-answer.ts';
import { streamedAnswer, wholeAnswer } from './translated-answer.ts';

/** `messages[0].content`, as OpenAI writes places. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');

const refusalOf = (error: z.ZodError): OpenAiRefusal => {
  const [issue] = error.issues;
  if (issue === undefined) return invalidValue('messages', 'The request is not valid.');
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const key = placeOf([...issue.path, issue.keys[0] ?? '']).slice(0, 100);
    return unsupported(key, `Unrecognized request argument supplied: ${key}.`);
  }
  return invalidValue(place, place === '' ? `The body: ${issue.message}.` : `'${place}': ${issue.message}.`);
};

const readBody = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The guard has refused everything that is no JSON but a body that is not there.
    return undefined;
  }
};

const translate = async (
  context: AppContext,
  body: unknown,
  found: Extract<ChatModel, { type: 'translated' }>,
): Promise<Response> => {
  const { services, requestId } = context.var;
  const parsed = chatRequestSchema.safeParse(body);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const { model, stream, stream_options: options } = parsed.data;
  if (options !== undefined && options !== null && stream !== true) {
    return openAiError(context, invalidValue('stream_options', "'stream_options' is only for streamed answers."));
  }
  const translated = toModelRequest(parsed.data, found.capabilities, { model: found.model, idempotencyKey: requestId });
  if (!translated.ok) return openAiError(context, translated.error);
  const { request, withoutEffect } = translated.value;
  const head = {
    id: `chatcmpl-${requestId.slice('req_'.length)}`,
    created: Math.floor(services.clock.now() / 1_000),
    model,
  };
  const call = { client: found.client, request, head, includeUsage: options?.include_usage === true };
  const answer = stream === true ? await streamedAnswer(context, call) : await wholeAnswer(context, call);
  if (withoutEffect.length > 0) answer.headers.set('x-aidevos-without-effect', withoutEffect.join(', '));
  return answer;
};

/**
 * Calls of this API are not counted in any budget yet. So that a limit stays hard, a workspace that has one may not
 * make them, except to the model that costs nothing.
 */
const refuseByBudget = async (context: AppContext, found: ChatModel): Promise<Response | undefined> => {
  if (found.type === 'translated' && (found.client === offlineChat || found.isCounted === true)) return undefined;
  const { workspaceId } = context.var.principal;
  const budget = await askWorkspace(context, workspaceId, (workspace) => workspace.budget());
  if (!budget.ok) return problem(context, budget.error);
  return Object.keys(budget.value.limits).length === 0 ? undefined : openAiError(context, budgetNotCounted);
};

/** The route's handler. */
export const chatCompletions = async (context: AppContext): Promise<Response> => {
  if (!isJson(context.req.header('content-type') ?? '')) {
    return problem(context, {
      type: 'request.unsupported_media_type',
      detail: 'Send the request as application/json.',
    });
  }
  const text = await context.req.text();
  const body = readBody(text);
  const routed = passedRequestSchema.safeParse(body);
  if (!routed.success) return openAiError(context, refusalOf(routed.error));
  const { model, stream, n } = routed.data;
  const found = isTeamModelName(model)
    ? await findTeamModel(context, model, { metadata: routed.data['metadata'], isStreamed: stream === true })
    : context.var.services.chatModels.find(model);
  if (!found.ok) return openAiError(context, found.error);
  const refusal = await refuseByBudget(context, found.value);
  if (refusal !== undefined) return refusal;
  if (found.value.type === 'translated') return await translate(context, body, found.value);
  const request = {
    body: swapModel(text, found.value.model),
    stream: stream === true,
    choices: n ?? 1,
    idempotencyKey: context.var.requestId,
  };
  return await passedAnswer(context, { account: found.value.account, request, model });
};

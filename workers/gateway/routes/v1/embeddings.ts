/** `POST /v1/embeddings`: passed on where the provider makes them, made here by the offline embedder. */
import { passEmbeddings } from '../../../../shared/adapters/models/passed-embeddings.ts';
import { resolveAlias } from '../../../../shared/domain/model/aliases.ts';
import { embedOffline } from '../../../../shared/protocol/openai/embeddings.ts';
import { fromModelFailure } from '../../../../shared/protocol/openai/model-failure.ts';
import { swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { embeddingsRequestSchema, passedEmbeddingsSchema } from '../../../../shared/schemas/openai-embeddings.ts';
import type { AppContext } from '../../app-environment.ts';
import { embedderName, type PassedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { isJson } from '../../media-type.ts';
import { refuseByBudget } from './budget-refusal.ts';
import { logFailure } from './log-failure.ts';
import { readBody, refusalOf } from './request-body.ts';

const offline = (context: AppContext, body: unknown): Response => {
  const parsed = embeddingsRequestSchema.safeParse(body);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const list = embedOffline(parsed.data);
  return list.ok ? context.json(list.value) : openAiError(context, list.error);
};

const passed = async (context: AppContext, found: PassedModel, text: string): Promise<Response> => {
  const { account, quirks, model, name, settle } = found;
  const idempotencyKey = context.var.requestId;
  const answer = await passEmbeddings({ account, quirks, body: swapModel(text, model), idempotencyKey });
  settle(answer.ok ? undefined : answer.error.failure);
  if (answer.ok) return context.body(answer.value, 200, { 'content-type': 'application/json' });
  const { failure, detail } = answer.error;
  logFailure(context, name, failure);
  return openAiError(context, fromModelFailure(failure, detail));
};

/** The route's handler. */
export const embeddings = async (context: AppContext): Promise<Response> => {
  if (!isJson(context.req.header('content-type') ?? '')) {
    return problem(context, {
      type: 'request.unsupported_media_type',
      detail: 'Send the request as application/json.',
    });
  }
  const text = await context.req.text();
  const body = readBody(text);
  const routed = passedEmbeddingsSchema.safeParse(body);
  if (!routed.success) return openAiError(context, refusalOf(routed.error));
  const { chatModels } = context.var.services;
  const { model } = routed.data;
  if (resolveAlias(model, chatModels.aliases) === embedderName) return offline(context, body);
  const found = chatModels.embedding(model);
  if (!found.ok) return openAiError(context, found.error);
  const refusal = await refuseByBudget(context);
  if (refusal !== undefined) return refusal;
  const answer = await passed(context, found.value, text);
  answer.headers.set('x-aidevos-model', found.value.name);
  return answer;
};

/** `POST /v1/embeddings`: passed on where the provider makes them, made here by the offline embedder. */
import { passEmbeddings } from '../../../../shared/adapters/models/passed-embeddings.ts';
import { embedByWorkersAi } from '../../../../shared/adapters/models/workers-ai-embeddings.ts';
import { utf8Length } from '../../../../shared/domain/model/estimate.ts';
import { resolveAlias } from '../../../../shared/domain/model/aliases.ts';
import { embedOffline, textsOf, toEmbeddingList } from '../../../../shared/protocol/openai/embeddings.ts';
import { invalidValue } from '../../../../shared/protocol/openai/error.ts';
import { readUsage } from '../../../../shared/protocol/openai/usage.ts';
import { fromModelFailure } from '../../../../shared/protocol/openai/model-failure.ts';
import { swapModel } from '../../../../shared/protocol/openai/swap-model.ts';
import { embeddingsRequestSchema, passedEmbeddingsSchema } from '../../../../shared/schemas/openai-embeddings.ts';
import type { AppContext } from '../../app-environment.ts';
import { embedderName, type BoundModel, type PassedModel } from '../../chat-models.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { answerCall } from '../../model-calls/answer-call.ts';
import type { Call } from '../../model-calls/call.ts';
import { logFailure } from './log-failure.ts';
import { readJsonBody, refusalOf } from './request-body.ts';

const planOf = (model: string, text: string, body: unknown) => ({
  wire: 'embeddings' as const,
  model,
  streamed: false,
  requestBytes: utf8Length(text),
  maxOutputTokens: 0,
  body: { text, value: body },
});

const offline = async (context: AppContext, text: string, body: unknown): Promise<Response> => {
  const parsed = embeddingsRequestSchema.safeParse(body);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  return await answerCall(context, planOf(embedderName, text, body), async (call) => {
    const list = embedOffline(parsed.data);
    if (!list.ok) return openAiError(context, list.error);
    call.settle({ status: 'answered', usage: readUsage(list.value), outputTokens: 0 });
    return context.json(list.value);
  });
};

const passed = async (
  context: AppContext,
  found: PassedModel,
  text: string,
  call: Pick<Call, 'settle'>,
): Promise<Response> => {
  const { account, quirks, model, name, settle } = found;
  const idempotencyKey = context.var.requestId;
  const answer = await passEmbeddings({ account, quirks, body: swapModel(text, model), idempotencyKey });
  settle(answer.ok ? undefined : answer.error.failure);
  if (answer.ok) {
    call.settle({ status: 'answered', usage: readUsage(JSON.parse(answer.value)), outputTokens: 0 });
    return context.body(answer.value, 200, { 'content-type': 'application/json' });
  }
  const { failure, detail } = answer.error;
  logFailure(context, name, failure);
  call.settle({ status: 'failed', usage: undefined, outputTokens: 0, failure });
  return openAiError(context, fromModelFailure(failure, detail));
};

/** By a binding, which reads texts and knows of no options. */
const bound = async (context: AppContext, found: BoundModel, text: string, body: unknown): Promise<Response> => {
  const parsed = embeddingsRequestSchema.safeParse(body);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const request = parsed.data;
  const texts = textsOf(request.input);
  if (texts === undefined) {
    return openAiError(context, invalidValue('input', `${found.name} reads texts; it is given no tokens here.`));
  }
  return await answerCall(context, planOf(found.name, text, body), async (call) => {
    const made = await embedByWorkersAi(found.binding, found.model, texts);
    if (!made.ok) {
      logFailure(context, found.name, made.error);
      call.settle({ status: 'failed', usage: undefined, outputTokens: 0, failure: made.error });
      return openAiError(context, fromModelFailure(made.error));
    }
    const { vectors, usage } = made.value;
    call.settle({ status: 'answered', usage, outputTokens: 0 });
    const length = vectors[0]?.length ?? 0;
    const { dimensions } = request;
    if (typeof dimensions === 'number' && dimensions !== length) {
      return openAiError(context, invalidValue('dimensions', `${found.name} has ${length} dimensions and no others.`));
    }
    return context.json(toEmbeddingList(request, vectors, usage?.inputTokens ?? 0));
  });
};

/** The route's handler. */
export const embeddings = async (context: AppContext): Promise<Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const { text, value: body } = read;
  const routed = passedEmbeddingsSchema.safeParse(body);
  if (!routed.success) return openAiError(context, refusalOf(routed.error));
  const { chatModels } = context.var;
  const { model } = routed.data;
  if (resolveAlias(model, chatModels.aliases) === embedderName) return await offline(context, text, body);
  const found = chatModels.embedding(model);
  if (!found.ok) return openAiError(context, found.error);
  const { name } = found.value;
  const embedder = found.value;
  const answer =
    embedder.type === 'bound'
      ? await bound(context, embedder, text, body)
      : await answerCall(context, planOf(name, text, body), (call) => passed(context, embedder, text, call));
  answer.headers.set('x-aidevos-model', name);
  return answer;
};

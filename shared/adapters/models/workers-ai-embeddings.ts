/** Embeddings of Workers AI, by the binding: texts in, vectors out, a hundred texts a call. */
import { classifyProviderError, createFailure, parseRetryAfter } from '../../domain/model/failure.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelFailure, ModelUsage } from '../../ports/model-client.ts';
import { readUsage } from '../../protocol/openai/usage.ts';
import { CallWatch, defaultCallLimits, type CallLimits } from './call-watch.ts';
import { readWorkersAiRefusal, type AiBinding } from './workers-ai.ts';

/** `maxItems` of its models' input: https://developers.cloudflare.com/workers-ai/models/bge-m3/ */
const mostTexts = 100;

/** One vector for each text, in order. */
export interface Vectors {
  readonly vectors: readonly (readonly number[])[];
  /** What the provider said; most of its models say nothing. */
  readonly usage: ModelUsage | undefined;
}

const lost = createFailure('connection_lost', 'The connection to the provider could not be made or was lost.');
const unusable = createFailure('malformed_response', 'The provider sent an answer that is not of its API.');

const isVector = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((entry) => typeof entry === 'number' && Number.isFinite(entry));

const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

const embedSome = async (
  binding: AiBinding,
  model: string,
  texts: readonly string[],
  watch: CallWatch,
): Promise<Result<Vectors, ModelFailure>> => {
  const options = { returnRawResponse: true, signal: watch.signal } as const;
  const answered = await watch.race(binding.run(model, { text: texts }, options));
  const response = answered === undefined ? undefined : watch.watched(answered);
  const text = response === undefined ? undefined : await watch.race(response.text());
  if (response === undefined || text === undefined || watch.failure !== undefined) return err(watch.failure ?? lost);
  if (!response.ok) {
    const retryAfterMs = parseRetryAfter((name) => response.headers.get(name), Date.now());
    const refusal = readWorkersAiRefusal(text);
    // Its own status for this is 400, or whatever wraps it.
    const status = refusal.code === 'model_not_found' ? 404 : response.status;
    return err(classifyProviderError({ status, ...refusal, retryAfterMs }));
  }
  const answer = parse(text);
  const vectors: unknown = answer['data'];
  if (!Array.isArray(vectors) || vectors.length !== texts.length || !vectors.every(isVector)) return err(unusable);
  return ok({ vectors, usage: readUsage(answer) });
};

const addUsage = (left: ModelUsage | undefined, right: ModelUsage | undefined): ModelUsage | undefined =>
  left === undefined || right === undefined
    ? undefined
    : { ...left, inputTokens: left.inputTokens + right.inputTokens };

const embedAll = async (
  binding: AiBinding,
  model: string,
  texts: readonly string[],
  watch: CallWatch,
): Promise<Result<Vectors, ModelFailure>> => {
  let all = await embedSome(binding, model, texts.slice(0, mostTexts), watch);
  for (let start = mostTexts; start < texts.length && all.ok; start += mostTexts) {
    const next = await embedSome(binding, model, texts.slice(start, start + mostTexts), watch);
    if (!next.ok) return next;
    const { vectors, usage } = all.value;
    all = ok({ vectors: [...vectors, ...next.value.vectors], usage: addUsage(usage, next.value.usage) });
  }
  return all;
};

/** Embeddings come in one event, so that one may be as large as the whole answer. */
const limitsOf = (limits: CallLimits): CallLimits => ({ ...limits, maxEventBytes: limits.maxAnswerBytes });

/** The vectors of all texts, or of none. Never throws. */
export const embedByWorkersAi = async (
  binding: AiBinding,
  model: string,
  texts: readonly string[],
  limits: CallLimits = defaultCallLimits,
): Promise<Result<Vectors, ModelFailure>> => {
  const watch = new CallWatch(limitsOf(limits));
  try {
    return await embedAll(binding, model, texts, watch);
  } catch {
    // The connection broke; what it was does not matter to whoever waits for the answer.
    return err(watch.failure ?? lost);
  } finally {
    watch.dispose();
  }
};

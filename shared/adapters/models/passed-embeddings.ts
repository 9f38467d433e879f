/** A request for embeddings, passed on to a provider that speaks OpenAI's wire, and its answer as it came. */
import { createFailure } from '../../domain/model/failure.ts';
import type { WireQuirks } from '../../domain/model/providers/provider.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelFailure } from '../../ports/model-client.ts';
import type { ProviderAccount } from './anthropic.ts';
import { CallWatch, defaultCallLimits, type CallLimits } from './call-watch.ts';
import { readProviderRefusal, type ProviderRefusal } from './provider-refusal.ts';

export interface EmbeddingsCall {
  readonly account: ProviderAccount;
  readonly quirks: WireQuirks;
  /** JSON, with the model's name as the provider knows it. */
  readonly body: string;
  readonly idempotencyKey: string;
}

const refused = (failure: ModelFailure): Result<never, ProviderRefusal> => err({ failure, detail: {} });

const lost = createFailure('connection_lost', 'The connection to the provider could not be made or was lost.');
const unusable = createFailure('malformed_response', 'The provider sent an answer that is not of its API.');

const isAnswer = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data);
  } catch {
    return false;
  }
};

const send = async (call: EmbeddingsCall, watch: CallWatch): Promise<Result<string, ProviderRefusal>> => {
  const { account, quirks, body, idempotencyKey } = call;
  const address = `${(account.baseUrl ?? '').replace(/\/+$/, '')}/embeddings`;
  const headers = {
    ...quirks.headers,
    authorization: `Bearer ${account.apiKey}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'idempotency-key': idempotencyKey,
  };
  const response = await watch.race(watch.fetch(address, { method: 'POST', headers, body, signal: watch.signal }));
  const text = response === undefined ? undefined : await watch.race(response.text());
  if (response === undefined || text === undefined || watch.failure !== undefined)
    return refused(watch.failure ?? lost);
  if (!response.ok) return err(readProviderRefusal(text, account, response));
  return isAnswer(text) ? ok(text) : refused(unusable);
};

/** Embeddings come in one event, so that one may be as large as the whole answer. */
const limitsOf = (limits: CallLimits): CallLimits => ({ ...limits, maxEventBytes: limits.maxAnswerBytes });

/** The answer's JSON. Never throws. */
export const passEmbeddings = async (
  call: EmbeddingsCall,
  limits: CallLimits = defaultCallLimits,
): Promise<Result<string, ProviderRefusal>> => {
  const watch = new CallWatch(limitsOf(limits));
  try {
    return await send(call, watch);
  } catch {
    // The connection could not be made; what it was does not matter to whoever waits for the answer.
    return refused(watch.failure ?? lost);
  } finally {
    watch.dispose();
  }
};

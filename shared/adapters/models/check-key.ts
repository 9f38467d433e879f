/** Whether a provider takes a key: the cheapest question that it answers only to a good one, its list of models. */
import { createFailure } from '../../domain/model/failure.ts';
import type { Provider } from '../../domain/model/providers/provider.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelFailure } from '../../ports/model-client.ts';
import type { ProviderAccount } from './anthropic.ts';
import { CallWatch, type CallLimits } from './call-watch.ts';
import { readProviderRefusal } from './provider-refusal.ts';

const mebibytes = 1_048_576;

/** A list of models comes in one piece, and a person waits for it. */
const limits: CallLimits = {
  firstByteMs: 10_000,
  idleMs: 10_000,
  totalMs: 20_000,
  maxEventBytes: 16 * mebibytes,
  maxAnswerBytes: 16 * mebibytes,
  maxAnswerLength: 16 * mebibytes,
};

const lost = createFailure('connection_lost', 'The connection to the provider could not be made or was lost.');
const unusable = createFailure('malformed_response', 'The provider sent an answer that is not of its API.');

const questionOf = ({ wire, keyCheckPath = '/models' }: Provider, { apiKey, baseUrl = '' }: ProviderAccount) => {
  const base = baseUrl.replace(/\/+$/, '');
  return wire === 'anthropic'
    ? { address: `${base}/v1/models?limit=100`, headers: { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' } }
    : { address: `${base}${keyCheckPath}`, headers: { authorization: `Bearer ${apiKey}` } };
};

const dataOf = (text: string): unknown => {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : undefined;
  } catch {
    return undefined;
  }
};

/** What a provider answered to a key that it takes. */
export interface TakenKey {
  /** Models of the answer, where it lists some. */
  readonly models?: number;
}

const askProvider = async (
  provider: Provider,
  account: ProviderAccount,
  watch: CallWatch,
): Promise<Result<TakenKey, ModelFailure>> => {
  const { address, headers } = questionOf(provider, account);
  const init = { headers: { ...provider.quirks.headers, ...headers, accept: 'application/json' } };
  const response = await watch.race(watch.fetch(address, { ...init, signal: watch.signal }));
  const text = response === undefined ? undefined : await watch.race(response.text());
  if (response === undefined || text === undefined || watch.failure !== undefined) return err(watch.failure ?? lost);
  if (!response.ok) return err(readProviderRefusal(text, account, response).failure);
  const data = dataOf(text);
  if (typeof data !== 'object' || data === null) return err(unusable);
  return ok(Array.isArray(data) ? { models: data.length } : {});
};

/** Asks the provider. Never throws, and says nothing of the key. */
export const checkKey = async (
  provider: Provider,
  account: ProviderAccount,
): Promise<Result<TakenKey, ModelFailure>> => {
  const watch = new CallWatch(limits);
  try {
    return await askProvider(provider, account, watch);
  } catch {
    // The connection could not be made; what it was does not matter to whoever waits for the answer.
    return err(watch.failure ?? lost);
  } finally {
    watch.dispose();
  }
};

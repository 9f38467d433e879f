/** Model clients that use several keys of one provider in turn. */
import {
  freshPool,
  isFaultOfKey,
  pickCredential,
  settleCredential,
  type CredentialPool,
} from '../../domain/model/credential-pool.ts';
import { noUsableKey } from '../../domain/model/failure.ts';
import type { ModelClient, ModelEvent, ModelFailure, ModelRequest, CancelSignal } from '../../ports/model-client.ts';
import { hashText } from '../crypto/text-hash.ts';
import type { ProviderAccount } from './anthropic.ts';

/** The turns and rests of all keys, in memory, under their fingerprints. */
export class CredentialPools {
  readonly #pools = new Map<string, CredentialPool>();
  readonly #now: () => number;
  readonly #settled: (id: string, failure: ModelFailure | undefined) => void;

  /** `settled` is told how each call with a key ended. */
  constructor(
    now: () => number = () => Date.now(),
    settled: (id: string, failure: ModelFailure | undefined) => void = () => undefined,
  ) {
    this.#now = now;
    this.#settled = settled;
  }

  /** The next of these accounts; there is at least one. */
  pick<Account extends { readonly id: string }>(provider: string, accounts: readonly Account[]): Account | undefined {
    const ids = accounts.map(({ id }) => id);
    const { pool, id } = pickCredential(this.#pools.get(provider) ?? freshPool, ids, this.#now());
    this.#pools.set(provider, pool);
    return accounts.find((account) => account.id === id);
  }

  /** Notes how a call with this key ended: undefined for an answer. */
  settle(provider: string, id: string, failure: ModelFailure | undefined): void {
    const pool = this.#pools.get(provider) ?? freshPool;
    this.#pools.set(provider, settleCredential(pool, id, failure, this.#now()));
    this.#settled(id, failure);
  }
}

const fingerprints = new WeakMap<ProviderAccount, string>();

/** What a key is called where it must not be seen. */
export const fingerprintOf = (account: ProviderAccount): string => {
  if (account.id !== undefined) return account.id;
  const fingerprint = fingerprints.get(account) ?? hashText(account.apiKey).slice(0, 12);
  fingerprints.set(account, fingerprint);
  return fingerprint;
};

interface KeyedClient {
  readonly id: string;
  readonly client: ModelClient;
}

async function* streamByTurns(
  pools: CredentialPools,
  provider: string,
  clients: readonly KeyedClient[],
  request: ModelRequest,
  signal: CancelSignal | undefined,
): AsyncGenerator<ModelEvent> {
  let left = clients;
  for (;;) {
    const picked = pools.pick(provider, left);
    if (picked === undefined) {
      yield {
        type: 'failed',
        failure: noUsableKey(provider),
      };
      return;
    }
    left = left.filter(({ id }) => id !== picked.id);
    let delivered = false;
    let goesOn = false;
    for await (const event of picked.client.stream(request, signal)) {
      if (event.type === 'finished') pools.settle(provider, picked.id, undefined);
      if (event.type === 'failed') {
        pools.settle(provider, picked.id, event.failure);
        goesOn = !delivered && left.length > 0 && isFaultOfKey(event.failure);
        if (goesOn) break;
      }
      delivered = true;
      yield event;
    }
    if (!goesOn) return;
  }
}

/**
 * One client over one client for each key. A key that the provider refuses or limits is passed over for a while, and
 * the call goes on with the next one, unseen, as long as nothing of an answer has come.
 */
export const withCredentialPool = (
  pools: CredentialPools,
  provider: string,
  clients: readonly KeyedClient[],
): ModelClient => ({
  stream: (request, signal) => streamByTurns(pools, provider, clients, request, signal),
});

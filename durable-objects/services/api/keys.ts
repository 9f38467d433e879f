/** API keys of an app: shown once, kept as hashes. */
import { createRandomIds } from '../../../shared/adapters/crypto/random-ids.ts';
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import { invalidBecause } from '../../../shared/domain/services/data/schema.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { ApiKeyView, ApiRpc } from '../../../shared/rpc/services/api.ts';
import type { ApiStore, StoredKey } from './store.ts';

const maxKeys = 1_000;
/** When a key was last used is written no more often than this. */
const touchMs = 60_000;
const scopePattern = /^[a-z][a-z0-9_.:-]{0,63}$/;
const keyPattern = /^app_(key_[0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/;

export const keyView = ({ secretHash: _secret, ...view }: StoredKey): ApiKeyView => view;

const invalidKey: Result<never> = err({ type: 'auth.invalid', detail: 'The API key is not valid.' });

export class Keys {
  readonly #store: ApiStore;
  readonly #now: () => number;

  constructor(store: ApiStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  issue({
    name,
    scopes = [],
    expiresAt,
  }: Parameters<ApiRpc['issueKey']>[0]): Result<{ key: string; view: ApiKeyView }> {
    const now = this.#now();
    if (typeof name !== 'string' || name === '' || name.length > 100)
      return err(invalidBecause([{ field: 'name', reason: 'must be text of at most 100 characters' }]));
    if (!Array.isArray(scopes) || scopes.length > 50 || !scopes.every((scope) => scopePattern.test(String(scope))))
      return err(invalidBecause([{ field: 'scopes', reason: 'must be at most 50 names like orders.read' }]));
    if (expiresAt !== undefined && !(Number.isSafeInteger(expiresAt) && expiresAt > now))
      return err(invalidBecause([{ field: 'expiresAt', reason: 'must be a time to come, in milliseconds' }]));
    if (this.#store.count() >= maxKeys)
      return err({ type: 'resource.conflict', detail: `There are ${maxKeys} keys: revoke those that are not used.` });
    const keyId = createRandomIds({ now: this.#now }).create('key');
    const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
    const view = { keyId, name, scopes, createdAt: now, ...(expiresAt === undefined ? {} : { expiresAt }) };
    this.#store.insert({ ...view, secretHash: hashText(secret) });
    return ok({ key: `app_${keyId}_${secret}`, view });
  }

  verify(key: unknown, scope: string | undefined): Result<ApiKeyView> {
    const match = typeof key === 'string' ? keyPattern.exec(key) : null;
    const stored = match === null ? undefined : this.#store.find(match[1] ?? '');
    // Both are hashes of 32 random bytes, so the time that comparing takes tells nothing.
    if (match === null || stored === undefined || stored.secretHash !== hashText(match[2] ?? '')) return invalidKey;
    const now = this.#now();
    if (stored.expiresAt !== undefined && stored.expiresAt <= now) return invalidKey;
    if (scope !== undefined && !stored.scopes.includes(scope))
      return err({ type: 'auth.forbidden', detail: `The API key lacks the scope "${scope}".` });
    if (now - (stored.lastUsedAt ?? 0) >= touchMs) this.#store.touch(stored.keyId, now);
    return ok(keyView(stored));
  }
}

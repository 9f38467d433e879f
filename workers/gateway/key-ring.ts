/**
 * From a key to the one who holds it. Form and checksum are checked first, so that a malformed key costs no lookup;
 * then the directory is asked, with a cache of at most 5 s in the isolate, which bounds how long a revoked key works.
 */
import type { KeyedHash } from '../../shared/adapters/crypto/keyed-hash.ts';
import type { ApiKeyRecord, DirectoryReader } from '../../shared/adapters/directory/contract.ts';
import { parseApiKey } from '../../shared/domain/access/api-key.ts';
import { parseRole, type Role } from '../../shared/domain/access/policy.ts';
import { localWorkspaceId } from '../../shared/domain/access/workspaces.ts';
import { parseId, type ApiKeyId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Config } from './config.ts';
import { deadlines, withDeadline } from './deadline.ts';
import type { LogWriter } from './log.ts';

/** The verified caller. Everything a request may reach starts from `workspaceId`. */
export interface Principal {
  readonly workspaceId: WorkspaceId;
  readonly keyId: ApiKeyId;
  readonly role: Role;
  /** The first key, which comes from the configuration and stands in no workspace's list. */
  readonly bootstrap: boolean;
}

export interface KeyRing {
  /** `auth.invalid` for every key that is not good, whatever the cause; `service.unavailable` when it cannot be told. */
  authenticate(key: string): Promise<Result<Principal>>;
  /** Drops what this isolate remembers of a key. */
  forget(keyId: string): void;
}

/** Longest that a revoked key is still taken, in milliseconds. */
export const keyCacheMs = 5_000;

const maxCachedKeys = 1_000;

interface Cached {
  readonly row: ApiKeyRecord | undefined;
  readonly expiresAt: number;
}

interface Verified {
  readonly principal: Principal;
  readonly expiresAt: number;
}

const invalidKey = err({
  type: 'auth.invalid',
  detail: 'This API key is not known here. Send a valid one as "Authorization: Bearer <key>".',
} as const);

/** A hash that no key has: an unknown key does the same work as a known one. */
const noHash = '0'.repeat(64);

const principalOf = (row: ApiKeyRecord): Principal | undefined => {
  const workspaceId = parseId('wsp', row.workspaceId);
  const keyId = parseId('key', row.id);
  const role = parseRole(row.role);
  return workspaceId === undefined || keyId === undefined || role === undefined || row.revokedAt !== null
    ? undefined
    : { workspaceId, keyId, role, bootstrap: false };
};

export interface KeyRingParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly hash: KeyedHash;
  readonly directory: Pick<DirectoryReader, 'findApiKey'>;
  readonly log: LogWriter;
}

export const createKeyRing = (parts: KeyRingParts): KeyRing => {
  const { config, clock, hash, directory, log } = parts;
  const cache = new Map<string, Cached>();
  /** By the whole key: one that is in use is read and verified once while its row is taken for true. */
  const verified = new Map<string, Verified>();

  const remember = (key: string, principal: Principal): Result<Principal> => {
    if (verified.size >= maxCachedKeys) verified.clear();
    const expiresAt = cache.get(principal.keyId)?.expiresAt ?? clock.now() + keyCacheMs;
    verified.set(key, { principal, expiresAt });
    return ok(principal);
  };

  const findRow = async (keyId: string): Promise<ApiKeyRecord | undefined> => {
    const now = clock.now();
    const cached = cache.get(keyId);
    if (cached !== undefined && cached.expiresAt > now) return cached.row;
    const row = await withDeadline(directory.findApiKey(keyId), deadlines.directoryMs);
    if (cache.size >= maxCachedKeys) cache.clear();
    cache.set(keyId, { row, expiresAt: now + keyCacheMs });
    return row;
  };

  return {
    authenticate: async (key) => {
      const known = verified.get(key);
      if (known !== undefined && known.expiresAt > clock.now()) return ok(known.principal);
      const form = parseApiKey(key);
      if (form === undefined || form.environment !== config.environment) return invalidKey;
      if (config.bootstrapKeyHash !== undefined && (await hash.verify(key, config.bootstrapKeyHash))) {
        return remember(key, { workspaceId: localWorkspaceId, keyId: form.keyId, role: 'operator', bootstrap: true });
      }
      let row: ApiKeyRecord | undefined;
      try {
        row = await findRow(form.keyId);
      } catch (error) {
        log({ level: 'error', message: 'the directory of keys did not answer', error });
        // Whether the key is good cannot be told now; saying "invalid" would be a lie to its holder.
        return err({ type: 'service.unavailable', detail: 'The key could not be checked. Try again in a moment.' });
      }
      const matches = await hash.verify(key, row?.hash ?? noHash);
      const principal = row === undefined || !matches ? undefined : principalOf(row);
      return principal === undefined ? invalidKey : remember(key, principal);
    },
    forget: (keyId) => {
      cache.delete(keyId);
      for (const [key, { principal }] of verified) if (principal.keyId === keyId) verified.delete(key);
    },
  };
};

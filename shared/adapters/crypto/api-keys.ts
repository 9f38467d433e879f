/** New API keys. The key is shown once and never stored; only its keyed hash is. */
import { formatApiKey } from '../../domain/access/api-key.ts';
import type { ApiKeyId } from '../../domain/ids.ts';
import { createKeyedHash } from './keyed-hash.ts';

export interface NewApiKey {
  /** For the person, once. */
  readonly key: string;
  /** For the store: HMAC-SHA256 of the key under the pepper, 64 hex digits. */
  readonly hash: string;
}

/**
 * Makes a key with 32 bytes from the runtime's random source. `environment`: 2 to 16 of a-z and 0-9.
 * @param seed for a command that may be repeated: its id. The bytes are then its keyed hash, so that a repeat makes the
 *   same key, and nobody without the pepper can.
 */
export const createApiKey = async (
  environment: string,
  keyId: ApiKeyId,
  pepper: string,
  seed?: string,
): Promise<NewApiKey> => {
  const secret =
    seed === undefined
      ? crypto.getRandomValues(new Uint8Array(32))
      : Uint8Array.from((await createKeyedHash(pepper).sign(`api-key-secret:${seed}`)).match(/../g) ?? [], (digits) =>
          Number.parseInt(digits, 16),
        );
  const key = formatApiKey({ environment, keyId }, secret);
  return { key, hash: await hashApiKey(key, pepper) };
};

/** What is stored of a key, and what `AIDEVOS_BOOTSTRAP_KEY_HASH` holds. */
export const hashApiKey = async (key: string, pepper: string): Promise<string> =>
  await createKeyedHash(pepper).sign(key);

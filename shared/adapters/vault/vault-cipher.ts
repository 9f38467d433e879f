/**
 * How keys are sealed: each workspace has a data key of its own, which is stored only sealed under a master key of the
 * operator's. Both are AES-256-GCM, with a random nonce of 12 bytes each time (NIST SP 800-38D, section 8.2.2), and both
 * are bound to what they belong to, so that a sealed text that was moved to another place does not open there.
 */
import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../../errors/result.ts';
import type { CredentialName, WrappedKey } from '../../rpc/workspace-vault.ts';

const keyBytes = 32;
const nonceBytes = 12;
const algorithm = 'AES-GCM';

/** A master key, and what it is called where it must not be seen. */
export interface MasterKey {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The first one seals, all of them open; at least one. */
export type MasterKeys = readonly [MasterKey, ...MasterKey[]];

/** In memory of its own: what the runtime's cipher takes. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
};

const encode = (text: string): Uint8Array<ArrayBuffer> => owned(new TextEncoder().encode(text));

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => owned(Buffer.from(text, 'base64url'));
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

const toMasterKey = (text: string): MasterKey => {
  const bytes = fromBase64(text);
  const id = createHash('sha256').update('aidevos master key').update(bytes).digest('hex').slice(0, 16);
  return { id, bytes };
};

/**
 * Reads `AIDEVOS_VAULT_KEY`: 32 bytes in base64, or several, separated by commas, the newest first. Undefined when there
 * is none; the error is a sentence without its subject, which repeats nothing of it.
 */
export const parseMasterKeys = (text: string): Result<MasterKeys | undefined, string> => {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (!entries.every((entry) => /^[A-Za-z0-9+/_-]{43}=?$/.test(entry)))
    return err('must be 32 random bytes in base64; older ones may follow after commas');
  const [first, ...others] = entries.map(toMasterKey);
  return ok(first === undefined ? undefined : [first, ...others]);
};

const importKey = (bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, algorithm, false, ['encrypt', 'decrypt']);

/** The parts one under the other; none of them has a line break. */
const boundTo = (...parts: readonly string[]): Uint8Array<ArrayBuffer> => encode(parts.join('\n'));

const seal = async (key: CryptoKey, plain: Uint8Array<ArrayBuffer>, additionalData: Uint8Array<ArrayBuffer>) => {
  const iv = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: algorithm, iv, additionalData }, key, plain));
  return toBase64(Buffer.concat([iv, sealed]));
};

/** Undefined when it was sealed under another key, for another place, or was changed. */
const open = async (key: CryptoKey, sealed: string, additionalData: Uint8Array<ArrayBuffer>) => {
  const bytes = fromBase64(sealed);
  const iv = bytes.subarray(0, nonceBytes);
  try {
    return await crypto.subtle.decrypt({ name: algorithm, iv, additionalData }, key, bytes.subarray(nonceBytes));
  } catch {
    // The runtime says no more than that it does not open, which is the answer asked for.
    return undefined;
  }
};

const keyPlace = (workspaceId: string, masterKeyId: string) => boundTo('aidevos vault key 1', workspaceId, masterKeyId);

const wrap = async (workspaceId: string, master: MasterKey, bytes: Uint8Array<ArrayBuffer>): Promise<WrappedKey> => ({
  masterKeyId: master.id,
  sealed: await seal(await importKey(master.bytes), bytes, keyPlace(workspaceId, master.id)),
});

/** A new data key for a workspace. */
export const createWrappedKey = async (workspaceId: string, [master]: MasterKeys): Promise<WrappedKey> =>
  await wrap(workspaceId, master, crypto.getRandomValues(new Uint8Array(keyBytes)));

/** What is sealed with the key, beside its place. */
export interface CredentialPlace extends CredentialName {
  readonly workspaceId: string;
  readonly baseUrl?: string | undefined;
}

const credentialPlace = ({ workspaceId, provider, name, baseUrl = '' }: CredentialPlace) =>
  boundTo('aidevos credential 1', workspaceId, provider, name, baseUrl);

/** The opened data key of one workspace. */
export interface VaultCipher {
  /** The data key under the newest master key, where it was sealed under an older one. */
  readonly rewrapped: WrappedKey | undefined;
  seal(place: CredentialPlace, apiKey: string): Promise<string>;
  /** Undefined when it does not open here. */
  open(place: CredentialPlace, sealed: string): Promise<string | undefined>;
}

/** Opens a data key; undefined when none of the master keys does. */
export const openVault = async (
  workspaceId: string,
  masters: MasterKeys,
  { masterKeyId, sealed }: WrappedKey,
): Promise<VaultCipher | undefined> => {
  const master = masters.find(({ id }) => id === masterKeyId);
  if (master === undefined) return undefined;
  const opened = await open(await importKey(master.bytes), sealed, keyPlace(workspaceId, masterKeyId));
  if (opened === undefined) return undefined;
  const bytes = new Uint8Array(opened);
  const key = await importKey(bytes);
  return {
    rewrapped: master === masters[0] ? undefined : await wrap(workspaceId, masters[0], bytes),
    seal: (place, apiKey) => seal(key, encode(apiKey), credentialPlace(place)),
    open: async (place, text) => {
      const plain = await open(key, text, credentialPlace(place));
      return plain === undefined ? undefined : new TextDecoder().decode(plain);
    },
  };
};

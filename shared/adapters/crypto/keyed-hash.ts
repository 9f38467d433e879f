/**
 * HMAC-SHA256 under a secret, for keys and tickets. Runs in Workers and in Node.
 * Verification is the runtime's own, which takes the same time for every wrong value.
 */
export interface KeyedHash {
  /** 64 lower-case hex digits. */
  sign(text: string): Promise<string>;
  /** False also when the hash is not 64 hex digits. */
  verify(text: string, hash: string): Promise<boolean>;
}

const algorithm = { name: 'HMAC', hash: 'SHA-256' };
const hexPattern = /^[0-9a-f]{64}$/;

/** Lower-case hex digits of bytes. */
const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const fromHex = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  return bytes;
};

/** Makes the hash under a secret; the secret is imported once. */
export const createKeyedHash = (secret: string): KeyedHash => {
  const encoder = new TextEncoder();
  let imported: Promise<CryptoKey> | undefined;
  const key = (): Promise<CryptoKey> =>
    (imported ??= crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign', 'verify']));
  return {
    sign: async (text) => toHex(new Uint8Array(await crypto.subtle.sign('HMAC', await key(), encoder.encode(text)))),
    verify: async (text, hash) => {
      // An unusable hash is replaced, so that it costs the same work as a usable one.
      const usable = hexPattern.test(hash);
      const expected = fromHex(usable ? hash : '0'.repeat(64));
      return (await crypto.subtle.verify('HMAC', await key(), expected, encoder.encode(text))) && usable;
    },
  };
};

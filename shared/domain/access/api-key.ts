/**
 * The form of an API key: `ados_<environment>_<key id>_<secret>_<checksum>`.
 * The checksum lets a malformed or mistyped key be refused without any lookup, and lets secret scanners tell a real
 * key from an accident. It protects nothing: the secret does (32 random bytes).
 */
import { parseId, type ApiKeyId } from '../ids.ts';

/** For secret scanners. Groups: environment, key id, secret, checksum. */
export const apiKeyPattern = /^ados_([a-z][a-z0-9]{1,15})_([0-9a-hjkmnp-tv-z]{26})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

export interface ApiKeyParts {
  readonly environment: string;
  readonly keyId: ApiKeyId;
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 43;
const checksumLength = 6;

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in ISO 3309 and zip, of text in which every character is ASCII. */
export const crc32 = (text: string): number => {
  let value = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    value = (crcTable[(value ^ text.charCodeAt(index)) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return (value ^ 0xffffffff) >>> 0;
};

const toBase62 = (value: bigint, length: number): string => {
  let rest = value;
  let text = '';
  while (text.length < length) {
    text = base62.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
};

const checksumOf = (text: string): string => toBase62(BigInt(crc32(text)), checksumLength);

const bytesToInteger = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
};

/** Writes a key from 32 random bytes. */
export const formatApiKey = (parts: ApiKeyParts, secretBytes: Uint8Array): string => {
  const secret = toBase62(bytesToInteger(secretBytes.subarray(0, 32)), secretLength);
  const body = `ados_${parts.environment}_${parts.keyId.slice('key_'.length)}_${secret}`;
  return `${body}_${checksumOf(body)}`;
};

/** The parts that are not secret, or undefined when the form or the checksum is wrong. */
export const parseApiKey = (text: string): ApiKeyParts | undefined => {
  const match = apiKeyPattern.exec(text);
  const [, environment, idBody, , checksum] = match ?? [];
  if (environment === undefined || idBody === undefined || checksum === undefined) return undefined;
  if (checksumOf(text.slice(0, -(checksumLength + 1))) !== checksum) return undefined;
  const keyId = parseId('key', `key_${idBody}`);
  return keyId === undefined ? undefined : { environment, keyId };
};

import { assert, constantFrom, nat, pre, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createId } from '../ids.ts';
import { apiKeyPattern, crc32, formatApiKey, parseApiKey } from './api-key.ts';

const keyId = createId('key', 1_700_000_000_000, new Uint8Array(16).fill(7));
const secretBytes = uint8Array({ minLength: 32, maxLength: 32 });

describe('api key form', () => {
  it('computes the CRC-32 of the check string of the standard', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
  });

  it('reads back what it wrote, for any secret', () => {
    assert(
      property(secretBytes, (bytes) => {
        const key = formatApiKey({ environment: 'local', keyId }, bytes);
        expect(apiKeyPattern.test(key)).toBe(true);
        expect(parseApiKey(key)).toEqual({ environment: 'local', keyId });
      }),
    );
  });

  it('writes different keys for different secrets', () => {
    assert(
      property(secretBytes, secretBytes, (left, right) => {
        pre(left.some((byte, index) => byte !== right[index]));
        expect(formatApiKey({ environment: 'local', keyId }, left)).not.toBe(
          formatApiKey({ environment: 'local', keyId }, right),
        );
      }),
    );
  });

  it('refuses a key with any one character changed', () => {
    const key = formatApiKey({ environment: 'local', keyId }, new Uint8Array(32).fill(200));
    assert(
      property(nat(key.length - 1), constantFrom('0', 'A', 'z', '_', '-'), (position, character) => {
        pre(key[position] !== character);
        expect(parseApiKey(key.slice(0, position) + character + key.slice(position + 1))).toBeUndefined();
      }),
    );
  });

  it('refuses everything that has not the form', () => {
    assert(property(string(), (text) => parseApiKey(text) === undefined));
    for (const text of ['', 'ados_', 'ados_local_x_y_z', 'ados_'.repeat(5_000)])
      expect(parseApiKey(text)).toBeUndefined();
  });
});

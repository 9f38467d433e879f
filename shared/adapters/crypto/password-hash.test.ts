import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password-hash.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');

describe('hashes of passwords', () => {
  it('are scrypt with a salt of their own, and match their password alone', async () => {
    const [first, second] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(first).not.toBe(second);
    const [, , , salt = '', hash = ''] = first.split('$');
    const options = { N: 16_384, r: 8, p: 5, maxmem: 64 * 1024 * 1024 };
    expect(base64(scryptSync('correct horse', Buffer.from(salt, 'base64'), 32, options))).toBe(hash);
    expect(await verifyPassword('correct horse', first)).toEqual({ matches: true, isOutdated: false });
    expect(await verifyPassword('Correct horse', first)).toMatchObject({ matches: false });
  });

  it('made with other settings still match, and are told to be outdated', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const stored = `$scrypt$ln=10,r=8,p=1$${base64(salt)}$${base64(scryptSync('old', salt, 32, { N: 1_024, r: 8, p: 1 }))}`;
    expect(await verifyPassword('old', stored)).toEqual({ matches: true, isOutdated: true });
  });

  it('never match where there is none, and a broken one is a bug', async () => {
    expect(await verifyPassword('', undefined)).toMatchObject({ matches: false });
    await expect(verifyPassword('x', 'plain text')).rejects.toThrow('is not one');
  });
});

/**
 * Hashes of passwords, by scrypt (RFC 7914) with 2^14 · 8 · 5: one of the settings that OWASP's Password Storage Cheat
 * Sheet holds to be equally strong, and the one that needs least memory, 16 MiB, of the 128 an isolate has. The runtime
 * computes it natively. Its PBKDF2 ends at 100,000 rounds in production, a sixth of what OWASP asks for, and Argon2
 * would have to run as WebAssembly in the same isolate. Runs in Workers and in Node.
 */
import { scrypt, timingSafeEqual } from 'node:crypto';

interface Cost {
  /** Base-2 logarithm of N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

const cost: Cost = { logN: 14, r: 8, p: 5 };
const saltBytes = 16;
const hashBytes = 32;
const hashPattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

const derive = (password: string, salt: Uint8Array, { logN, r, p }: Cost): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const N = 2 ** logN;
    scrypt(password, salt, hashBytes, { N, r, p, maxmem: 128 * N * r * 2 }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');

/** What is stored of a password: its settings, a salt of its own and the hash, in the form of the PHC strings. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const key = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${toBase64(salt)}$${toBase64(key)}`;
};

/** Never matches anything, at the price of one that might. */
const absentHash = `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * Whether the password is the one that was hashed. Without a stored hash it costs as much and is never true, so that
 * nobody can tell by the time who has an account.
 */
export const verifyPassword = async (
  password: string,
  stored: string | undefined,
): Promise<{ readonly matches: boolean; readonly isOutdated: boolean }> => {
  const match = hashPattern.exec(stored ?? absentHash);
  if (match === null) throw new TypeError('The stored hash of a password is not one.');
  const [, logN, r, p, salt = '', expected = ''] = match;
  const used = { logN: Number(logN), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, 'base64'), used);
  const matches = timingSafeEqual(key, Buffer.from(expected, 'base64')) && stored !== undefined;
  return { matches, isOutdated: used.logN !== cost.logN || used.r !== cost.r || used.p !== cost.p };
};

import { describe, expect, it } from 'vitest';
import { checkNewCredentials } from './credentials.ts';
import { formatToken, judgeToken, overtakenMs, parseToken } from './session.ts';

describe('credentials', () => {
  it('are compared in one form', () => {
    expect(checkNewCredentials(' Ada@Example.COM ', 'corréct horse', 8)).toEqual({
      ok: true,
      value: { email: 'ada@example.com', password: 'corréct horse' },
    });
  });

  it.each([
    ['ada', 'correct horse', 'email'],
    ['ada@', 'correct horse', 'email'],
    ['a b@example.com', 'correct horse', 'email'],
    [`${'a'.repeat(250)}@example.com`, 'correct horse', 'email'],
    [null, 'correct horse', 'email'],
    ['ada@example.com', 'short', 'password'],
    ['ada@example.com', 'x'.repeat(257), 'password'],
    ['ada@example.com', 'aaaaaaaaaa', 'password'],
    ['ada@example.com', '12345678', 'password'],
    ['ada@example.com', 'Password123', 'password'],
    ['adalovelace@example.com', 'AdaLovelace', 'password'],
    ['ada@example.com', { toString: 1 }, 'password'],
  ])('refuses %j with %j', (email, password, field) => {
    expect(checkNewCredentials(email, password, 8)).toMatchObject({
      ok: false,
      error: { type: 'request.invalid', issues: [{ field }] },
    });
  });
});

describe('tokens', () => {
  const session = { tokenHash: 'b', previousHash: 'a', rotatedAt: 1_000, expiresAt: 100_000 };

  it.each([
    ['b', 1_000, 'current'],
    ['a', 1_000 + overtakenMs - 1, 'overtaken'],
    ['a', 1_000 + overtakenMs, 'stolen'],
    ['c', 1_000, 'wrong'],
    ['b', 100_000, 'expired'],
  ] as const)('%s at %d is %s', (hash, now, verdict) => {
    expect(judgeToken(session, hash, now)).toBe(verdict);
  });

  it('have one form', () => {
    const sessionId = `ses_${'0'.repeat(26)}`;
    const secret = 'A'.repeat(43);
    expect(parseToken(formatToken(sessionId, secret))).toEqual({ sessionId, secret });
    for (const broken of ['', 'x', `${sessionId}.`, `${sessionId}.${secret}A`, 7, undefined])
      expect(parseToken(broken)).toBeUndefined();
  });
});

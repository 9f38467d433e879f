/**
 * Sessions: what a presented token is worth. A token names its session and proves it by a secret; the session knows the
 * hash of its current secret and of the one before. One from before is good for a moment, for requests under way when
 * the token was rotated; later it can only be a copy in a second hand, and the session ends.
 */

export interface SessionState {
  readonly tokenHash: string;
  readonly previousHash: string | null;
  readonly rotatedAt: number;
  readonly expiresAt: number;
}

export type TokenVerdict = 'current' | 'overtaken' | 'stolen' | 'expired' | 'wrong';

/** How long the token before the current one is taken. */
export const overtakenMs = 30_000;

/** Judges the hash of a presented secret. `stolen` means that the session is to be ended. */
export const judgeToken = (session: SessionState, presentedHash: string, now: number): TokenVerdict => {
  if (now >= session.expiresAt) return 'expired';
  if (presentedHash === session.tokenHash) return 'current';
  if (presentedHash !== session.previousHash) return 'wrong';
  return now - session.rotatedAt < overtakenMs ? 'overtaken' : 'stolen';
};

const tokenPattern = /^(ses_[0-9a-hjkmnp-tv-z]{26})\.([A-Za-z0-9_-]{43})$/;

/** The parts of a token, or undefined when it is not one. */
export const parseToken = (token: unknown): { readonly sessionId: string; readonly secret: string } | undefined => {
  const match = typeof token === 'string' ? tokenPattern.exec(token) : null;
  return match === null ? undefined : { sessionId: match[1] ?? '', secret: match[2] ?? '' };
};

export const formatToken = (sessionId: string, secret: string): string => `${sessionId}.${secret}`;

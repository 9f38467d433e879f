/** When work that failed or was interrupted is tried again. */

/** FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/), over the text's UTF-16 units, as a fraction 0 to 1. */
export const fractionOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 0xffffffff;
};

export interface BackoffLimits {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Milliseconds to wait after the nth failure (1, 2, …): doubling from `baseMs` up to `capMs`, then moved by up to a
 * quarter either way. The jitter comes from `seed`, so a schedule can be replayed and still does not march in step
 * with its neighbours'. 0 for n = 0.
 */
export const backoffMs = (failures: number, seed: string, limits: BackoffLimits): number => {
  if (failures <= 0) return 0;
  const plain = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(failures - 1, 40));
  const jitter = (fractionOf(`${seed}/${failures}`) - 0.5) / 2;
  return Math.round(plain * (1 + jitter));
};

/** The longest that `backoffMs` can answer. */
export const longestBackoffMs = ({ capMs }: BackoffLimits): number => Math.ceil(capMs * 1.25);

/** Interruptions (the object was killed meanwhile) that are simply tried again at once. */
const freeInterruptions = 10;

/** Interruptions after which the work itself is taken for the killer and parked. */
const maxInterruptions = 100;

const interruptionLimits: BackoffLimits = { baseMs: 1_000, capMs: 60_000 };

export type RetryDecision =
  | { readonly type: 'retry'; readonly count: number; readonly dueAt: number }
  | { readonly type: 'park'; readonly count: number };

/** After the work failed once more: try again later, or give it to the dead letters. `count` is the failures so far. */
export const decideFailure = (
  failuresBefore: number,
  rules: { readonly attempts: number; readonly now: number; readonly subject: string; readonly backoff: BackoffLimits },
): RetryDecision => {
  const count = failuresBefore + 1;
  return count >= rules.attempts
    ? { type: 'park', count }
    : { type: 'retry', count, dueAt: rules.now + backoffMs(count, rules.subject, rules.backoff) };
};

/**
 * After the object was stopped while the work ran. An interruption is not the work's failure, so it stays due (`dueAt`);
 * only work that is interrupted again and again is slowed, since it may be what kills. `count` is the interruptions so far.
 */
export const decideInterruption = (
  interruptionsBefore: number,
  rules: { readonly now: number; readonly dueAt: number; readonly subject: string },
): RetryDecision => {
  const count = interruptionsBefore + 1;
  if (count >= maxInterruptions) return { type: 'park', count };
  const delayMs = backoffMs(count - freeInterruptions, rules.subject, interruptionLimits);
  return { type: 'retry', count, dueAt: delayMs === 0 ? rules.dueAt : rules.now + delayMs };
};

/** What the parts that try again have in common: when, for how long, and what is kept of a failure. */

/** Longest text kept of a failure. */
const maxCauseLength = 2_000;

/** The message of what was thrown, without its stack, cut to a length a row can hold. */
export const causeOf = (thrown: unknown): string => {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return message.length > maxCauseLength ? `${message.slice(0, maxCauseLength)}…` : message;
};

/** FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/), over the text's UTF-16 units. */
const hashText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
};

/**
 * Milliseconds to wait after the nth failure (1, 2, …): doubling from `baseMs` up to `capMs`, then moved by up to a
 * quarter either way. The jitter comes from `seed`, so a schedule can be replayed and still does not march in step
 * with its neighbours'. 0 for n = 0.
 */
export const backoffMs = (failures: number, seed: string, limits: { baseMs: number; capMs: number }): number => {
  if (failures <= 0) return 0;
  const plain = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(failures - 1, 40));
  const jitter = (hashText(`${seed}/${failures}`) / 0xffffffff - 0.5) / 2;
  return Math.round(plain * (1 + jitter));
};

/** Interruptions (the object was killed meanwhile) that are simply tried again at once. */
const freeInterruptions = 10;

/** Interruptions after which the work itself is taken for the killer and parked. */
export const maxInterruptions = 100;

/**
 * Milliseconds to wait after work was interrupted for the nth time. An interruption is not the work's failure, so
 * recovery is immediate; only work that is interrupted again and again is slowed, since it may be what kills.
 */
export const interruptionDelayMs = (interruptions: number, seed: string): number =>
  backoffMs(interruptions - freeInterruptions, seed, { baseMs: 1_000, capMs: 60_000 });

/** The work did not end in its time. It may still end later; whoever waits no longer listens. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/**
 * What the work resolves to, unless it takes longer.
 * @throws DeadlineExceeded after `timeoutMs`; a later rejection of the work is dropped.
 */
export const withDeadline = async <T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    late.reject(new DeadlineExceeded(`${what} did not end within ${timeoutMs} ms.`));
  }, timeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timeout);
  }
};

/** Something that went wrong in the background, where no caller can be told. */
export interface Problem {
  readonly part: 'timers' | 'outbox' | 'sockets' | 'log';
  /** `failed` is reported for the first failure of a thing, `parked` when it became a dead letter. */
  readonly status: 'failed' | 'parked' | 'broken';
  readonly subject: string;
  readonly cause: string;
}

export type Report = (problem: Problem) => void;

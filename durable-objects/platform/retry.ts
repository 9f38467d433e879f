/** What the parts that try again have in common: for how long, and what is kept of a failure. When is decided in `shared/domain/engine`. */

/** Longest text kept of a failure. */
const maxCauseLength = 2_000;

/** The message of what was thrown, without its stack, cut to a length a row can hold. */
export const causeOf = (thrown: unknown): string => {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return message.length > maxCauseLength ? `${message.slice(0, maxCauseLength)}…` : message;
};

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
  readonly part: 'timers' | 'outbox' | 'sockets' | 'log' | 'quality' | 'snapshot' | 'lifecycle' | 'bus' | 'services';
  /**
   * `failed`: the first failure of a thing; `parked`: it became a dead letter; `dropped`: the oldest dead letter went for
   * it; `raised` and `closed`: an alarm.
   */
  readonly status: 'failed' | 'parked' | 'dropped' | 'broken' | 'raised' | 'closed';
  readonly subject: string;
  readonly cause: string;
}

export type Report = (problem: Problem) => void;

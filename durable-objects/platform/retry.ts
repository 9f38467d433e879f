/** What the parts that try again have in common: for how long, and what is kept of a failure. When is decided in `shared/domain/engine`. */
import { withDeadline as waitFor } from '../../shared/adapters/deadline.ts';

export { DeadlineExceeded } from '../../shared/adapters/deadline.ts';

/** Longest text kept of a failure. */
const maxCauseLength = 2_000;

/** The message of what was thrown, without its stack, cut to a length a row can hold. */
export const causeOf = (thrown: unknown): string => {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return message.length > maxCauseLength ? `${message.slice(0, maxCauseLength)}…` : message;
};

/** As `withDeadline` of the adapters; `what` begins the sentence that is kept as the cause. */
export const withDeadline = <Value>(work: Promise<Value>, timeoutMs: number, what: string): Promise<Value> =>
  waitFor(work, timeoutMs, `${what} did not end within ${timeoutMs} ms.`);

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

/** Waits for work of strangers, which may never end. */
import { withDeadline } from '../../../shared/adapters/deadline.ts';

export { DeadlineExceeded } from '../../../shared/adapters/deadline.ts';

/** As `withDeadline`, in the words that strangers' code is told. */
export const withinDeadline = <Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> =>
  withDeadline(work, timeoutMs, `Not finished after ${timeoutMs} ms`);

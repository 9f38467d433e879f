import { withDeadline } from '../deadline.ts';

/** Lookups answer or say soon that they cannot: whoever looks something up has something else to do with it. */
const patienceMs = 2_000;

/** The outcome within `patienceMs`, or a rejection. */
export const soon = <Value>(work: Promise<Value>): Promise<Value> => withDeadline(work, patienceMs);

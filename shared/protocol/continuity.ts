/**
 * How a client of a log proves that it missed nothing: it feeds every sequence it is sent, in order of arrival, over all
 * its connections. `gap` says what is missing; the client then connects again with the last sequence it has.
 */

export type ContinuityVerdict =
  | { readonly type: 'ok' }
  /** It had this one already. */
  | { readonly type: 'duplicate' }
  /** Events `from` to `to`, both included, did not arrive. */
  | { readonly type: 'gap'; readonly from: number; readonly to: number };

export interface Continuity {
  /** Everything up to this sequence has arrived, without a gap. */
  readonly last: () => number;
  /**
   * An event arrived. Only `ok` moves `last` on.
   * @param previous the sequence of the event before it that is kept, where a log says so because some may have been taken
   *   out; the one right before it unless told.
   */
  readonly event: (sequence: number, previous?: number) => ContinuityVerdict;
  /** The server says that everything up to this sequence was sent. Moves nothing. */
  readonly caughtUp: (sequence: number) => ContinuityVerdict;
}

const ok: ContinuityVerdict = { type: 'ok' };

/** @param after the last sequence that the client has; 0 = none. */
export const createContinuity = (after: number): Continuity => {
  let last = after;
  return {
    last: () => last,
    event: (sequence, previous = sequence - 1) => {
      if (sequence <= last) return { type: 'duplicate' };
      if (previous > last) return { type: 'gap', from: last + 1, to: previous };
      last = sequence;
      return ok;
    },
    caughtUp: (sequence) => (sequence > last ? { type: 'gap', from: last + 1, to: sequence } : ok),
  };
};

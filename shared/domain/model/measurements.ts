/** How a model did lately, as averages that forget: what happened a half-life ago counts half. */

export interface Measurements {
  readonly at: number;
  /** Calls, faded. */
  readonly calls: number;
  readonly failures: number;
  /** Milliseconds until the first piece of an answer, summed over the calls that had one, and how many those were. */
  readonly firstPieceMs: number;
  readonly answers: number;
}

export const noMeasurements: Measurements = { at: 0, calls: 0, failures: 0, firstPieceMs: 0, answers: 0 };

const halfLifeMs = 300_000;

/** The same figures at a later time; a clock that jumped back fades nothing. */
const fade = (before: Measurements, now: number): Measurements => {
  const factor = 0.5 ** (Math.max(0, now - before.at) / halfLifeMs);
  return {
    at: now,
    calls: before.calls * factor,
    failures: before.failures * factor,
    firstPieceMs: before.firstPieceMs * factor,
    answers: before.answers * factor,
  };
};

/** Notes a call that has ended; `firstPieceMs` is absent when nothing came. */
export const noteCall = (
  before: Measurements,
  call: { readonly failed: boolean; readonly firstPieceMs?: number },
  now: number,
): Measurements => {
  const faded = fade(before, now);
  return {
    ...faded,
    calls: faded.calls + 1,
    failures: faded.failures + (call.failed ? 1 : 0),
    firstPieceMs: faded.firstPieceMs + (call.firstPieceMs ?? 0),
    answers: faded.answers + (call.firstPieceMs === undefined ? 0 : 1),
  };
};

/** From 0 to 1; nearly 0 for a model that is hardly known: one failure alone does not condemn it. */
export const failureShareOf = (measurements: Measurements, now: number): number => {
  const { calls, failures } = fade(measurements, now);
  return failures / (calls + 1);
};

/** Undefined when no answer is remembered. */
export const firstPieceMsOf = ({ answers, firstPieceMs }: Measurements): number | undefined =>
  answers < 0.01 ? undefined : firstPieceMs / answers;

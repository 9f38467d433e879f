/**
 * What was seen of requests to one version of a service: how many, how many failed, and how long the others took. Times
 * are counted in classes that grow by a quarter each, so that counts of many isolates add up to one picture of bounded size.
 */

/** Answers of up to so many milliseconds are alike: below it, differences are the network's. */
const finestMs = 5;
const classRatio = 1.25;
/** The last class begins above two minutes, the longest that a routed request has. */
export const timeClasses = 47;

export interface Measure {
  readonly requests: number;
  /** Answered with a fault, too late, or not at all. */
  readonly faults: number;
  /** Requests without fault by the class of their time, `timeClasses` whole numbers. */
  readonly times: readonly number[];
}

export const noMeasure: Measure = { requests: 0, faults: 0, times: Array.from({ length: timeClasses }, () => 0) };

/** The class of a time in milliseconds; class `n` ends at 5 · 1.25ⁿ ms. */
export const timeClassOf = (ms: number): number => {
  if (!(ms > finestMs)) return 0;
  return Math.min(timeClasses - 1, Math.ceil(Math.log(ms / finestMs) / Math.log(classRatio) - 1e-9));
};

/** How many classes a factor is: at least one for every factor above 1. */
export const classesOf = (factor: number): number =>
  Math.max(1, Math.round(Math.log(Math.max(1, factor)) / Math.log(classRatio)));

/** One more request. @param ms until its answer began; undefined for one that failed. */
export const noteRequest = (measure: Measure, ms: number | undefined): Measure => {
  if (ms === undefined) return { ...measure, requests: measure.requests + 1, faults: measure.faults + 1 };
  const times = [...measure.times];
  const at = timeClassOf(ms);
  times[at] = (times[at] ?? 0) + 1;
  return { ...measure, requests: measure.requests + 1, times };
};

export const addMeasures = (left: Measure, right: Measure): Measure => ({
  requests: left.requests + right.requests,
  faults: left.faults + right.faults,
  times: left.times.map((count, at) => count + (right.times[at] ?? 0)),
});

/** The share of requests that failed; 0 without requests. */
export const faultShare = ({ requests, faults }: Measure): number => (requests === 0 ? 0 : faults / requests);

/** The end of the class that holds the middle of the times, in milliseconds; undefined without times. */
export const medianMs = ({ times }: Measure): number | undefined => {
  const all = times.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let seen = 0;
  const at = times.findIndex((count) => (seen += count) >= all / 2);
  return Math.round(finestMs * classRatio ** Math.max(0, at));
};

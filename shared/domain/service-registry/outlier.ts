/**
 * Outlier ejection: an instance that fails several times in a row while others do not is left out for a while, longer each
 * time. At most half of a service's instances are out at once: when more fail, it is not they who are the outliers.
 */

export interface OutlierPolicy {
  readonly failuresInRow: number;
  /** How long it is out the first time; as many times longer as it was out before, up to `maxEjectionMs`. */
  readonly ejectionMs: number;
  readonly maxEjectionMs: number;
}

export const defaultOutlierPolicy: OutlierPolicy = { failuresInRow: 5, ejectionMs: 10_000, maxEjectionMs: 120_000 };

export interface Outlier {
  readonly failures: number;
  readonly ejections: number;
  /** 0: never. */
  readonly ejectedUntil: number;
}

export const soundInstance: Outlier = { failures: 0, ejections: 0, ejectedUntil: 0 };

/** What is known of an instance after one more answer of it. */
export const noteAnswer = (before: Outlier, failed: boolean, now: number, policy: OutlierPolicy): Outlier => {
  // One good answer takes one of its former ejections off it.
  if (!failed)
    return { ...before, failures: 0, ejections: Math.max(0, before.ejections - Number(before.failures === 0)) };
  const failures = before.failures + 1;
  if (failures < policy.failuresInRow) return { ...before, failures };
  const ejections = before.ejections + 1;
  const forMs = Math.min(policy.maxEjectionMs, policy.ejectionMs * ejections);
  return { failures: 0, ejections, ejectedUntil: now + forMs };
};

/** The keys that are left out at a time: those that are out for longest, at most half of all. */
export const ejectedOf = (
  outliers: readonly (readonly [key: string, outlier: Outlier])[],
  now: number,
  policy: OutlierPolicy,
): ReadonlySet<string> => {
  const out = outliers
    // A clock that went back leaves nobody out for longer than the policy's longest time.
    .filter(([, { ejectedUntil }]) => ejectedUntil > now && ejectedUntil - now <= policy.maxEjectionMs)
    .toSorted(([, a], [, b]) => b.ejectedUntil - a.ejectedUntil);
  return new Set(out.slice(0, Math.floor(outliers.length / 2)).map(([key]) => key));
};

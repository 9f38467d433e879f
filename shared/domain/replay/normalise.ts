/** Two runs of the same work differ in ids, commits and times by nature: these are taken out before they are compared. */

const idPattern = /\b(agt|tsk|run|msg|prj|wsp|trn|cmd)_[0-9a-hjkmnp-tv-z]{26}\b/g;
const commitPattern = /\b[0-9a-f]{40}\b/g;

/** The text without ids and commits. */
export const normaliseText = (text: string): string =>
  text.replaceAll(idPattern, '<$1>').replaceAll(commitPattern, '<commit>');

const volatile = new Set(['durationMs', 'recordedAt', 'at', 'createdAt', 'startedAt', 'finishedAt', 'leaseExpiresAt']);

/** Any JSON value without ids, commits and times. */
export const normalise = (value: unknown): unknown => {
  if (typeof value === 'string') return normaliseText(value);
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !volatile.has(key))
      .map(([key, entry]) => [key, normalise(entry)]),
  );
};

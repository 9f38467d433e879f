/** Where a replay and its record part. */

export interface Divergence {
  /** The project, or the agent by name. */
  readonly where: string;
  readonly sequence?: number;
  readonly runId?: string;
  readonly step?: number;
  readonly what: string;
  readonly recorded?: string;
  readonly replayed?: string;
}

const shownLength = 400;

/** A value short enough for a line. */
export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
};

/** The two values around the first character in which they differ. */
export const shownPair = (left: string, right: string): readonly [string, string] => {
  let at = 0;
  while (at < left.length && at < right.length && left[at] === right[at]) at += 1;
  const start = Math.max(0, at - 60);
  const cut = (text: string): string =>
    `${start > 0 ? '…' : ''}${text.slice(start, start + shownLength)}${text.length > start + shownLength ? '…' : ''}`;
  return [cut(left), cut(right)];
};

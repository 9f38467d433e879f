/** Cursors of lists: what the last entry of a page was, as text that callers hand back. */

/** As text that fits into an address. */
export const encodeCursor = (values: readonly (string | number | null)[]): string =>
  encodeURIComponent(JSON.stringify(values));

/** The values, or undefined when the text was made by nobody here. */
export const decodeCursor = (cursor: unknown, length: number): readonly (string | number | null)[] | undefined => {
  if (typeof cursor !== 'string' || cursor.length > 8_000) return undefined;
  try {
    const values: unknown = JSON.parse(decodeURIComponent(cursor));
    if (!Array.isArray(values) || values.length !== length) return undefined;
    const isPlain = (value: unknown): value is string | number | null =>
      value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
    return values.every(isPlain) ? values : undefined;
  } catch {
    // Not JSON, or not percent-encoded text: no cursor of ours.
    return undefined;
  }
};

/** One text for each JSON value, whatever the order of its fields: what is equal hashes equally. */

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return { __proto__: null, ...Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)])) };
};

/** JSON with sorted keys; fields that are undefined are left out. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'null';

/** True when both are the same JSON. */
export const sameJson = (left: unknown, right: unknown): boolean => canonicalJson(left) === canonicalJson(right);

/** SHA-256 of a text's UTF-8, 64 lower-case hexadecimal digits. The pure part knows no such function, so it is given. */
export type HashText = (text: string) => string;

/** The hash of a state or a request. */
export const hashValue = (value: unknown, hash: HashText): string => hash(canonicalJson(value));

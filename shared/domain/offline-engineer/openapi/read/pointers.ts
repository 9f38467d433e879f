/** JSON pointers as they stand in `$ref`: `#/paths/~1pets~1{id}/get`. */

/** Where parts of the document stand in its text. */
export interface SourceMap {
  /** One-based line of what the pointer names, or of its nearest ancestor. */
  lineOf(pointer: string): number;
  /** The line's text, trimmed and cut. */
  textOf(line: number): string;
}

/** The steps of a pointer, decoded. */
export const parsePointer = (pointer: string): readonly string[] =>
  pointer
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map((step) => decode(step).replaceAll('~1', '/').replaceAll('~0', '~'));

const decode = (step: string): string => {
  try {
    return decodeURIComponent(step);
  } catch {
    // A stray percent sign is taken as it stands.
    return step;
  }
};

/** A pointer one step further. */
export const below = (pointer: string, ...steps: readonly (string | number)[]): string =>
  [pointer, ...steps.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');

/** Values that a type calls text and a hostile caller need not have sent as text. */

/** The text, cut; empty for anything else. */
export const plainText = (value: unknown, maxCharacters = 1_000): string =>
  typeof value === 'string' ? value.slice(0, maxCharacters) : '';

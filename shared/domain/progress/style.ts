/** Colours and widths of a terminal. Everything that comes from outside is cleaned first: it may hold control codes. */

export interface Style {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly busy: (text: string) => string;
}

const wrap =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001B[${open}m${text}\u001B[${close}m`;

const same = (text: string): string => text;

export const plainStyle: Style = { dim: same, bold: same, good: same, bad: same, busy: same };

export const colourStyle: Style = {
  dim: wrap(2, 22),
  bold: wrap(1, 22),
  good: wrap(32, 39),
  bad: wrap(31, 39),
  busy: wrap(36, 39),
};

/** One line of printable text: control characters, also those that steer a terminal, become spaces. */
export const clean = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();

/** At most `width` characters, with an ellipsis where something is missing. */
export const fit = (text: string, width: number): string => {
  const cleaned = clean(text);
  return cleaned.length <= width ? cleaned : `${cleaned.slice(0, Math.max(0, width - 1))}…`;
};

/** Counting lines of any text. Lines end with LF, CR LF or CR, mixed as they come. */
import type { LineCounts } from './facts.ts';

/** The lines of a text without their ends; an end at the very end begins no further line. */
export const linesOf = (text: string): readonly string[] => {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

/** Counts of a text whose comments are not known: every line that is not blank is code. */
export const countPlainLines = (text: string): LineCounts => {
  const lines = linesOf(text);
  const blank = lines.filter((line) => line.trim() === '').length;
  return { total: lines.length, code: lines.length - blank, comment: 0, blank };
};

/** Counts of a text of which it is known on which lines (from 1) tokens stand; other lines with text are comments. */
export const countParsedLines = (text: string, linesWithCode: ReadonlySet<number>): LineCounts => {
  const lines = linesOf(text);
  let code = 0;
  let blank = 0;
  for (const [index, line] of lines.entries()) {
    if (linesWithCode.has(index + 1)) code += 1;
    else if (line.trim() === '') blank += 1;
  }
  return { total: lines.length, code, comment: lines.length - code - blank, blank };
};

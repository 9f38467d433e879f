/** A text that an editor has open: positions to offsets, and edits one after the other. */
import type { LspPosition, LspRange } from '../../protocol/language-server.ts';

export interface TextDocument {
  readonly version: number;
  readonly text: string;
}

/** Offset of a position; behind the end of a line it is the end, behind the last line the end of the text. */
export const offsetAt = (text: string, { line, character }: LspPosition): number => {
  const ends = /\r\n|\r|\n/g;
  let start = 0;
  for (let current = 0; current < line; current += 1) {
    if (ends.exec(text) === null) return text.length;
    start = ends.lastIndex;
  }
  const end = ends.exec(text)?.index ?? text.length;
  return Math.min(start + character, end);
};

/** The text after one change; without a range it is replaced whole. */
export const applyChange = (
  text: string,
  change: { readonly range?: LspRange | undefined; readonly text: string },
): string => {
  if (change.range === undefined) return change.text;
  const start = offsetAt(text, change.range.start);
  const end = Math.max(start, offsetAt(text, change.range.end));
  return text.slice(0, start) + change.text + text.slice(end);
};

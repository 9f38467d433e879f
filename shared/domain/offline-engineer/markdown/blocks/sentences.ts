/**
 * Splits paragraphs into sentences and keeps each sentence's exact words and line, because a refusal quotes them.
 * Full stops inside inline code, numbers, brackets of a path and common abbreviations do not end a sentence.
 */

import type { SourceLine } from './reader.ts';

export interface Sentence {
  /** As the person wrote it, on one line. */
  readonly text: string;
  readonly line: number;
}

const ABBREVIATION =
  /(?:^|[\s("'])(?:e\.g|i\.e|etc|vs|cf|approx|nr|min|max|resp|incl|mr|mrs|dr|st|a\.k\.a|p\.m|a\.m)\.$/i;

const endsSentence = (text: string, index: number): boolean => {
  const character = text[index];
  if (character !== '.' && character !== '!' && character !== '?') return false;
  const next = text[index + 1];
  if (next !== undefined && !/[\s"')\]*_]/.test(next)) return false;
  if (character !== '.') return true;
  if (text[index - 1] === '.') return true;
  const following = /^["')\]*_]*\s+(\S)/.exec(text.slice(index + 1, index + 8))?.[1];
  if (ABBREVIATION.test(text.slice(Math.max(0, index - 10), index + 1))) {
    return (
      following !== undefined &&
      /etc\.$/i.test(text.slice(Math.max(0, index - 4), index + 1)) &&
      /[A-Z]/.test(following)
    );
  }
  return following === undefined || !/[a-z]/.test(following) || /[a-z]/.test(text[index - 1] ?? '');
};

/** The sentences of lines that belong together. */
export const splitSentences = (lines: readonly SourceLine[]): readonly Sentence[] => {
  const text = lines.map((line) => line.text).join(' ');
  const starts: { readonly offset: number; readonly line: number }[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push({ offset, line: line.line });
    offset += line.text.length + 1;
  }
  const sentences: Sentence[] = [];
  let begin = 0;
  let lineIndex = 0;
  let inCode = false;
  const push = (end: number): void => {
    const raw = text.slice(begin, end);
    const first = begin + (raw.length - raw.trimStart().length);
    while (lineIndex + 1 < starts.length && (starts[lineIndex + 1]?.offset ?? Infinity) <= first) lineIndex += 1;
    if (raw.trim() !== '') sentences.push({ text: raw.trim(), line: starts[lineIndex]?.line ?? 1 });
    begin = end;
  };
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '`') inCode = !inCode;
    if (!inCode && endsSentence(text, index)) {
      let end = index + 1;
      while (end < text.length && /["')\]*_]/.test(text[end] ?? '')) end += 1;
      push(end);
    }
  }
  push(text.length);
  return sentences;
};

/**
 * A small Markdown block reader: headings, paragraphs, list items with their depth, tables and fenced code, each
 * with the line it starts at. It reads line by line, so its cost grows with the text and with nothing else.
 */

import { plainInline } from './inline.ts';

export interface SourceLine {
  readonly text: string;
  readonly line: number;
}

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string; readonly line: number }
  | { readonly kind: 'paragraph'; readonly lines: readonly SourceLine[]; readonly line: number }
  | {
      readonly kind: 'item';
      readonly depth: number;
      readonly lines: readonly SourceLine[];
      readonly line: number;
    }
  | {
      readonly kind: 'table';
      readonly header: readonly string[];
      readonly rows: readonly { readonly cells: readonly string[]; readonly line: number; readonly text: string }[];
      readonly line: number;
    }
  | { readonly kind: 'code'; readonly language: string; readonly lines: readonly string[]; readonly line: number };

const ITEM = /^(\s{0,40})(?:[-*+•·–]|\d{1,3}[.)]|\d{1,3}(?:\.\d{1,3}){1,4}[.)]?|\(?[a-z\d]\)|\[[ xX]\])\s+(?=\S)/;
const SETEXT = /^\s{0,3}(=+|-+)\s*$/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const FENCE = /^\s*(`{3,}|~{3,})\s*([\w+-]*)/;
const TABLE_RULE = /^[\s|:-]+$/;

/** The cells of one table row; a pipe inside inline code or behind a backslash belongs to the cell. */
const tableCells = (line: string): readonly string[] => {
  const cells: string[] = [];
  let cell = '';
  let inCode = false;
  const body = line.trim().replace(/^\|/, '');
  for (let index = 0; index < body.length; index += 1) {
    const character = body[index] ?? '';
    if (character === '`') inCode = !inCode;
    if (character === '\\' && body[index + 1] === '|') {
      cell += '|';
      index += 1;
    } else if (character === '|' && !(inCode && body.includes('`', index))) {
      cells.push(plainInline(cell));
      cell = '';
    } else {
      cell += character;
    }
  }
  if (cell.trim() !== '') cells.push(plainInline(cell));
  return cells;
};

const indentOf = (line: string): number => {
  let width = 0;
  for (const character of line) {
    if (character === ' ') width += 1;
    else if (character === '\t') width += 4;
    else break;
  }
  return width;
};

interface Reading {
  readonly lines: readonly string[];
  readonly blocks: Block[];
  position: number;
  open: SourceLine[];
  openDepth: number | undefined;
  openLine: number;
  indents: number[];
}

const close = (reading: Reading): void => {
  if (reading.open.length === 0) return;
  const common = { lines: reading.open, line: reading.openLine };
  reading.blocks.push(
    reading.openDepth === undefined
      ? { kind: 'paragraph', ...common }
      : { kind: 'item', depth: reading.openDepth, ...common },
  );
  reading.open = [];
  reading.openDepth = undefined;
};

const readFence = (reading: Reading, opening: RegExpExecArray): void => {
  close(reading);
  const start = reading.position;
  const mark = (opening[1] ?? '```').slice(0, 3);
  const body: string[] = [];
  reading.position += 1;
  while (reading.position < reading.lines.length) {
    const line = reading.lines[reading.position] ?? '';
    reading.position += 1;
    if (line.trim().startsWith(mark)) break;
    body.push(line);
  }
  reading.blocks.push({ kind: 'code', language: (opening[2] ?? '').toLowerCase(), lines: body, line: start + 1 });
};

const isTableStart = (reading: Reading): boolean => {
  const line = reading.lines[reading.position] ?? '';
  const next = reading.lines[reading.position + 1] ?? '';
  return line.includes('|') && next.includes('-') && next.includes('|') && TABLE_RULE.test(next);
};

const readTable = (reading: Reading): void => {
  close(reading);
  const start = reading.position;
  const header = tableCells(reading.lines[start] ?? '');
  const rows: { cells: readonly string[]; line: number; text: string }[] = [];
  reading.position += 2;
  while (reading.position < reading.lines.length) {
    const line = reading.lines[reading.position] ?? '';
    if (!line.includes('|')) break;
    rows.push({ cells: tableCells(line), line: reading.position + 1, text: line.trim() });
    reading.position += 1;
  }
  reading.blocks.push({ kind: 'table', header, rows, line: start + 1 });
};

const openItem = (reading: Reading, line: string, match: RegExpExecArray): void => {
  close(reading);
  const indent = indentOf(line);
  while (reading.indents.length > 0 && (reading.indents.at(-1) ?? 0) >= indent) reading.indents.pop();
  reading.openDepth = reading.indents.length;
  reading.indents.push(indent);
  reading.openLine = reading.position + 1;
  reading.open = [
    {
      text: line
        .slice(match[0].length)
        .trim()
        .replace(/^\[[ xX]\]\s+/, ''),
      line: reading.position + 1,
    },
  ];
};

const readPlainLine = (reading: Reading, line: string): void => {
  const underline = SETEXT.exec(reading.lines[reading.position + 1] ?? '');
  if (reading.open.length === 0 && underline !== null && !line.startsWith(' ')) {
    const level = (underline[1] ?? '').startsWith('=') ? 1 : 2;
    reading.blocks.push({ kind: 'heading', level, text: plainInline(line), line: reading.position + 1 });
    reading.position += 1;
    reading.indents = [];
    return;
  }
  if (reading.open.length === 0) {
    reading.openLine = reading.position + 1;
    if (indentOf(line) < 2) reading.indents = [];
  }
  reading.open.push({ text: line.trim().replace(/^>\s?/, ''), line: reading.position + 1 });
};

const readLine = (reading: Reading): void => {
  const line = reading.lines[reading.position] ?? '';
  const fence = FENCE.exec(line);
  if (fence !== null) return readFence(reading, fence);
  if (line.trim() === '') {
    close(reading);
  } else if (isTableStart(reading)) {
    return readTable(reading);
  } else {
    const heading = line.length < 2_000 ? HEADING.exec(line) : null;
    const item = ITEM.exec(line);
    if (heading !== null) {
      close(reading);
      reading.indents = [];
      const level = (heading[1] ?? '#').length;
      reading.blocks.push({ kind: 'heading', level, text: plainInline(heading[2] ?? ''), line: reading.position + 1 });
    } else if (/^\s*(?:[-*_]\s?){3,}$/.test(line)) {
      close(reading);
    } else if (item !== null) {
      openItem(reading, line, item);
    } else {
      readPlainLine(reading, line);
    }
  }
  reading.position += 1;
};

/** The index of the first line after the front matter, and the title it may declare. */
const readFrontMatter = (lines: readonly string[]): { readonly end: number; readonly title?: string } => {
  if ((lines[0] ?? '').trim() !== '---') return { end: 0 };
  const end = lines.findIndex((line, index) => index > 0 && index < 60 && line.trim() === '---');
  if (end < 0) return { end: 0 };
  const title = lines
    .slice(1, end)
    .map((line) => /^(?:title|name):\s*["']?([^"']+)/i.exec(line)?.[1]?.trim())
    .find((value) => value !== undefined && value !== '');
  return title === undefined ? { end: end + 1 } : { end: end + 1, title };
};

/** Reads the whole text. The title is the one in the front matter, when there is one. */
export const readBlocks = (text: string): { readonly blocks: readonly Block[]; readonly title?: string } => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const front = readFrontMatter(lines);
  const reading: Reading = {
    lines,
    blocks: [],
    position: front.end,
    open: [],
    openDepth: undefined,
    openLine: 1,
    indents: [],
  };
  while (reading.position < lines.length) readLine(reading);
  close(reading);
  return front.title === undefined ? { blocks: reading.blocks } : { blocks: reading.blocks, title: front.title };
};

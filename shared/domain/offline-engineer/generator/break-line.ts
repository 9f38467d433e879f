/** Breaks a statement that is too long for its line at its last bracket, the way prettier would. */
import { lineWidth } from './print.ts';

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** For each position of a line: the bracket it closes and where that was opened; text inside quotes is skipped. */
const findBrackets = (line: string): ReadonlyMap<number, number> => {
  const openings: number[] = [];
  const pairs = new Map<number, number>();
  let quoted = '';
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quoted !== '') {
      if (character === '\\') index += 1;
      else if (character === quoted) quoted = '';
    } else if (character === "'" || character === '"' || character === '`') quoted = character;
    else if (character in closers) openings.push(index);
    else if (Object.values(closers).includes(character)) pairs.set(index, openings.pop() ?? -1);
  }
  return pairs;
};

/** The parts of a text between its top-level commas. */
const splitParts = (text: string): readonly string[] => {
  const pairs = findBrackets(text);
  const inside = (index: number): boolean => [...pairs].some(([close, open]) => open < index && index < close);
  const parts: string[] = [];
  let start = 0;
  let quoted = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quoted !== '') {
      if (character === '\\') index += 1;
      else if (character === quoted) quoted = '';
    } else if (character === "'" || character === '"' || character === '`') quoted = character;
    else if (character === ',' && !inside(index)) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...parts, text.slice(start).trim()].filter((part) => part !== '');
};

const isBracketed = (part: string | undefined): boolean =>
  part !== undefined && /^[[{]/u.test(part) && /[\]}]$/u.test(part);

const breakAt = (line: string, open: number, close: number): string => {
  const indent = line.length - line.trimStart().length;
  const bracket = line.charAt(open);
  const parts = splitParts(line.slice(open + 1, close));
  const last = parts.at(-1);
  const head = line.slice(0, open + 1);
  const tail = line.slice(close);
  const others = parts.slice(0, -1);
  const opened = `${head}${others.map((part) => `${part}, `).join('')}${last?.charAt(0) ?? ''}`;
  const canHug = bracket === '(' && isBracketed(last) && !others.some(isBracketed) && opened.length <= lineWidth;
  if (canHug && last !== undefined) {
    const inner = splitParts(last.slice(1, -1));
    const lines = inner.map((part) => breakLine(`${' '.repeat(indent + 2)}${part},`));
    return `${opened}\n${lines.join('\n')}\n${' '.repeat(indent)}${last.charAt(last.length - 1)}${tail}`;
  }
  const lines = parts.map((part) => breakLine(`${' '.repeat(indent + 2)}${part},`));
  return `${head}\n${lines.join('\n')}\n${' '.repeat(indent)}${tail}`;
};

/** The line, or the lines it is broken into. What holds a function or a template is left alone. */
export const breakLine = (line: string): string => {
  if (line.length <= lineWidth || line.includes('`') || line.trimStart().startsWith('*')) return line;
  const trailing = /[;,]?(?: \{)?$/u.exec(line)?.[0].length ?? 0;
  const close = line.length - trailing - 1;
  const open = findBrackets(line).get(close);
  if (open === undefined || open < 0) return line;
  const inside = line.slice(open + 1, close);
  if (/=> [({]/u.test(inside) || inside.trim() === '' || trailing > 1) return line;
  return breakAt(line, open, close);
};

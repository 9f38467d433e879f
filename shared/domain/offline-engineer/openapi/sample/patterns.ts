/**
 * Texts for regular expressions. The common part of the syntax is understood: literals, classes, groups, alternatives,
 * quantifiers, anchors. Callers check the result against the pattern, so what is not understood costs nothing worse
 * than no text.
 */

/** A text that the pattern is likely to match; a higher variant repeats more and picks other characters. */
export const sampleForPattern = (pattern: string, variant: number): string => {
  const cursor = { source: pattern, at: 0, variant, budget: 2_000 };
  const text = alternatives(cursor);
  return text.slice(0, 500);
};

interface Cursor {
  readonly source: string;
  at: number;
  readonly variant: number;
  budget: number;
}

const peek = (cursor: Cursor): string => cursor.source.charAt(cursor.at);

const alternatives = (cursor: Cursor): string => {
  const options = [sequence(cursor)];
  while (peek(cursor) === '|') {
    cursor.at += 1;
    options.push(sequence(cursor));
  }
  return options[cursor.variant % options.length] ?? '';
};

const sequence = (cursor: Cursor): string => {
  let text = '';
  while (cursor.at < cursor.source.length && peek(cursor) !== '|' && peek(cursor) !== ')' && cursor.budget > 0) {
    cursor.budget -= 1;
    const start = cursor.at;
    const one = atom(cursor);
    const end = cursor.at;
    const times = quantifier(cursor);
    text += one;
    if (times === 0) text = text.slice(0, text.length - one.length);
    const after = cursor.at;
    for (let repeat = 1; repeat < times && text.length < 500; repeat += 1) {
      cursor.at = start;
      text += atom(cursor, repeat);
    }
    cursor.at = Math.max(after, end);
  }
  return text;
};

/** How often the last atom stands: the least that is allowed, and some more for higher variants. */
const quantifier = (cursor: Cursor): number => {
  const match = /^(\?|\*|\+|\{(\d+)(,(\d*))?\})[?+]?/.exec(cursor.source.slice(cursor.at, cursor.at + 24));
  if (match === null) return 1;
  cursor.at += match[0].length;
  const symbol = match[1] ?? '';
  const extra = [0, 1, 3, 7, 12, 20][cursor.variant % 6] ?? 0;
  if (symbol === '?') return cursor.variant % 2;
  if (symbol === '*') return extra;
  if (symbol === '+') return 1 + extra;
  const least = Number(match[2]);
  if (match[3] === undefined) return least;
  const most = match[4] === undefined || match[4] === '' ? least + extra : Number(match[4]);
  return Math.min(most, least + extra);
};

const atom = (cursor: Cursor, repeat = 0): string => {
  const character = peek(cursor);
  cursor.at += 1;
  if (character === '^' || character === '$') return '';
  if (character === '.') return 'a';
  if (character === '(') return group(cursor);
  if (character === '[') return pick(characterClass(cursor), cursor.variant + repeat);
  if (character === '\\') return pick(escape(cursor), cursor.variant + repeat);
  return character;
};

const group = (cursor: Cursor): string => {
  const opening = /^\?(?::|<[A-Za-z_]\w*>|(=|!|<=|<!))/.exec(cursor.source.slice(cursor.at, cursor.at + 60));
  if (opening !== null) cursor.at += opening[0].length;
  const text = alternatives(cursor);
  if (peek(cursor) === ')') cursor.at += 1;
  // What stands in a look-around is not part of the text.
  return opening?.[1] === undefined ? text : '';
};

const pick = (characters: readonly string[], variant: number): string =>
  characters[variant % Math.max(1, characters.length)] ?? '';

const range = (from: string, to: string): readonly string[] => {
  const first = from.codePointAt(0) ?? 0;
  const last = Math.min(to.codePointAt(0) ?? 0, first + 200);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_unused, index) => String.fromCodePoint(first + index));
};

const digits = range('0', '9');
const letters = range('a', 'z');
const capitals = range('A', 'Z');
/** What a negated class may hold is chosen from these. */
const printable = [...letters, ...capitals, ...digits, '-', ' ', '.', ',', '!', '@', '#', '+', '/'];

const escape = (cursor: Cursor): readonly string[] => {
  const letter = peek(cursor);
  cursor.at += 1;
  if (letter === 'd') return digits;
  if (letter === 'w') return [...letters, ...capitals, ...digits, '_'];
  if (letter === 's') return [' '];
  if (letter === 'D') return letters;
  if (letter === 'W') return ['-', ' '];
  if (letter === 'S') return letters;
  if (letter === 'b' || letter === 'B') return [''];
  if (letter === 'n' || letter === 't' || letter === 'r') return [{ n: '\n', t: '\t', r: '\r' }[letter]];
  if (letter === 'p' || letter === 'P') return unicodeProperty(cursor);
  const code = /^(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]+)\})/i.exec(
    letter + cursor.source.slice(cursor.at, cursor.at + 10),
  );
  if (code === null) return [letter];
  cursor.at += code[0].length - 1;
  return [String.fromCodePoint(Math.min(0x10_ff_ff, Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '20', 16)))];
};

const unicodeProperty = (cursor: Cursor): readonly string[] => {
  const match = /^\{([^}]*)\}/.exec(cursor.source.slice(cursor.at, cursor.at + 40));
  cursor.at += match?.[0].length ?? 0;
  const name = match?.[1] ?? 'L';
  if (/^(N|Nd)/.test(name)) return digits;
  return name.startsWith('Lu') ? capitals : letters;
};

const characterClass = (cursor: Cursor): readonly string[] => {
  const isNegated = peek(cursor) === '^';
  if (isNegated) cursor.at += 1;
  const members: string[] = [];
  for (let isFirst = true; cursor.at < cursor.source.length && (isFirst || peek(cursor) !== ']'); isFirst = false) {
    if (peek(cursor) === ']') break;
    const from = classMember(cursor);
    const next = cursor.source.slice(cursor.at, cursor.at + 2);
    if (from.length === 1 && next.startsWith('-') && next !== '-]' && next.length === 2) {
      cursor.at += 1;
      const to = classMember(cursor);
      members.push(...range(from[0] ?? '', to[0] ?? ''));
    } else members.push(...from);
  }
  cursor.at += 1;
  return isNegated ? printable.filter((character) => !members.includes(character)) : preferLetters(members);
};

const classMember = (cursor: Cursor): readonly string[] => {
  const character = peek(cursor);
  cursor.at += 1;
  return character === '\\' ? escape(cursor) : [character];
};

/** Texts read better when punctuation comes last. */
const preferLetters = (members: readonly string[]): readonly string[] => [
  ...members.filter((member) => /[A-Za-z0-9]/.test(member)),
  ...members.filter((member) => !/[A-Za-z0-9]/.test(member)),
];

/**
 * Makes texts that match a regular expression: the part of the language that people write in specifications, which is
 * literals, classes, groups, alternatives and quantifiers. What it makes is checked against the expression itself.
 */

type Node =
  | { readonly kind: 'set'; readonly characters: readonly string[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly minimum: number; readonly maximum: number };

interface Reader {
  readonly source: string;
  position: number;
}

const range = (from: string, to: string): readonly string[] => {
  const [start, end] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
  const count = Math.min(Math.max(end - start + 1, 0), 200);
  return Array.from({ length: count }, (_, index) => String.fromCodePoint(start + index));
};

const digits = range('0', '9');
const letters = [...range('a', 'z'), ...range('A', 'Z')];
const printable = [...letters, ...digits, ' ', '-', '_', '.', ',', '/', ':', '+', '#', '@'];

const escapes: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  w: [...letters, ...digits, '_'],
  s: [' '],
  D: letters,
  W: ['-', ' ', '.'],
  S: [...letters, ...digits],
  t: ['\t'],
  n: ['\n'],
};

class Unsupported extends Error {}

const peek = (reader: Reader): string => reader.source.charAt(reader.position);

const take = (reader: Reader): string => {
  const character = peek(reader);
  reader.position += 1;
  return character;
};

const takeText = (reader: Reader, text: string): boolean => {
  if (!reader.source.startsWith(text, reader.position)) return false;
  reader.position += text.length;
  return true;
};

const properties: Readonly<Record<string, readonly string[]>> = {
  L: letters,
  Lu: range('A', 'Z'),
  Ll: range('a', 'z'),
  N: digits,
  Nd: digits,
};

const readEscape = (reader: Reader): readonly string[] => {
  const character = take(reader);
  if (character === 'p') {
    const name = /^\{(?<name>\w+)\}/u.exec(reader.source.slice(reader.position))?.groups?.['name'] ?? '';
    reader.position += name.length + 2;
    const found = properties[name];
    if (!found) throw new Unsupported();
    return found;
  }
  if (/[bBkux1-9]/u.test(character)) throw new Unsupported();
  return escapes[character] ?? [character];
};

const readClass = (reader: Reader): Node => {
  const isNegated = takeText(reader, '^');
  const characters: string[] = [];
  while (peek(reader) !== ']') {
    if (peek(reader) === '') throw new Unsupported();
    const first = take(reader);
    const set = first === '\\' ? readEscape(reader) : [first];
    const next = reader.source.slice(reader.position, reader.position + 2);
    if (set.length === 1 && next.startsWith('-') && next !== '-]') {
      reader.position += 1;
      const last = take(reader);
      const end = last === '\\' ? readEscape(reader) : [last];
      characters.push(...range(set[0] ?? '', end[0] ?? ''));
    } else {
      characters.push(...set);
    }
  }
  reader.position += 1;
  if (!isNegated) return { kind: 'set', characters };
  return { kind: 'set', characters: printable.filter((character) => !characters.includes(character)) };
};

const readGroup = (reader: Reader): Node => {
  if (takeText(reader, '?')) {
    const isNamed = /^<[A-Za-z_]\w*>/u.exec(reader.source.slice(reader.position));
    if (isNamed) reader.position += isNamed[0].length;
    else if (!takeText(reader, ':')) throw new Unsupported();
  }
  const node = readChoice(reader);
  if (!takeText(reader, ')')) throw new Unsupported();
  return node;
};

const readAtom = (reader: Reader): Node => {
  const character = take(reader);
  if (character === '(') return readGroup(reader);
  if (character === '[') return readClass(reader);
  if (character === '\\') return { kind: 'set', characters: readEscape(reader) };
  if (character === '.') return { kind: 'set', characters: letters };
  if (character === '^' || character === '$') return { kind: 'sequence', parts: [] };
  return { kind: 'set', characters: [character] };
};

const readQuantifier = (reader: Reader): readonly [number, number] | undefined => {
  if (takeText(reader, '*')) return [0, 8];
  if (takeText(reader, '+')) return [1, 8];
  if (takeText(reader, '?')) return [0, 1];
  const match = /^\{(?<low>\d+)(?<comma>,(?<high>\d*))?\}/u.exec(reader.source.slice(reader.position));
  if (!match) return undefined;
  reader.position += match[0].length;
  const low = Number(match.groups?.['low']);
  const high = match.groups?.['high'];
  if (match.groups?.['comma'] === undefined) return [low, low];
  return [low, high === undefined || high === '' ? low + 8 : Number(high)];
};

const readSequence = (reader: Reader): Node => {
  const parts: Node[] = [];
  while (reader.position < reader.source.length && peek(reader) !== '|' && peek(reader) !== ')') {
    const part = readAtom(reader);
    const quantifier = readQuantifier(reader);
    if (quantifier) takeText(reader, '?');
    parts.push(quantifier ? { kind: 'repeat', part, minimum: quantifier[0], maximum: quantifier[1] } : part);
  }
  return { kind: 'sequence', parts };
};

const readChoice = (reader: Reader): Node => {
  const options = [readSequence(reader)];
  while (takeText(reader, '|')) options.push(readSequence(reader));
  return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options };
};

/** Writes a text; `pick` chooses among a number of possibilities, `extra` is how often optional parts are repeated. */
const write = (node: Node, pick: (count: number) => number, extra: number): string => {
  switch (node.kind) {
    case 'set':
      if (node.characters.length === 0) throw new Unsupported();
      return node.characters[pick(node.characters.length)] ?? '';
    case 'sequence':
      // The last position varies fastest, so that numbered samples differ at the end as people expect.
      return node.parts.reduceRight((text, part) => write(part, pick, extra) + text, '');
    case 'choice': {
      const option = node.options[extra % node.options.length];
      return option ? write(option, pick, extra) : '';
    }
    case 'repeat': {
      const count = Math.min(node.maximum, node.minimum + extra);
      return Array.from({ length: count }, () => write(node.part, pick, extra))
        .reverse()
        .join('');
    }
  }
};

const parse = (source: string): Node | undefined => {
  try {
    const reader: Reader = { source, position: 0 };
    const node = readChoice(reader);
    return reader.position === source.length ? node : undefined;
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
};

/** The number in the digits of a mixed system: each call takes one digit of it. */
const countDown = (number: number): ((count: number) => number) => {
  let rest = number;
  return (count) => {
    const digit = rest % count;
    rest = Math.floor(rest / count);
    return digit;
  };
};

/** The nth text that matches the whole expression and passes `accepts`; nothing when none is found. */
export const samplePattern = (
  source: string,
  number: number,
  accepts: (text: string) => boolean,
): string | undefined => {
  const node = parse(source);
  if (!node) return undefined;
  for (const extra of [0, 1, 2, 3, 5, 8]) {
    try {
      const text = write(node, countDown(number), extra);
      if (accepts(text)) return text;
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
    }
  }
  return undefined;
};

/** Reads the syntax of linear patterns into a tree. */

import { err, ok, type Result } from '../../errors/result.ts';

export type PatternNode =
  | { readonly type: 'character'; readonly test: (character: string) => boolean }
  /** Sees the characters on both sides, the empty text at the ends of the line. */
  | { readonly type: 'assert'; readonly test: (before: string, after: string) => boolean }
  | { readonly type: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly type: 'repeat';
      readonly part: PatternNode;
      readonly minimum: number;
      /** Undefined: without end. */
      readonly maximum: number | undefined;
    };

const maximumDepth = 50;
const maximumRepetitions = 100;

class PatternError extends Error {}

/** The tree, or what is wrong as the rest of a sentence. `(?i)` at the start makes letters of both cases equal. */
export const parsePattern = (source: string): Result<PatternNode, string> => {
  if (source === '') return err('is an empty pattern');
  const ignoreCase = source.startsWith('(?i)');
  const parser = new PatternParser(Array.from(ignoreCase ? source.slice(4) : source), ignoreCase);
  try {
    return ok(parser.parse());
  } catch (thrown) {
    if (thrown instanceof PatternError) return err(`is not a valid pattern: ${thrown.message}`);
    throw thrown;
  }
};

const isWord = (character: string): boolean => /^\w$/u.test(character);

const namedClasses: Readonly<Record<string, (character: string) => boolean>> = {
  d: (character) => /^\d$/u.test(character),
  D: (character) => !/^\d$/u.test(character),
  w: isWord,
  W: (character) => !isWord(character),
  s: (character) => /^\s$/u.test(character),
  S: (character) => !/^\s$/u.test(character),
};
const namedCharacters: Readonly<Record<string, string>> = { t: '\t', f: '\f', v: '\v' };

class PatternParser {
  readonly #characters: readonly string[];
  readonly #ignoreCase: boolean;
  #position = 0;
  #depth = 0;

  constructor(characters: readonly string[], ignoreCase: boolean) {
    this.#characters = characters;
    this.#ignoreCase = ignoreCase;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#position < this.#characters.length) throw new PatternError('a ")" closes nothing');
    return node;
  }

  #peek(): string {
    return this.#characters[this.#position] ?? '';
  }

  #take(): string {
    const character = this.#peek();
    this.#position += 1;
    return character;
  }

  #takeIf(wanted: string): boolean {
    if (this.#peek() !== wanted) return false;
    this.#position += 1;
    return true;
  }

  #choice(): PatternNode {
    const options = [this.#sequence()];
    while (this.#takeIf('|')) options.push(this.#sequence());
    return options.length === 1 && options[0] !== undefined ? options[0] : { type: 'choice', options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (!['', '|', ')'].includes(this.#peek())) parts.push(this.#repeated(this.#atom()));
    return { type: 'sequence', parts };
  }

  #repeated(atom: PatternNode): PatternNode {
    let part = atom;
    for (;;) {
      const bounds = this.#bounds();
      if (bounds === undefined) return part;
      if (part.type === 'repeat') throw new PatternError('a repetition is repeated; use a group');
      // Lazy repetition finds the same lines.
      this.#takeIf('?');
      part = { type: 'repeat', part, ...bounds };
    }
  }

  #bounds(): { readonly minimum: number; readonly maximum: number | undefined } | undefined {
    if (this.#takeIf('*')) return { minimum: 0, maximum: undefined };
    if (this.#takeIf('+')) return { minimum: 1, maximum: undefined };
    if (this.#takeIf('?')) return { minimum: 0, maximum: 1 };
    const rest = this.#characters.slice(this.#position, this.#position + 12).join('');
    const match = /^\{(\d{1,4})(,?)(\d{0,4})\}/u.exec(rest);
    if (match === null) return undefined;
    const [text, first = '', comma = '', second = ''] = match;
    const minimum = Number(first);
    const maximum = comma === '' ? minimum : second === '' ? undefined : Number(second);
    if (Math.max(minimum, maximum ?? 0) > maximumRepetitions)
      throw new PatternError(`a repetition of more than ${maximumRepetitions}`);
    if (maximum !== undefined && maximum < minimum)
      throw new PatternError(`the bounds ${text} are the wrong way round`);
    this.#position += text.length;
    return { minimum, maximum };
  }

  #atom(): PatternNode {
    const character = this.#take();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { type: 'character', test: this.#characterClass() };
      case '.':
        return { type: 'character', test: () => true };
      case '^':
        return { type: 'assert', test: (before) => before === '' };
      case '$':
        return { type: 'assert', test: (_before, after) => after === '' };
      case '\\':
        return this.#escaped();
      case '*':
      case '+':
      case '?':
        throw new PatternError(`there is nothing before "${character}" to repeat`);
      default:
        return { type: 'character', test: this.#literal(character) };
    }
  }

  #group(): PatternNode {
    if (this.#takeIf('?') && !this.#takeIf(':')) throw new PatternError('only plain groups and (?:…) are supported');
    this.#depth += 1;
    if (this.#depth > maximumDepth) throw new PatternError('groups are nested too deeply');
    const node = this.#choice();
    this.#depth -= 1;
    if (!this.#takeIf(')')) throw new PatternError('a "(" is not closed');
    // A group keeps what is in it together when it is repeated.
    return { type: 'sequence', parts: [node] };
  }

  #escaped(): PatternNode {
    if (this.#takeIf('b')) return { type: 'assert', test: (before, after) => isWord(before) !== isWord(after) };
    if (this.#takeIf('B')) return { type: 'assert', test: (before, after) => isWord(before) === isWord(after) };
    return { type: 'character', test: this.#escapedTest() };
  }

  #escapedTest(): (character: string) => boolean {
    const character = this.#take();
    const named = Object.hasOwn(namedClasses, character) ? namedClasses[character] : undefined;
    return named ?? this.#literal(this.#escapedCharacter(character));
  }

  #escapedCharacter(character: string): string {
    const named = Object.hasOwn(namedCharacters, character) ? namedCharacters[character] : undefined;
    if (named !== undefined) return named;
    if (character === '' || /^[A-Za-z0-9]$/u.test(character))
      throw new PatternError(`"\\${character}" is not supported`);
    return character;
  }

  #literal(wanted: string): (character: string) => boolean {
    if (!this.#ignoreCase) return (character) => character === wanted;
    const lower = wanted.toLowerCase();
    return (character) => character.toLowerCase() === lower;
  }

  #characterClass(): (character: string) => boolean {
    const negated = this.#takeIf('^');
    const tests: ((character: string) => boolean)[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#peek() === '') throw new PatternError('a "[" is not closed');
      tests.push(this.#classMember());
    }
    this.#position += 1;
    return (character) => tests.some((test) => test(character)) !== negated;
  }

  #classMember(): (character: string) => boolean {
    const escaped = this.#takeIf('\\');
    const character = this.#take();
    if (escaped && Object.hasOwn(namedClasses, character)) return namedClasses[character] ?? (() => false);
    const from = escaped ? this.#escapedCharacter(character) : character;
    const next = this.#characters[this.#position + 1] ?? '';
    if (this.#peek() !== '-' || next === ']' || next === '') return this.#literal(from);
    this.#position += 1;
    const to = this.#takeIf('\\') ? this.#escapedCharacter(this.#take()) : this.#take();
    return this.#range(from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0);
  }

  #range(from: number, to: number): (character: string) => boolean {
    if (to < from) throw new PatternError('a range in "[…]" is the wrong way round');
    const within = (character: string): boolean => {
      const code = character.codePointAt(0) ?? -1;
      return code >= from && code <= to;
    };
    if (!this.#ignoreCase) return within;
    return (character) => within(character.toLowerCase()) || within(character.toUpperCase());
  }
}

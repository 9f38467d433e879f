/**
 * What a message says of the properties of a schema: a value after the property's name, one of its choices, a text of
 * its format, a number beside its words; and, for what a tool requires, the words after a preposition. Each piece of the
 * message stands for one property at most.
 */
import type { JsonSchema } from '../../../ports/model-client.ts';
import { numbersOf, ofFormat, phrasesOf, properNames, quotations } from './phrases.ts';
import { isSchema } from './schema-merge.ts';
import { nameWords, stemOf } from './words.ts';

export const escapeForPattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\-]/g, String.raw`\$&`);

const value = String.raw`\s{0,5}(?:=|:|is\b|of\b|to\b|as\b)?\s{0,5}(?:"([^"]*)"|'([^']*)'|“([^”]*)”|${'`'}([^${'`'}]*)${'`'}|([^\s,;"'${'`'}]+))`;

const typeOf = ({ type }: JsonSchema): unknown =>
  Array.isArray(type) ? type.find((candidate) => candidate !== 'null') : type;

const scalar = (type: unknown, text: string): unknown => {
  const trimmed = text.replace(/[.,;:!?]+$/, '');
  switch (type) {
    case 'string':
      return text === trimmed || trimmed === '' ? text : trimmed;
    case 'integer':
    case 'number': {
      const read = Number(trimmed);
      return trimmed === '' || !Number.isFinite(read) || (type === 'integer' && !Number.isInteger(read))
        ? undefined
        : read;
    }
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined;
    default:
      return undefined;
  }
};

/** The value that stands after the property's name. */
const spelled = (text: string, name: string, schema: JsonSchema, needsSign: boolean): unknown => {
  const sign = needsSign ? String.raw`(?=\s{0,5}(?:=|:|is\b|["'“${'`'}]))` : '';
  const found = new RegExp(String.raw`(?<![\w-])${escapeForPattern(name)}(?![\w-])${sign}${value}`, 'i').exec(text);
  const [bare, ...quoted] = (found?.slice(1) ?? []).toReversed();
  const exactly = quoted.find((group) => group !== undefined);
  if (exactly !== undefined && typeOf(schema) === 'string') return exactly;
  const words = exactly ?? bare;
  return words === undefined ? undefined : scalar(typeOf(schema), words);
};

const chosen = (text: string, choices: readonly unknown[]): unknown =>
  choices.find((choice) => {
    if (typeof choice !== 'string' || choice === '') return false;
    const words = escapeForPattern(choice).replaceAll(/[_\s]|\\-/g, String.raw`[\s_-]`);
    return new RegExp(String.raw`(?<![\p{L}\p{N}_])${words}(?![\p{L}\p{N}_])`, 'iu').test(text);
  });

/** Properties of which the whole message is the value. */
const whole = new Set(
  'query q question prompt search text input message topic keyword keywords term task request'.split(' '),
);
const formulas = new Set(['expression', 'formula', 'equation', 'calculation']);
/** Never guessed: a wrong one does harm. */
const exact = new Set(
  'path file filename filepath directory folder command cmd script code patch sql uuid password key token'.split(' '),
);

const sides: Readonly<Record<string, readonly string[]>> = {
  from: ['from', 'origin', 'source', 'departure', 'sender', 'start'],
  to: ['to', 'destination', 'target', 'arrival', 'recipient', 'receiver'],
};

const withoutOrder = (text: string): string =>
  text
    .trim()
    .replace(/^(?:please\s+)?(?:(?:can|could|would|will)\s+you\s+)?(?:please\s+)?/i, '')
    .replace(
      /^(?:search|look\s+up|find|google|query|ask|calculate|compute|evaluate|summari[sz]e|translate)\s+(?:(?:the\s+)?(?:web|internet|docs|documentation|database)\s+)?(?:for|about|up|on)?\s*/i,
      '',
    )
    .replace(/[.!]+$/, '');

const formulaIn = (text: string): string | undefined =>
  /[-(]{0,4}\d[\d\s.,()+*/×÷^%-]{0,200}[\d)]/.exec(text)?.[0].trim();

/** A list of names as its members: “Paris, Rome and Oslo”. A code of two capitals belongs to the name before it. */
export const listed = (text: string): readonly string[] => {
  if (!/\s(?:and|or|&)\s/.test(text)) return [text];
  const members = text
    .split(/\s*,(?!\s*\p{Lu}{2}(?:\W|$))\s*(?:(?:and|or)\s+)?|\s+(?:and|or|&)\s+/u)
    .map((member) => member.replace(/^(?:in|for|of|at|on|from|to)\s+/i, '').trim())
    .filter((member) => member !== '');
  return members.every((member) => /^["“]?[\p{Lu}\p{N}]/u.test(member)) ? members : [text];
};

export interface SaidOptions {
  /** Properties whose value may be taken from the sentence without being named in it. */
  readonly guessed: readonly string[];
  /** Which member of a list is meant, from 0. */
  readonly member?: number;
}

export class SaidValues {
  readonly #text: string;
  readonly #options: SaidOptions;
  readonly #known = new Map<string, unknown>();
  readonly #taken = new Set<string>();
  /** How many things the message names where the tool takes one. */
  members = 1;

  constructor(text: string, options: SaidOptions) {
    this.#text = text;
    this.#options = options;
  }

  /** What is said of the property, or undefined. The same property has the same value each time. */
  of(name: string, schema: JsonSchema): unknown {
    if (!this.#known.has(name)) this.#known.set(name, this.#find(name, schema));
    return this.#known.get(name);
  }

  #find(name: string, schema: JsonSchema): unknown {
    if (Array.isArray(schema['enum'])) return this.#take(chosen(this.#text, schema['enum']));
    const isShort = name.length < 3 || /^(?:to|from|in|for|text|name|message|query)$/i.test(name);
    const named =
      spelled(this.#text, name, schema, isShort) ?? spelled(this.#text, nameWords(name).join(' '), schema, isShort);
    if (named !== undefined) return this.#take(named);
    switch (typeOf(schema)) {
      case 'integer':
      case 'number':
        return this.#number(name, schema);
      case 'string':
        return this.#take(this.#formatted(name, schema) ?? (this.#isGuessed(name) ? this.#guess(name) : undefined));
      case 'array':
        return this.#isGuessed(name) && isSchema(schema['items']) && typeOf(schema['items']) === 'string'
          ? this.#list()
          : undefined;
      default:
        return undefined;
    }
  }

  #isGuessed(name: string): boolean {
    return this.#options.guessed.includes(name);
  }

  #take(found: unknown): unknown {
    if (typeof found === 'string') this.#taken.add(found.toLowerCase());
    return found;
  }

  #isFree(text: string): boolean {
    return !this.#taken.has(text.toLowerCase());
  }

  #number(name: string, schema: JsonSchema): unknown {
    const isWhole = typeOf(schema) === 'integer';
    const fitting = numbersOf(this.#text).filter(({ value: read }) => !isWhole || Number.isInteger(read));
    const free = fitting.filter(({ value: read }, index) => this.#isFree(`#${index}:${read}`));
    const words = nameWords(name).filter((word) => word.length > 2);
    const beside = free.find(({ around }) =>
      around.split(/[^\p{L}]+/u).some((word) => word !== '' && words.includes(stemOf(word))),
    );
    const found = beside ?? (this.#isGuessed(name) ? free[0] : undefined);
    if (found === undefined) return undefined;
    this.#taken.add(`#${fitting.indexOf(found)}:${found.value}`);
    return found.value;
  }

  #formatted(name: string, { format, description }: JsonSchema): string | undefined {
    const words = [
      ...nameWords(name),
      ...(typeof description === 'string' ? nameWords(description.slice(0, 200)) : []),
    ];
    const byWord = [
      ['email', 'email'],
      ['url', 'uri'],
      ['uri', 'uri'],
      ['link', 'uri'],
      ['dat', 'date'],
    ].find(([word = '']) => words.includes(word))?.[1];
    for (const kind of [typeof format === 'string' ? format : undefined, byWord]) {
      const found = kind === undefined ? undefined : ofFormat(kind, this.#text);
      if (found !== undefined && this.#isFree(found)) return found;
    }
    return undefined;
  }

  #guess(name: string): string | undefined {
    const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
    if (nameWords(name).at(-1) === 'id') return this.#token();
    if (nameWords(name).some((word) => exact.has(word)) || exact.has(plain)) return undefined;
    if (formulas.has(plain)) return formulaIn(this.#text);
    const side = Object.entries(sides).find(([, names]) =>
      nameWords(name).some((word) => names.some((own) => stemOf(own) === word)),
    );
    const phrases = phrasesOf(this.#text).filter(({ text }) => this.#isFree(text));
    if (side !== undefined) {
      const found = phrases.find(({ preposition }) => preposition === side[0]);
      return found === undefined ? undefined : this.#member(found.text);
    }
    const quoted = quotations(this.#text).find((text) => this.#isFree(text));
    if (quoted !== undefined) return quoted;
    if (whole.has(plain))
      return formulaIn(this.#text) === this.#text.trim() ? this.#text.trim() : withoutOrder(this.#text);
    const [phrase] = phrases.filter(
      ({ preposition }) => !['to', 'from', 'by', 'as', 'with', 'into'].includes(preposition),
    );
    const found = phrase?.text ?? properNames(this.#text).find((text) => this.#isFree(text)) ?? phrases[0]?.text;
    return found === undefined ? undefined : this.#member(found);
  }

  /** A word with a figure in it, as ids have. */
  #token(): string | undefined {
    return (this.#text.match(/(?<![\p{L}\p{N}])[\p{L}\p{N}_-]{0,100}\d[\p{L}\p{N}_-]{0,100}/gu) ?? []).find((text) =>
      this.#isFree(text),
    );
  }

  /** The whole phrase is taken, and of a list the member that is meant. */
  #member(phrase: string): string | undefined {
    this.#taken.add(phrase.toLowerCase());
    const members = listed(phrase);
    this.members = Math.max(this.members, members.length);
    return members[Math.min(this.#options.member ?? 0, members.length - 1)];
  }

  #list(): readonly string[] | undefined {
    const quoted = quotations(this.#text);
    if (quoted.length > 0) return quoted;
    const phrase = phrasesOf(this.#text).find(({ text }) => this.#isFree(text) && listed(text).length > 1)?.text;
    return phrase === undefined ? undefined : listed(phrase);
  }
}

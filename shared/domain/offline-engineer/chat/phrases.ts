/** What a sentence says of things: numbers, addresses, days, quotations, and the words after its prepositions. */

export interface Phrase {
  /** The word before it, in lower case: `in`, `for`, `to`. */
  readonly preposition: string;
  readonly text: string;
}

const prepositions = 'in|for|of|about|at|on|from|to|near|between|into|as|by|with|called|named|titled|regarding';

/** Where a phrase ends, besides the end of its sentence. */
const stops = String.raw`\s+(?:${prepositions}|using|via|that|which|who|when|where|while|because|so|if|is|are|was|were|will|please|today|tomorrow|tonight|now|right now|at the moment|this week|this weekend|next week)\b`;

const phrasePattern = new RegExp(
  String.raw`\b(${prepositions})\s+(?:(?:the|a|an|my|our|your)\s+)?(.{1,200}?)(?=${stops}|\s*[?!;:\n]|\s*\.(?:\s|$)|\s*$)`,
  'giu',
);

const clean = (text: string): string =>
  text
    .trim()
    .replace(/^["'“‘`]|["'”’`,]$/g, '')
    .trim();

/** The words after each preposition, in order. */
export const phrasesOf = (text: string): readonly Phrase[] =>
  [...text.matchAll(phrasePattern)].flatMap(([, preposition = '', words = '']) => {
    const phrase = clean(words);
    return phrase === '' ? [] : [{ preposition: preposition.toLowerCase(), text: phrase }];
  });

/** Names that are written with capitals, other than the first word of a sentence. */
export const properNames = (text: string): readonly string[] =>
  [...text.matchAll(/(?<=[^.?!\s"“]\s+["“]?)\p{Lu}[\p{L}\p{N}'’-]*(?:\s+\p{Lu}[\p{L}\p{N}'’-]*)*/gu)]
    .map(([name]) => name)
    .filter((name) => name !== 'I');

/** Texts in quotation marks or between backticks. */
export const quotations = (text: string): readonly string[] =>
  [
    ...text.matchAll(
      /"([^"\n]{1,2000})"|“([^”\n]{1,2000})”|`([^`\n]{1,2000})`|(?<![\p{L}\p{N}])'([^'\n]{1,2000})'(?![\p{L}\p{N}])/gu,
    ),
  ].map(([, ...groups]) => groups.find((group) => group !== undefined) ?? '');

export interface NumberSaid {
  readonly value: number;
  /** The words beside it, in lower case. */
  readonly around: string;
}

/** Numbers, without those that are part of a day or of a word. */
export const numbersOf = (text: string): readonly NumberSaid[] =>
  [...text.matchAll(/(?<![\p{L}\p{N}.:/-])-?\d{1,15}(?:\.\d{1,10})?(?![\p{L}\p{N}]|[:/-]\d)/gu)].map((found) => ({
    value: Number(found[0]),
    around: text.slice(Math.max(0, found.index - 24), found.index + found[0].length + 24).toLowerCase(),
  }));

const kinds: Readonly<Record<string, RegExp>> = {
  email: /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/,
  uri: /https?:\/\/[^\s"'<>]{1,500}[^\s"'<>.,;:!?)]/,
  date: /\b\d{4}-\d{2}-\d{2}\b/,
  'date-time': /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})/,
  uuid: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i,
  ipv4: /\b(?:\d{1,3}\.){3}\d{1,3}\b/,
};

/** The first text of a format, for example an address of a page. */
export const ofFormat = (format: string, text: string): string | undefined => {
  const kind = format === 'url' || format === 'iri' ? 'uri' : format;
  return Object.hasOwn(kinds, kind) ? kinds[kind]?.exec(text)?.[0] : undefined;
};

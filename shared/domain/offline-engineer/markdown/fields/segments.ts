/**
 * Cuts what is said about a field into pieces. Patterns, enumerations and defaults are taken out first, because
 * their own commas and brackets must not be cut at.
 */

import type { DraftField } from '../draft/draft.ts';
import { readBareEnum, readEnum } from './enums.ts';
import { readType } from './types.ts';

const CODE_PATTERN =
  /(?:(?:must )?match(?:es|ing)?|pattern|format|reg(?:ular )?exp?(?:ression)?|regex|of the form|like)?(?:\s+(?:is|the|pattern|regex|format))*\s*[:=]?\s*`\/?([^`]{1,200}?)\/?`/i;
const BARE_PATTERN =
  /(?:pattern|regex|format|match(?:es|ing)?)(?:\s+(?:is|the|pattern|regex))*\s*[:=]?\s*\/?(\^\S{1,200}\$)\/?/i;
const ANY_PATTERN = /\/?(\^[^\s,]{1,200}\$)\/?/;

const looksLikePattern = (text: string): boolean => /^\^|\$$|\[[^\]]+\]|\\d|\\w|\{\d/.test(text);

const isValidPattern = (source: string): boolean => {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch (error) {
    return !(error instanceof SyntaxError);
  }
};

const anchored = (source: string): string =>
  `${source.startsWith('^') ? '' : '^'}${source}${source.endsWith('$') ? '' : '$'}`;

const takePattern = (field: DraftField, text: string): string => {
  for (const shape of [CODE_PATTERN, BARE_PATTERN, ANY_PATTERN]) {
    const match = shape.exec(text);
    const source = match?.[1];
    if (match === null || source === undefined || !looksLikePattern(source) || !isValidPattern(source)) continue;
    field.pattern = /^\^.*\$$/.test(source) || source.includes('|') ? source : anchored(source);
    return `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
  }
  return text;
};

const KEYWORD =
  /^(?:default(?:s)?|required|optional|unique|mandatory|nullable|max|min|maximum|minimum|at least|at most|read[- ]?only|immutable|initially|starts?|not null|cannot|must|never|which|that|where|set by|only|computed|indexed|by default|up to|between|case|normally)\b/i;

/** Where an enumeration that begins at `from` ends: at a bracket, a semicolon, a full stop, a dash or a keyword. */
const enumEnd = (text: string, from: number): number => {
  let depth = 0;
  for (let index = from; index < text.length; index += 1) {
    const character = text[index] ?? '';
    const rest = text.slice(index + 1, index + 40);
    if (character === '(' || character === '[') {
      if (depth === 0 && KEYWORD.test(rest.trimStart())) return index;
      depth += 1;
    } else if (character === ')' || character === ']') {
      if (depth === 0) return index;
      depth -= 1;
    } else if (
      character === ';' ||
      (character === '.' && /^\s|^$/.test(rest)) ||
      (/[–—]/.test(character) && rest.startsWith(' ')) ||
      (character === '=' && rest.startsWith(' '))
    ) {
      return index;
    } else if (character === ',' && KEYWORD.test(rest.trimStart())) {
      return index;
    } else if (character === ' ' && /^- |^with default|^by default|^default/i.test(rest)) {
      return index;
    }
  }
  return text.length;
};

const INTRODUCTION =
  /(?:\b(?:(?:is|are|can be|must be|may be) )?(?:one|any) of(?: the following| these)?(?: values)?\b|\beither\b|\benum(?:eration)?\b(?: of| with)?|\bchoice (?:of|between)\b|\b(?:possible |allowed |valid |permitted )?values?\b(?: are| is)?(?=[\s:(])|\boptions?:|\ballowed:)\s*[:=]?\s*/i;

const takeIntroduced = (field: DraftField, text: string): string => {
  const match = INTRODUCTION.exec(text);
  if (match === null) return text;
  const start = match.index + match[0].length;
  const bracketed = text[start] === '(' || text[start] === '[' || text[start] === '{';
  const close = bracketed ? closing(text, start) : enumEnd(text, start);
  const values = readEnum(`one of ${text.slice(bracketed ? start + 1 : start, close)}`);
  if (values === undefined) return text;
  field.values = values;
  field.type = 'enum';
  const after = text.slice(bracketed ? close + 1 : close);
  return `${text.slice(0, match.index)} , ${after}`.replace(/\b(?:string|text|which is|that is|is)\s*,/gi, ',');
};

const closing = (text: string, open: number): number => {
  const at = text.slice(open).search(/[)\]}]/);
  return at < 0 ? text.length : open + at;
};

const QUOTED_LIST =
  /\(?\s*((?:["'`][^"'`]{1,40}["'`])(?:\s*(?:,|\||\/|\bor\b)\s*(?:or\s+)?["'`][^"'`]{1,40}["'`])+)\s*\)?/;

/** Values in quotation marks, wherever they stand. */
const takeQuoted = (field: DraftField, text: string): string => {
  const match = QUOTED_LIST.exec(text);
  const values = match === null ? undefined : readEnum(`one of ${match[1] ?? ''}`);
  if (match === null || values === undefined) return text;
  field.values = values;
  field.type = 'enum';
  return text.replace(match[0], ' , ');
};

/** A bracketed list behind other words: `, which is never empty (draft, sent)`. */
const takeBracketed = (field: DraftField, text: string): string => {
  const match = LISTY_NAME.test(field.words.join(' ')) ? /\(([^()]{3,200})\)/.exec(text) : null;
  const values = match === null || KEYWORD.test(match[1] ?? '') ? undefined : readBareEnum(match[1] ?? '');
  if (match === null || values === undefined || values.every((value) => readType(value.toLowerCase()) !== undefined))
    return text;
  field.values = values;
  field.type = 'enum';
  return text.replace(match[0], ' , ');
};

const LISTY_NAME =
  /(?:status|state|kind|type|category|priority|severity|level|stage|phase|role|size|color|colour|genre|membership|currency|unit|difficulty|specialty|species|gender|method|plan|tier|mode|frequency|language|channel|source|class|mood|rating|condition|visibility|cuisine|format|fuel|season|weekday|cadence|result|outcome|department|shift|intensity|topping|course|surface)s?$/;

const takeBare = (field: DraftField, text: string): string => {
  const end = enumEnd(text, 0);
  const head = text
    .slice(0, end)
    .trim()
    .replace(/^[:\-–—]\s*/, '');
  if (head === '' || readType(head.toLowerCase()) !== undefined) return text;
  const inBrackets = /^\(([^()]+)\)?$/.exec(head)?.[1];
  const body = inBrackets ?? head;
  if (KEYWORD.test(body)) return text;
  const clear = /\||`[^`]+`\s*(?:,|or)|\s\/\s|\w\/\w/.test(body) || / or /.test(body);
  const values = clear
    ? (readEnum(body) ?? readBareEnum(body))
    : LISTY_NAME.test(field.words.join(' '))
      ? readBareEnum(body)
      : undefined;
  if (
    values === undefined ||
    values.some((value) => /^(?:yes|no|true|false|null|undefined|empty)$/i.test(value)) ||
    values.every((value) => readType(value.toLowerCase()) !== undefined)
  )
    return text;
  field.values = values;
  field.type = 'enum';
  return text.slice(end);
};

const DEFAULT =
  /(?:,|;|\(|^|\s)\s*(?:the )?default(?:s)?(?: value)?(?:\s+(?:is|to|of|be|as)\b)?\s*[:=]?\s*((?:"[^"]*"|'[^']*'|`[^`]*`|(?!value)[^,;()"'`])+)/i;
const ASSIGNED = /\s=\s*("[^"]*"|'[^']*'|`[^`]*`|[\w.+-]+)\s*(?=$|[,;)])/;

const takeDefault = (field: DraftField, text: string): string => {
  const match = DEFAULT.exec(text) ?? ASSIGNED.exec(text);
  const given = match?.[1]?.trim().replace(/\.\s.*$|\.$/, '') ?? '';
  if (match === null || given === '' || /^(?:sort|order|page)/i.test(given)) return text;
  field.defaultText ??= given;
  const consumed = match[0].includes('. ') ? match[0].indexOf('. ') + 1 : match[0].length;
  return `${text.slice(0, match.index)} , ${text.slice(match.index + consumed)}`;
};

const takeSized = (field: DraftField, text: string): string => {
  const match = /\b(?:n?var)?char(?:acter)?\s*\(\s*(\d+)\s*\)|\bstring\s*[([<]\s*(\d+)\s*[)\]>]/i.exec(text);
  if (match !== null) {
    field.type = 'string';
    field.maxLength ??= Number(match[1] ?? match[2]);
    return text.replace(match[0], ' , ');
  }
  return text.replace(/\b(?:decimal|numeric)\s*\(\s*\d+\s*,\s*\d+\s*\)/i, 'decimal');
};

/** Cuts at commas, semicolons, brackets, dashes and full stops; decimals and quoted text stay whole. */
const cut = (text: string): readonly string[] =>
  text
    .split(/(?:,(?!\d{3}\b)|;|\(|\)|\s[–—-]\s|\.(?=\s|$)|(?:^|\s):\s)+/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '' && !/^[.:,;–—-]+$/.test(piece));

/** The pieces of a description; what was recognised as a whole is already on the field. */
export const segmentsOf = (field: DraftField, description: string): readonly string[] => {
  let text = takePattern(field, description.slice(0, 1_200));
  text = takeSized(field, text);
  text = takeIntroduced(field, text);
  if (field.values === undefined) text = takeQuoted(field, text);
  if (field.values === undefined) text = takeBare(field, text);
  if (field.values === undefined) text = takeBracketed(field, text);
  text = takeDefault(field, text);
  return cut(text.replace(/`/g, ''));
};

/** Reads a value: a number, a date, a field, arithmetic over them, or a figure over many records. */

import type { Expression } from '../../app-model.ts';
import type { DraftField } from '../draft/draft.ts';
import { binary, literal } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { readNumber, readTimeUnit } from '../lexicon/numbers.ts';
import { readAggregate } from './aggregates.ts';
import type { Frame, Phrases } from './context.ts';
import { DEEPEST_PHRASE, deeper } from './context.ts';
import { findValue } from './vocabulary.ts';

const TODAY =
  /^(?:today(?: 's date)?|current date|current day|date of today|day of creation|creation date|date of creation|this day|day it is created|date it is created)$/;
const NOW =
  /^(?:now|current (?:date and time|time|timestamp|moment|datetime|date time)|present moment|moment|time of (?:creation|the change|closing)|creation time|current time stamp|timestamp)$/;
const NOTHING = /^(?:null|none|nothing|empty|blank|unset|no value|not set|missing)$/;

const moment = (text: string, target: DraftField | undefined): Expression | undefined => {
  if (TODAY.test(text)) return target?.type === 'datetime' ? { kind: 'now' } : { kind: 'today' };
  if (NOW.test(text)) return target?.type === 'date' ? { kind: 'today' } : { kind: 'now' };
  if (text === 'tomorrow' || text === 'yesterday') {
    return { kind: 'date_add', base: { kind: 'today' }, amount: literal(text === 'tomorrow' ? 1 : -1), unit: 'days' };
  }
  return undefined;
};

const simple = (text: string, target: DraftField | undefined): Expression | undefined => {
  if (target?.values !== undefined) {
    const value = findValue(target, text.split(' '));
    if (value !== undefined) return literal(value);
  }
  if (target === undefined || target.type === 'boolean') {
    if (/^(?:true|yes|on)$/.test(text)) return literal(true);
    if (/^(?:false|no|off)$/.test(text)) return literal(false);
  }
  const number = readNumber(text);
  if (number !== undefined) return literal(number);
  if (NOTHING.test(text)) return literal(null);
  return moment(text, target);
};

const shift = (base: Expression, amount: Expression, unit: string, sign: 1 | -1): Expression | undefined => {
  const timeUnit = readTimeUnit(unit);
  if (timeUnit === undefined) return undefined;
  const signed: Expression =
    sign === 1
      ? amount
      : amount.kind === 'literal' && typeof amount.value === 'number'
        ? literal(-amount.value)
        : binary('*', amount, literal(-1));
  return { kind: 'date_add', base, amount: signed, unit: timeUnit };
};

const UNIT = '(minutes?|hours?|days?|nights?|weeks?|months?|years?)';
const SHIFTED = new RegExp(
  `^(?:exactly )?(.{1,40}?) ${UNIT} (after|from|before|later than|past|following|prior to|since) (.+)$`,
);
const PLUS = new RegExp(`^(.+?) (plus|\\+|minus|-) (.{1,40}?) ${UNIT}$`);
const AGO = new RegExp(`^(.{1,20}?) ${UNIT} (ago|later|ahead|in the future|in the past)$`);
const IN = new RegExp(`^in (.{1,20}?) ${UNIT}$`);

/** A value that is a point in time; nothing else can be shifted by days. */
const temporal = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  const value = readValue(phrases, text, deeper(frame));
  if (value?.kind !== 'field')
    return value?.kind === 'now' || value?.kind === 'today' || value?.kind === 'date_add' ? value : undefined;
  const type = phrases.field(text, frame)?.field.type;
  return type === 'date' || type === 'datetime' ? value : undefined;
};

const shifted = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  const after = SHIFTED.exec(text);
  if (after !== null) {
    const amount = readValue(phrases, after[1] ?? '', deeper(frame));
    const base = temporal(phrases, after[4] ?? '', frame);
    if (amount !== undefined && base !== undefined) {
      return shift(base, amount, after[2] ?? '', /^(?:before|prior to)$/.test(after[3] ?? '') ? -1 : 1);
    }
  }
  const plus = PLUS.exec(text);
  if (plus !== null) {
    const base = temporal(phrases, plus[1] ?? '', frame);
    const amount = readValue(phrases, plus[3] ?? '', deeper(frame));
    if (amount !== undefined && base !== undefined)
      return shift(base, amount, plus[4] ?? '', /^(?:plus|\+)$/.test(plus[2] ?? '') ? 1 : -1);
  }
  const relative = AGO.exec(text) ?? IN.exec(text);
  if (relative === null) return undefined;
  const amount = readNumber(relative[1] ?? '');
  const unit = relative[2] ?? '';
  const base: Expression = /^(?:minute|hour)/.test(unit) ? { kind: 'now' } : { kind: 'today' };
  return amount === undefined
    ? undefined
    : shift(base, literal(amount), unit, /ago|past/.test(relative[3] ?? '') ? -1 : 1);
};

const LOW: readonly (readonly [string, '+' | '-'])[] = [
  [' plus ', '+'],
  [' + ', '+'],
  [' minus ', '-'],
  [' - ', '-'],
  [' less the ', '-'],
  [' reduced by ', '-'],
  [' without the ', '-'],
];
const HIGH: readonly (readonly [string, '*' | '/'])[] = [
  [' times ', '*'],
  [' * ', '*'],
  [' x ', '*'],
  [' multiplied by ', '*'],
  [' multiplied with ', '*'],
  [' divided by ', '/'],
  [' / ', '/'],
];

const outsideBrackets = (text: string, at: number): boolean => {
  let depth = 0;
  for (let index = 0; index < at; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
  }
  return depth === 0;
};

const arithmetic = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  for (const operators of [LOW, HIGH]) {
    const places = operators
      .map(([words, operator]) => ({ at: text.lastIndexOf(words), words, operator }))
      .filter((place) => place.at > 0 && outsideBrackets(text, place.at))
      .sort((left, right) => right.at - left.at);
    for (const { at, words, operator } of places) {
      const left = readValue(phrases, text.slice(0, at), deeper(frame));
      const right = readValue(phrases, text.slice(at + words.length), deeper(frame));
      if (left !== undefined && right !== undefined) return binary(operator, left, right);
    }
  }
  const pair = /^(?:the )?(sum|product|difference) (?:of|between) (.+?) and (.+)$/.exec(text);
  if (pair === null) return undefined;
  const left = readValue(phrases, pair[2] ?? '', deeper(frame));
  const right = readValue(phrases, pair[3] ?? '', deeper(frame));
  const operator = pair[1] === 'sum' ? '+' : pair[1] === 'product' ? '*' : '-';
  return left === undefined || right === undefined ? undefined : binary(operator, left, right);
};

const percentage = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  const match = /^(\d+(?:\.\d+)?) (?:% |percent )?of (.+)$/.exec(text);
  const base = match === null ? undefined : readValue(phrases, match[2] ?? '', deeper(frame));
  return match === null || base === undefined
    ? undefined
    : binary('/', binary('*', base, literal(Number(match[1]))), literal(100));
};

/** The expression for the value these words name; `target` is the field that it is compared with or put into. */
export const readValue = (
  phrases: Phrases,
  text: string,
  frame: Frame,
  target?: DraftField,
): Expression | undefined => {
  if (frame.depth > DEEPEST_PHRASE) return undefined;
  let trimmed = text
    .trim()
    .replace(/^(?:set to|that of|equal to|the result of) /, '')
    .replace(/[,;]$/, '')
    .trim();
  if (trimmed.startsWith('( ') && trimmed.endsWith(' )') && !outsideBrackets(trimmed, trimmed.length - 1)) {
    const inner = trimmed.slice(2, -2);
    if (!/^[^(]*\)/.test(inner)) trimmed = inner;
  }
  if (trimmed === '') return undefined;
  const bare = withoutArticles(trimmed);
  return (
    simple(bare, target) ??
    phrases.field(trimmed, frame)?.expression ??
    shifted(phrases, bare, frame) ??
    readAggregate(phrases, trimmed, frame) ??
    arithmetic(phrases, trimmed, frame) ??
    percentage(phrases, trimmed, frame) ??
    phrases.field(bare.replace(/^(?:current|own|actual|new) /, ''), frame)?.expression
  );
};

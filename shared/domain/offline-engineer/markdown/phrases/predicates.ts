/** What a predicate says of a field, of a record, or of how many records there are. */

import type { Expression } from '../../app-model.ts';
import type { DraftField, Entity } from '../draft/draft.ts';
import { fieldOf, idOf } from '../draft/draft.ts';
import {
  allOf,
  anyOf,
  binary,
  different,
  equal,
  exists,
  isMissing,
  isPresent,
  literal,
  negate,
} from '../draft/expressions.ts';
import { readNumber } from '../lexicon/numbers.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import type { FieldReference, Frame, NounPhrase, Phrases } from './context.ts';
import { deeper, inside } from './context.ts';
import { countNoun } from './aggregates.ts';
import { liftFigure } from './lifting.ts';
import { readComparingVerb, readComparison, readQuantity } from './comparison.ts';
import { findField, findValue } from './vocabulary.ts';

const PRESENT =
  /^(?:set|given|present|filled(?: in)?|known|provided|specified|recorded|entered|assigned|there|filled out|stated|defined|available|required|mandatory|compulsory|obligatory|needed|required to be set|not null|supplied)$/;

const ABSENT =
  /^(?:empty|missing|blank|unset|unknown|null|absent|not set|none|left out|nothing|cleared|unassigned|left empty|omitted)$/;

const between = (phrases: Phrases, reference: FieldReference, text: string, frame: Frame): Expression | undefined => {
  const match = /^(?:in the range |within |in )?(?:between|from)? ?(.+?) (?:and|to) (.+?)(?: inclusive)?$/.exec(text);
  if (match === null || !/^(?:between|from|in the range|within|\d)/.test(text)) return undefined;
  const low = phrases.value(match[1] ?? '', deeper(frame), reference.field);
  const high = phrases.value(match[2] ?? '', deeper(frame), reference.field);
  if (low === undefined || high === undefined) return undefined;
  return binary('and', binary('>=', reference.expression, low), binary('<=', reference.expression, high));
};

const listed = (reference: FieldReference, text: string): Expression | undefined => {
  const parts = text
    .replace(/^(?:one of|either|any of|among|in)(?: :)? /, '')
    .replace(/[()]/g, '')
    .split(/ , or | , | or /)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length < 2) return undefined;
  const values: (string | number)[] = [];
  for (const part of parts) {
    const value =
      reference.field.values === undefined
        ? readNumber(part)
        : findValue(reference.field, withoutArticles(part).split(' '));
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { kind: 'one_of', operand: reference.expression, values };
};

const inTime = (reference: FieldReference, text: string): Expression | undefined => {
  const now: Expression = reference.field.type === 'datetime' ? { kind: 'now' } : { kind: 'today' };
  if (/^(?:in the past|past|over|passed|behind|already past|expired)$/.test(text))
    return binary('<', reference.expression, now);
  if (/^(?:in the future|future|to come|ahead)$/.test(text)) return binary('>', reference.expression, now);
  if (/^(?:valid|current|good)$/.test(text)) return binary('>=', reference.expression, now);
  if (/^(?:reached|due|here|come)$/.test(text)) return binary('<=', reference.expression, now);
  return undefined;
};

const toBe = (phrases: Phrases, reference: FieldReference, text: string, frame: Frame): Expression | undefined => {
  const negative = /^(?:not|no longer) (.+)$/.exec(text);
  if (negative !== null) {
    const positive = toBe(phrases, reference, negative[1] ?? '', frame);
    return positive === undefined ? undefined : negate(positive);
  }
  const { expression, field } = reference;
  const asValue =
    field.values === undefined
      ? undefined
      : findValue(field, withoutArticles(text.replace(/^(?:set to|in|equal to|marked|called|a|an) /, '')).split(' '));
  if (asValue !== undefined) return equal(expression, literal(asValue));
  if (field.type !== undefined || field.name === 'value') {
    if (field.type !== 'boolean' && PRESENT.test(text)) return isPresent(expression);
    if (ABSENT.test(text))
      return field.type === 'string' || field.type === 'text' ? emptyText(expression) : isMissing(expression);
    if (text === 'positive') return binary('>', expression, literal(0));
    if (text === 'negative') return binary('<', expression, literal(0));
    if (field.type === 'boolean' && /^(?:set|on|checked|given|enabled|ticked)$/.test(text))
      return equal(expression, literal(true));
  }
  const timed = inTime(reference, text);
  if (timed !== undefined) return timed;
  const range = between(phrases, reference, text, frame) ?? listed(reference, text);
  if (range !== undefined) return range;
  const comparison = readComparison(text);
  if (comparison !== undefined) {
    const right = phrases.value(stripUnit(comparison.rest, field), deeper(frame), field);
    if (right !== undefined) return binary(comparison.operator, expression, right);
  }
  const value =
    text.length > 60
      ? undefined
      : phrases.value(stripUnit(text.replace(/^(?:set to|equal to) /, ''), field), deeper(frame), field);
  return value === undefined ? undefined : equal(expression, value);
};

const emptyText = (expression: Expression): Expression =>
  binary('or', isMissing(expression), equal(expression, literal('')));

const stripUnit = (text: string, field: DraftField): string => {
  if (field.type !== 'integer' && field.type !== 'number') return text;
  const match =
    /^(-?[\d.,]+k?) (?:minutes?|hours?|days?|weeks?|months?|years?|points?|stars?|euros?|dollars?|eur|usd|percent|%|km|kg|characters?|pieces?|items?|people|persons?|units?|copies|credits|pages|litres?|liters?|l|g|m|cm|mm|kwh|miles)$/.exec(
      text,
    );
  return match?.[1] ?? text;
};

/** `is set`, `is after the start date`, `exceeds 10`, `has passed`: of a field or another value. */
export const fieldPredicate = (
  phrases: Phrases,
  reference: FieldReference,
  predicate: string,
  frame: Frame,
): Expression | undefined => {
  const comparing = readComparingVerb(predicate);
  if (comparing !== undefined) {
    const right = phrases.value(stripUnit(comparison(comparing.rest), reference.field), deeper(frame), reference.field);
    if (right !== undefined) return binary(comparing.operator, reference.expression, right);
  }
  if (
    /^(?:has|have|is|are|passed)(?: been)? ?(?:passed|elapsed|expired)?$/.test(predicate) &&
    /passed|elapsed|expired/.test(predicate)
  ) {
    return inTime(reference, 'past');
  }
  if (/^exists?$/.test(predicate)) return isPresent(reference.expression);
  const be = /^(?:is|are|was|were|be|has been|have been|remains?|becomes?|lies|falls|has the value|stays) (.+)$/.exec(
    predicate,
  );
  if (be !== null) return toBe(phrases, reference, be[1] ?? '', frame);
  const symbol = /^(?:>=|<=|!=|==|=|<|>) ?.+$/.exec(predicate);
  return symbol === null ? undefined : toBe(phrases, reference, predicate, frame);
};

const comparison = (text: string): string => text.replace(/^(?:the )?(?:value|limit|number) of (?=\d)/, '');

/** How many of these records there are, compared with what the words say; plain existence without a number. */
const counted = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  const any = text.replace(/^(?:any|some|a|an|one or more|at least one|another)(?: other)? /, '');
  const quantity = readQuantity(text);
  const nounText = quantity === undefined ? any : quantity.rest;
  const noun = phrases.noun(nounText, deeper(frame));
  if (noun === undefined || noun.entity.of !== 'item') return undefined;
  const plus = /^(?:another|other|a different) /.test(text) || noun.other ? otherThan(noun, frame) : undefined;
  const build = (inner: Frame): Expression | undefined => {
    const count = countNoun(phrases, noun, inner, plus);
    if (count === undefined) return undefined;
    if (quantity === undefined) return count.kind === 'aggregate' ? exists(count.resource, count.where) : undefined;
    return binary(quantity.operator, count, literal(readNumber(quantity.amount) ?? 1));
  };
  const direct = build(frame);
  const self = frame.it ?? frame.self;
  if (direct !== undefined || self?.of !== 'item') return direct;
  return liftFigure(phrases.draft, self, `has ${text}`, (record) => {
    const inner: Frame = { self: record, it: record, depth: frame.depth + 1 };
    return counted(phrases, text, inner);
  });
};

const otherThan = (noun: NounPhrase, frame: Frame): Expression | undefined =>
  frame.self?.of === 'record' && frame.self.resource.name === noun.resource.name
    ? different(idOf(noun.entity), idOf(frame.self))
    : undefined;

/** `there is another booking of the same room`, `no lines exist`. */
export const existencePredicate = (phrases: Phrases, text: string, frame: Frame): Expression | undefined =>
  counted(phrases, text, frame);

const possession = (phrases: Phrases, entity: Entity, text: string, frame: Frame): Expression | undefined => {
  const owned: Frame = { ...frame, it: entity };
  const none = /^(?:no|not any|not a|without) (.+)$/.exec(text);
  const name = withoutArticles(none?.[1] ?? text).replace(/ (?:set|assigned|given)$/, '');
  const field = findField(entity.resource, name.split(' '));
  const children = counted(phrases, text, { ...owned, self: frame.self ?? entity });
  if (field !== undefined && (children === undefined || field.words.join(' ') === name)) {
    if (field.type === 'boolean') return equal(fieldOf(entity, field.name), literal(none === null));
    const present = isPresent(fieldOf(entity, field.name));
    return none === null ? present : negate(present);
  }
  if (children !== undefined) return children;
  const valued = /^(?:a |an |the )?(.+)$/.exec(text);
  const words = (valued?.[1] ?? '').split(' ');
  for (let cut = Math.min(4, words.length - 1); cut >= 1; cut -= 1) {
    const head = findField(entity.resource, words.slice(0, cut));
    if (head === undefined) continue;
    const rest = words
      .slice(cut)
      .join(' ')
      .replace(/^(?:of|is|=|set to|that is|being|which is|:) /, '');
    const said = fieldPredicate(
      phrases,
      { entity, field: head, expression: fieldOf(entity, head.name) },
      `is ${rest}`,
      owned,
    );
    if (said !== undefined) return said;
  }
  for (let cut = 1; cut < Math.min(4, words.length); cut += 1) {
    const tail = findField(entity.resource, words.slice(cut));
    const said =
      tail === undefined
        ? undefined
        : fieldPredicate(
            phrases,
            { entity, field: tail, expression: fieldOf(entity, tail.name) },
            `is ${words.slice(0, cut).join(' ')}`,
            owned,
          );
    if (said !== undefined) return said;
  }
  return undefined;
};

const alternatives = (phrases: Phrases, entity: Entity, text: string, frame: Frame): Expression | undefined => {
  const parts = text.split(/ , or | or | , /);
  if (parts.length < 2 || parts.length > 8) return undefined;
  const states = parts.map((part) => phrases.state(part, entity, frame));
  const known = states.filter((state) => state !== undefined);
  return known.length === states.length ? anyOf(known) : undefined;
};

/** `is on loan`, `has no lines`, `has not been returned`, `belongs to an archived project`: of a record. */
export const entityPredicate = (
  phrases: Phrases,
  entity: Entity,
  predicate: string,
  frame: Frame,
): Expression | undefined => {
  const be = /^(?:is|are|was|were|be|has been|have been|had been|remains?|becomes?|gets?|been) (.+)$/.exec(predicate);
  const complement = be?.[1];
  if (complement !== undefined) {
    const not = /^(?:not|never|no longer) (.+)$/.exec(complement);
    if (not !== null) {
      const positive = entityPredicate(phrases, entity, `is ${not[1] ?? ''}`, frame);
      return positive === undefined ? undefined : negate(positive);
    }
    const state = phrases.state(complement, entity, frame) ?? alternatives(phrases, entity, complement, frame);
    if (state !== undefined) return state;
    const same = phrases.noun(complement, deeper({ ...frame, self: entity, it: entity }), (resource) =>
      resource.name === entity.resource.name ? entity : { resource, of: 'item', path: [] },
    );
    const conditions = same?.entity === entity ? allOf(same.conditions) : undefined;
    if (conditions !== undefined) return conditions;
    const age = readComparison(complement);
    if (age !== undefined && /(?:days?|weeks?|months?|years?|hours?|minutes?)$/.test(age.rest))
      return older(phrases, entity, age.operator, age.rest, frame);
    const to = /^(?:in|of|for|from|by|made for|assigned to|part of) (.+)$/.exec(complement);
    if (to !== null) return belonging(phrases, entity, to[1] ?? '', frame);
  }
  const not = /^(?:does|do|did|has|have|had) (?:not|never) (?:have |yet )?(.*)$/.exec(predicate);
  if (not !== null) {
    const positive = entityPredicate(phrases, entity, `has ${not[1] ?? ''}`, frame);
    return positive === undefined ? undefined : negate(positive);
  }
  const have = /^(?:has|have|had|contains?|includes?|holds?|owns?|needs?) (.+)$/.exec(predicate);
  if (have !== null) {
    const owned = possession(phrases, entity, have[1] ?? '', frame);
    return owned ?? phrases.state(have[1] ?? '', entity, frame);
  }
  const belongs = /^belongs? to (.+)$/.exec(predicate);
  return belongs === null ? undefined : belonging(phrases, entity, belongs[1] ?? '', frame);
};

const older = (
  phrases: Phrases,
  entity: Entity,
  operator: string,
  span: string,
  frame: Frame,
): Expression | undefined => {
  const limit = phrases.value(`${span} ago`, deeper(frame));
  if (limit?.kind !== 'date_add') return undefined;
  return binary(operator === '>' || operator === '>=' ? '<' : '>', fieldOf(entity, 'createdAt'), {
    ...limit,
    base: { kind: 'now' },
  });
};

/** `belongs to an archived project`: what the phrase says of the record that this one refers to. */
const belonging = (phrases: Phrases, entity: Entity, text: string, frame: Frame): Expression | undefined => {
  const noun = phrases.noun(`${entity.resource.words.join(' ')} of ${text}`, inside(frame, entity), () => entity);
  const said = noun === undefined ? undefined : allOf(noun.conditions);
  return (
    said ??
    (/^(?:an?|any|some|at least one|one) /.test(text) ? counted(phrases, text, { ...frame, it: entity }) : undefined)
  );
};

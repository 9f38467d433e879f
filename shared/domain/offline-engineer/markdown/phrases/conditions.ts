/** Reads a condition of a record into an expression: clauses joined by and/or, each with a subject and a predicate. */

import type { Expression } from '../../app-model.ts';
import { binary, negate } from '../draft/expressions.ts';
import type { Entity } from '../draft/draft.ts';
import type { Frame, Phrases } from './context.ts';
import { DEEPEST_PHRASE, deeper, isPronoun } from './context.ts';
import { readOwner } from './fields.ts';
import { entityPredicate, existencePredicate, fieldPredicate } from './predicates.ts';
import { withoutArticles } from '../lexicon/normal.ts';

const VERB =
  /(?:^| )(is|are|was|were|be|has|have|had|does|do|did|equals?|exceeds?|contains?|includes?|lies|falls|starts|ends|belongs?|reaches|exists?|remains?|becomes?|needs?|holds?|goes|passed|differs?|matches|comes|happens|>=|<=|!=|==|=|<|>)(?= |$)/g;

/** Places where the predicate may begin, leftmost first. */
const splits = (text: string): readonly { readonly subject: string; readonly predicate: string }[] => {
  const found: { subject: string; predicate: string }[] = [];
  for (const match of text.matchAll(VERB)) {
    const at = match.index + (match[0].startsWith(' ') ? 1 : 0);
    if (at > 0 && found.length < 4) found.push({ subject: text.slice(0, at).trim(), predicate: text.slice(at).trim() });
  }
  return found;
};

const NEGATION = /^(is|are|was|were|be|has|have|had|does|do|did|cannot be|must be) (?:not|never|no longer)(?= |$)/;

const predicateOf = (phrases: Phrases, subject: string, predicate: string, frame: Frame): Expression | undefined => {
  const negation = NEGATION.exec(predicate);
  if (negation !== null) {
    const verb = /^(?:do|did)/.test(negation[1] ?? '') ? '' : `${negation[1] ?? 'is'} `;
    const positive = predicateOf(
      phrases,
      subject,
      `${verb}${predicate.slice(negation[0].length).trim()}`.trim(),
      frame,
    );
    return positive === undefined ? undefined : negate(positive);
  }
  if (/^(?:there|there also)$/.test(subject))
    return existencePredicate(phrases, predicate.replace(/^(?:is|are|was|exists?) ?/, ''), frame);
  if (/^(?:exists?|remains?)$/.test(predicate)) return existencePredicate(phrases, subject, frame);
  const field = isPronoun(subject) ? undefined : phrases.field(subject, frame);
  if (field !== undefined) {
    const said = fieldPredicate(phrases, field, predicate, frame);
    if (said !== undefined) return said;
  }
  const entity = readOwner(phrases, subject, frame);
  if (entity !== undefined) {
    const said = entityPredicate(phrases, entity, predicate, frame);
    if (said !== undefined) return said;
  }
  return valuePredicate(phrases, subject, predicate, frame) ?? qualified(phrases, subject, predicate, frame);
};

/** `today is after the due date`, `the number of open loans is less than 5`, `capacity minus bookings is 0`. */
const valuePredicate = (phrases: Phrases, subject: string, predicate: string, frame: Frame): Expression | undefined => {
  const value = phrases.value(subject, deeper(frame));
  if (value === undefined) return undefined;
  return fieldPredicate(
    phrases,
    { entity: frame.self ?? NOWHERE, expression: value, field: NUMBER_FIELD },
    predicate,
    frame,
  );
};

const NUMBER_FIELD = { name: 'value', words: ['value'], description: '', source: '', line: 0 };

const NOWHERE: Entity = {
  resource: {
    name: '',
    words: [],
    plural: '',
    pluralWords: [],
    description: '',
    fields: [],
    unique: [],
    operations: new Set(),
    searchable: new Set(),
    filterable: new Set(),
    sortable: new Set(),
    hasPage: undefined,
    source: '',
    line: 0,
  },
  of: 'record',
  path: [],
};

/** A subject with an adjective: `the open loan is overdue`, of a record reached from this one. */
const qualified = (phrases: Phrases, subject: string, predicate: string, frame: Frame): Expression | undefined => {
  const self = frame.self;
  if (self === undefined) return undefined;
  const noun = phrases.noun(
    subject,
    deeper(frame),
    (resource) => readOwner(phrases, resource.words.join(' '), frame) ?? { resource, of: 'item', path: [] },
  );
  if (noun === undefined || noun.entity.of !== self.of || noun.conditions.length === 0) return undefined;
  const said = entityPredicate(phrases, noun.entity, predicate, frame);
  if (said === undefined) return undefined;
  return noun.conditions.reduce((left, right) => binary('and', left, right), said);
};

const atom = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  for (const { subject, predicate } of splits(text)) {
    const said = predicateOf(phrases, subject, predicate, frame);
    if (said !== undefined) return said;
  }
  if (/^(?:no|any|another|at least|at most|more than|one|two) /.test(text)) {
    const there = existencePredicate(phrases, text, frame);
    if (there !== undefined) return there;
  }
  const self = frame.it ?? frame.self;
  if (self === undefined) return undefined;
  const state = phrases.state(text, self, frame);
  if (state !== undefined) return state;
  const noun = / /.test(text)
    ? phrases.noun(text, deeper(frame), (resource) =>
        resource.name === self.resource.name ? self : { resource, of: 'item', path: [] },
      )
    : undefined;
  if (noun !== undefined && noun.entity === self && noun.conditions.length > 0)
    return noun.conditions.reduce((left, right) => binary('and', left, right));
  return bareField(phrases, text, frame);
};

/** `status draft`, `price above 10`: a field followed by what it must be, without a verb. */
const bareField = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  const words = withoutArticles(text).split(' ');
  for (let cut = Math.min(4, words.length - 1); cut >= 1; cut -= 1) {
    const field = phrases.field(words.slice(0, cut).join(' '), frame);
    if (field === undefined || field.entity !== (frame.it ?? frame.self)) continue;
    const said = fieldPredicate(phrases, field, `is ${words.slice(cut).join(' ')}`, frame);
    if (said !== undefined) return said;
  }
  return undefined;
};

const leadingSubject = (text: string): string => splits(text)[0]?.subject ?? 'it';

const leadingVerb = (text: string): string =>
  /^(?:is|are|was|were|has|have|had)(?: been)?(?: not)?/.exec(splits(text)[0]?.predicate ?? '')?.[0] ?? 'is';

const JOINTS: readonly (readonly [RegExp, 'and' | 'or'])[] = [
  [/(?: ,)? or (?:if |when |because )?/g, 'or'],
  [/(?: ,)? (?:and|but)(?: also)? (?:if |when |while )?/g, 'and'],
  [/ , /g, 'and'],
];

const joined = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  for (const [joint, operator] of JOINTS) {
    for (const match of text.matchAll(joint)) {
      const leftText = text.slice(0, match.index).replace(/^either /, '');
      const rightText = text.slice(match.index + match[0].length).trim();
      const left = readCondition(phrases, leftText, deeper(frame));
      if (left === undefined) continue;
      const subject = leadingSubject(leftText);
      const right =
        readCondition(phrases, rightText, deeper(frame)) ??
        readCondition(phrases, `${subject} ${rightText}`, deeper(frame)) ??
        readCondition(phrases, `${subject} ${leadingVerb(leftText)} ${rightText}`, deeper(frame));
      if (right !== undefined) return binary(operator, left, right);
    }
  }
  return undefined;
};

/** The condition that the words state about the record at hand, or undefined when they are not understood. */
export const readCondition = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  if (frame.depth > DEEPEST_PHRASE) return undefined;
  const trimmed = text
    .trim()
    .replace(/^(?:that|if|when|either|the fact that|then) /, '')
    .replace(/ (?:either|too|exactly|then|anyway|before)$/, '')
    .replace(/^[,;]\s*|\s*[,;]$/g, '');
  if (trimmed === '') return undefined;
  return atom(phrases, trimmed, frame) ?? joined(phrases, trimmed, frame) ?? neither(phrases, trimmed, frame);
};

const neither = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  const match = /^(.*?)\bneither (.+) nor (.+)$/.exec(text);
  if (match === null) return undefined;
  const left = readCondition(phrases, `${match[1] ?? ''}${match[2] ?? ''}`, deeper(frame));
  const right = readCondition(phrases, `${match[1] ?? ''}${match[3] ?? ''}`, deeper(frame));
  return left === undefined || right === undefined ? undefined : binary('and', negate(left), negate(right));
};

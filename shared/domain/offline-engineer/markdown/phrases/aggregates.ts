/** Figures over many records: `the number of open loans`, `the sum of its line totals`, `average stars of its ratings`. */

import type { Expression } from '../../app-model.ts';
import type { DraftField, DraftResource, Entity } from '../draft/draft.ts';
import { fieldOf, idOf, itemOf } from '../draft/draft.ts';
import { allOf, both, equal } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import type { Frame, NounPhrase, Phrases } from './context.ts';
import { inside } from './context.ts';
import { liftFigure } from './lifting.ts';
import { findField, linkTo } from './vocabulary.ts';

type Figure = 'count' | 'sum' | 'minimum' | 'maximum' | 'average';

const FUNCTIONS: readonly (readonly [RegExp, Figure])[] = [
  [/^(?:the )?(?:total |overall |current |whole )?(?:number|count|amount) of (?:all )?/, 'count'],
  [/^(?:the )?how many /, 'count'],
  [/^(?:the )?(?:sum|total|sum total|grand total) (?:of|over|across) (?:all )?(?:of )?/, 'sum'],
  [/^(?:the )?(?:average|mean|avg) (?:of )?(?:all )?(?:of )?/, 'average'],
  [/^(?:the )?(?:highest|maximum|largest|biggest|latest|most recent|last|max|greatest) (?:of )?(?:all )?/, 'maximum'],
  [/^(?:the )?(?:lowest|minimum|smallest|earliest|first|min|cheapest) (?:of )?(?:all )?/, 'minimum'],
  [/^(?:the )?(?:total|overall|combined|summed(?: up)?) /, 'sum'],
];

const isNumeric = (field: DraftField): boolean => field.type === 'integer' || field.type === 'number';

const preferredNumber = (resource: DraftResource): DraftField | undefined => {
  const numbers = resource.fields.filter(isNumeric);
  return (
    numbers.find((field) => /(?:total|subtotal|sum)$/.test(field.words.join(' '))) ??
    numbers.find((field) => /(?:amount|price|cost|value|points|hours|duration|minutes)$/.test(field.words.join(' '))) ??
    (numbers.length === 1 ? numbers[0] : undefined)
  );
};

/** The condition that ties the counted records to the record at hand; undefined when there is no tie to make. */
export const tie = (phrases: Phrases, noun: NounPhrase, frame: Frame): Expression | 'untied' | undefined => {
  const self = frame.it ?? frame.self;
  if (self === undefined || noun.linked) return 'untied';
  const link = linkTo(phrases.draft, noun.entity, self.resource);
  if (link !== undefined) return equal(idOf(link), idOf(self));
  return undefined;
};

const rebased = (expression: Expression, reference: string): Expression =>
  JSON.parse(
    JSON.stringify(expression).replaceAll('"of":"item","path":[', `"of":"item","path":["${reference}",`),
  ) as Expression;

/** `its songs` of a playlist, where entries join songs and playlists: the figure is taken over the entries. */
const throughJoint = (
  phrases: Phrases,
  figure: Figure,
  noun: NounPhrase,
  frame: Frame,
  value: Expression | undefined,
): Expression | undefined => {
  const self = frame.it ?? frame.self;
  if (self === undefined || self.of === 'item' || noun.entity.path.length > 0) return undefined;
  const joints = phrases.draft.resources.flatMap((joint) => {
    const item = itemOf(joint);
    const [there, here] = [linkTo(phrases.draft, item, noun.resource), linkTo(phrases.draft, item, self.resource)];
    const direct = there?.path.length === 1 && here?.path.length === 1;
    return direct && there.path[0] !== undefined ? [{ joint, here, reference: there.path[0] }] : [];
  });
  const [only] = joints;
  if (only === undefined || joints.length > 1) return undefined;
  const { joint, here, reference } = only;
  const where = allOf([
    equal(idOf(here), idOf(self)),
    ...noun.conditions.map((condition) => rebased(condition, reference)),
  ]);
  return {
    kind: 'aggregate',
    function: figure,
    resource: joint.name,
    ...(where === undefined ? {} : { where }),
    ...(value === undefined ? {} : { value: rebased(value, reference) }),
  };
};

const aggregate = (
  phrases: Phrases,
  figure: Figure,
  noun: NounPhrase,
  frame: Frame,
  value?: Expression,
): Expression | undefined => {
  const self = frame.it ?? frame.self;
  const tied = tie(phrases, noun, frame);
  if (tied === undefined) return throughJoint(phrases, figure, noun, frame, value);
  const conditions = tied === 'untied' ? noun.conditions : [tied, ...noun.conditions];
  const where = allOf(conditions);
  const expression: Expression = {
    kind: 'aggregate',
    function: figure,
    resource: noun.resource.name,
    ...(where === undefined ? {} : { where }),
    ...(value === undefined ? {} : { value }),
  };
  return self?.of === 'item' && tied !== 'untied' ? undefined : expression;
};

interface Measured {
  readonly noun: NounPhrase;
  readonly value: Expression;
}

const measure = (phrases: Phrases, valueText: string, nounText: string, frame: Frame): Measured | undefined => {
  const noun = phrases.noun(nounText, frame);
  if (noun === undefined || noun.entity.of !== 'item') return undefined;
  const value = phrases.value(valueText, inside(frame, noun.entity));
  return value === undefined ? undefined : { noun, value };
};

const readMeasured = (phrases: Phrases, text: string, frame: Frame): Measured | undefined => {
  for (const separator of [' of ', " 's ", ' over ', ' across ', ' from ', ' in ', ' for ']) {
    let at = text.indexOf(separator);
    while (at > 0) {
      const [before, after] = [text.slice(0, at), text.slice(at + separator.length)];
      const found =
        separator === " 's " ? measure(phrases, after, before, frame) : measure(phrases, before, after, frame);
      if (found !== undefined) return found;
      at = text.indexOf(separator, at + 1);
    }
  }
  const noun = phrases.noun(text, frame);
  const number = noun === undefined ? undefined : preferredNumber(noun.resource);
  if (noun !== undefined && number !== undefined && noun.entity.of === 'item')
    return { noun, value: fieldOf(noun.entity, number.name) };
  const words = withoutArticles(text).split(' ');
  for (let cut = words.length - 1; cut >= 1; cut -= 1) {
    const found = measure(phrases, words.slice(cut).join(' '), words.slice(0, cut).join(' '), frame);
    if (found !== undefined) return found;
  }
  return childMeasure(phrases, words, frame);
};

/** `amounts` alone: the only resource that belongs to the record at hand and has such a number. */
const childMeasure = (phrases: Phrases, words: readonly string[], frame: Frame): Measured | undefined => {
  const self = frame.it ?? frame.self;
  const found: Measured[] = [];
  for (const resource of phrases.draft.resources) {
    const entity = itemOf(resource);
    const field = findField(resource, words);
    if (field === undefined || !isNumeric(field)) continue;
    if (self !== undefined && linkTo(phrases.draft, entity, self.resource) === undefined) continue;
    found.push({
      noun: { resource, entity, conditions: [], other: false, linked: false },
      value: fieldOf(entity, field.name),
    });
  }
  const exact = found.filter(
    (entry) =>
      entry.value.kind === 'field' &&
      entry.noun.resource.fields.some((field) => field.words.join(' ') === words.join(' ')),
  );
  const [only] = exact.length === 1 ? exact : found;
  return exact.length === 1 || found.length === 1 ? only : undefined;
};

const readFigure = (phrases: Phrases, figure: Figure, rest: string, frame: Frame): Expression | undefined => {
  if (figure === 'count') {
    const noun = phrases.noun(rest, frame);
    if (noun === undefined || noun.entity.of !== 'item') return undefined;
    return aggregate(phrases, 'count', noun, frame);
  }
  const measured = readMeasured(phrases, rest, frame);
  return measured === undefined ? undefined : aggregate(phrases, figure, measured.noun, frame, measured.value);
};

const liftable = (
  phrases: Phrases,
  text: string,
  frame: Frame,
  read: (frame: Frame) => Expression | undefined,
): Expression | undefined => {
  const self = frame.it ?? frame.self;
  if (self?.of !== 'item') return undefined;
  return liftFigure(phrases.draft, self, text, (record: Entity) =>
    read({ self: record, it: record, depth: frame.depth + 1 }),
  );
};

/** The figure that the words describe, seen from the record at hand or, without one, over all records. */
export const readAggregate = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  for (const [pattern, figure] of FUNCTIONS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const rest = text.slice(match[0].length);
    const direct = readFigure(phrases, figure, rest, frame);
    if (direct !== undefined) return direct;
    const lifted = liftable(phrases, text, frame, (inner) => readFigure(phrases, figure, rest, inner));
    if (lifted !== undefined) return lifted;
  }
  const bare = withoutArticles(text);
  const noun = /s(?: |$)/.test(bare) ? phrases.noun(bare, frame) : undefined;
  if (noun === undefined || noun.entity.of !== 'item') return undefined;
  const counted = aggregate(phrases, 'count', noun, frame);
  return counted === undefined || frame.self === undefined ? undefined : counted;
};

/** A count of the records a noun phrase means, tied to the record at hand and with a further condition. */
export const countNoun = (
  phrases: Phrases,
  noun: NounPhrase,
  frame: Frame,
  also?: Expression,
): Expression | undefined => {
  const counted = aggregate(phrases, 'count', noun, frame);
  if (counted?.kind !== 'aggregate' || also === undefined) return counted;
  return { ...counted, where: both(counted.where, also) };
};

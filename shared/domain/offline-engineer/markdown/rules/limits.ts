/** Sentences that limit how many records there may be, or how much they may add up to. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource, Entity } from '../draft/draft.ts';
import { fieldOf, idOf, itemOf, recordOf } from '../draft/draft.ts';
import { allOf, binary, countOf, different, equal, literal } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { readNumber } from '../lexicon/numbers.ts';
import { readComparison } from '../phrases/comparison.ts';
import { findField, linkTo, referenceFields } from '../phrases/vocabulary.ts';
import { withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { forbid, frameFor } from './context.ts';
import { readSubject, subjectConditions } from './subjects.ts';

interface Limit {
  /** The records that are counted, as words. */
  readonly counted: string;
  /** Whose records they are; empty for all. */
  readonly owner: string;
  /** The largest number allowed, as words. */
  readonly most: string;
  /** A number to sum instead of counting. */
  readonly summed?: string;
}

const NUMBER =
  '(\\d[\\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|fifty|hundred|a single|single)';
const CAN_HAVE =
  '(?:can|may|must|could|is allowed to|may only|can only|must only)(?: only)? (?:have|hold|own|take|borrow|rent|book|reserve|contain|include|accept|get|place|make|be assigned|be enrolled in|enrol in|enroll in|attend|handle|host|keep|work on|receive|join|create|submit|cast|register for|sign up for|start|run|teach|lead)';

const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Limit])[] = [
  [
    new RegExp(`^(.+?) ${CAN_HAVE} (?:only |at most |a maximum of |no more than |exactly )${NUMBER} (.+)$`),
    ([, owner = '', most = '', counted = '']) => ({ owner, most, counted }),
  ],
  [
    new RegExp(`^(.+?) (?:can|may) only (?:have|hold|own|take|borrow|rent|book|cast|be) ${NUMBER} (.+)$`),
    ([, owner = '', most = '', counted = '']) => ({ owner, most, counted }),
  ],
  [
    new RegExp(`^(.+?) (?:has|have|gets?) (?:at most|only) ${NUMBER} (.+)$`),
    ([, owner = '', most = '', counted = '']) => ({ owner, most, counted }),
  ],
  [
    new RegExp(
      `^(.+?) cannot (?:have|hold|own|take|borrow|rent|book|reserve|contain|include|accept|place|make|exceed|attend|handle|host|work on|receive|be assigned|enrol in|enroll in|join|teach|lead) (?:more than|over) ${NUMBER} (.+)$`,
    ),
    ([, owner = '', most = '', counted = '']) => ({ owner, most, counted }),
  ],
  [
    /^(.+?) cannot (?:have|hold|contain|accept|include|take|get|receive) more (.+?) than (.+)$/,
    ([, owner = '', counted = '', most = '']) => ({ owner, most, counted }),
  ],
  [
    new RegExp(
      `^(?:there (?:can|may|must|is|are) (?:only )?(?:be )?)?(?:only|at most|never more than) ${NUMBER} (.+?) (?:per|for each|for every|for any|of each|in each|in any|for the same|of the same|in a|per each|for one|for a|at a|on a) (?:given |single )?(.+?)(?: (?:is|are|may|can|at a time)(?: .*)?)?$`,
    ),
    ([, most = '', counted = '', owner = '']) => ({ owner, most, counted }),
  ],
  [
    new RegExp(`^(?:each|every|any|one) (.+?) (?:is limited to|are limited to|is restricted to) ${NUMBER} (.+)$`),
    ([, owner = '', most = '', counted = '']) => ({ owner, most, counted }),
  ],
  [/^(.+?) cannot have two (.+?)$/, ([, owner = '', counted = '']) => ({ owner, most: '1', counted })],
  [
    /^(?:the )?(?:total )?number of (.+?) (?:of|in|for|per|by|at) (?:an? |the |each |every )?(.+?) (?:cannot exceed|must be at most|cannot be (?:more|greater|higher|larger) than|cannot be above|is limited to|is at most|cannot go above|is limited by|must never exceed) (.+)$/,
    ([, counted = '', owner = '', most = '']) => ({ owner, most, counted }),
  ],
  [
    /^(?:the )?(?:total )?number of (.+?) (?:cannot exceed|must be at most|cannot be (?:more|greater|higher|larger) than|is limited to) (.+)$/,
    ([, counted = '', most = '']) => ({ owner: '', most, counted }),
  ],
  [
    /^(?:the )?(?:sum|total)(?: of)? (?:the |all )?(.+?) of (?:the |all )?(.+?) (?:of|in|for|per) (?:an? |the |each |every )?(.+?) (?:cannot exceed|must be at most|cannot be (?:more|greater|higher) than) (.+)$/,
    ([, summed = '', counted = '', owner = '', most = '']) => ({ owner, most, counted, summed }),
  ],
];

const POSSESSED = /^(.+?) (?:at a time|at the same time|at once|in parallel|each|in total|simultaneously)$/;

/** `a student can take 8 courses` counts enrolments, when these join students and courses. */
const joining = (rules: Rules, sentence: Sentence, limit: Limit, counted: DraftResource): DraftResource | undefined => {
  const owner = limit.owner === '' ? undefined : readSubject(rules, sentence, limit.owner)?.resource;
  if (owner === undefined || linkTo(rules.draft, recordOf(counted), owner) !== undefined) return undefined;
  const joint = rules.draft.resources.filter((resource) => refersTo(resource, owner) && refersTo(resource, counted));
  return joint.length === 1 ? joint[0] : undefined;
};

const ownerOf = (
  rules: Rules,
  sentence: Sentence,
  child: DraftResource,
  text: string,
): { readonly entity: Entity; readonly conditions: readonly Expression[] } | undefined => {
  if (text === '') return undefined;
  const subject = readSubject(rules, sentence, text);
  if (subject === undefined || subject.resource.name === child.name) return undefined;
  const entity = linkTo(rules.draft, recordOf(child), subject.resource);
  const conditions = entity === undefined ? undefined : subjectConditions(rules, subject, entity, child);
  return entity === undefined || conditions === undefined ? undefined : { entity, conditions };
};

const most = (rules: Rules, text: string, child: DraftResource, owner: Entity | undefined): Expression | undefined => {
  const bare = withoutArticles(text.trim());
  const number = readNumber(bare.replace(/^a /, ''));
  if (number !== undefined) return literal(number);
  const record = recordOf(child);
  const frame = owner === undefined ? frameFor(record) : { self: owner, it: owner, depth: 0 };
  const value =
    rules.phrases.field(text, frame)?.expression ??
    rules.phrases.field(text, frameFor(record, owner ?? record))?.expression;
  if (value !== undefined || owner === undefined) return value;
  const named = /^(.+?) (?:of|that|which|allows?|has|have|the) .*$/.exec(bare)?.[1];
  return named === undefined ? undefined : rules.phrases.field(named, frame)?.expression;
};

const NAMES_FOR_PLACE: readonly string[] = [
  'capacity',
  'seats',
  'places',
  'spots',
  'maximum participants',
  'max participants',
  'limit',
  'size',
];

/** `leases per year` counts leases, each year on its own. */
const countedParts = (limit: Limit): { readonly countedText: string; readonly perText: string | undefined } => {
  const text = (POSSESSED.exec(limit.counted)?.[1] ?? limit.counted).replace(/ than .*$/, '');
  const per = /^(.+?) (?:per|each|in the same|on the same|in one|on one) ([a-z ]+)$/.exec(text);
  return { countedText: per?.[1] ?? text, perText: per?.[2] };
};

const apply = (rules: Rules, sentence: Sentence, limit: Limit): boolean => {
  const { countedText, perText } = countedParts(limit);
  const noun = rules.phrases.noun(countedText, { depth: 0 });
  if (noun === undefined) return false;
  const child = joining(rules, sentence, limit, noun.resource) ?? noun.resource;
  if (child !== noun.resource && noun.conditions.length > 0) return false;
  const countedWords = child === noun.resource ? countedText : child.words.join(' ');
  const owner = ownerOf(rules, sentence, child, limit.owner);
  const scope =
    owner === undefined && limit.owner !== '' ? findField(child, withoutArticles(limit.owner).split(' ')) : undefined;
  if (owner === undefined && limit.owner !== '' && scope === undefined) return false;
  const per = perText === undefined ? undefined : findField(child, perText.split(' '));
  if (perText !== undefined && per === undefined) return false;
  const record = recordOf(child);
  const mine = rules.phrases.noun(countedWords, frameFor(record), () => record);
  const others = rules.phrases.noun(countedWords, frameFor(record), (resource) =>
    resource.name === child.name ? itemOf(child) : { resource, of: 'item', path: [] },
  );
  const bound =
    most(rules, limit.most, child, owner?.entity) ??
    (owner !== undefined && /^(?:its|the|their) (?:capacity|size|limit)$/.test(limit.most)
      ? place(owner.entity)
      : undefined);
  if (mine === undefined || others === undefined || bound === undefined) return false;
  const item = itemOf(child);
  const link = owner === undefined ? undefined : linkTo(rules.draft, item, owner.entity.resource);
  const where = allOf([
    ...(link === undefined || owner === undefined ? [] : [equal(idOf(link), idOf(owner.entity))]),
    ...(per === undefined ? [] : [equal(fieldOf(item, per.name), fieldOf(record, per.name))]),
    ...(scope === undefined ? [] : [equal(fieldOf(item, scope.name), fieldOf(record, scope.name))]),
    ...others.conditions,
    different(fieldOf(item, 'id'), fieldOf(record, 'id')),
  ]);
  const tooMany =
    limit.summed === undefined
      ? binary('>=', countOf(child.name, where), bound)
      : summed(rules, limit.summed, child, where, bound);
  if (tooMany === undefined) return false;
  const when = allOf([...mine.conditions, ...(owner?.conditions ?? []), tooMany]) ?? tooMany;
  return forbid(rules, sentence, {
    resource: child,
    on: ['create', 'update'],
    when,
    status: 409,
    ...(owner === undefined ? {} : { field: owner.entity.path[0] }),
  });
};

const place = (owner: Entity): Expression | undefined => {
  const field = owner.resource.fields.find((candidate) => NAMES_FOR_PLACE.includes(candidate.words.join(' ')));
  return field === undefined ? undefined : fieldOf(owner, field.name);
};

const summed = (
  rules: Rules,
  text: string,
  child: DraftResource,
  where: Expression | undefined,
  bound: Expression,
): Expression | undefined => {
  const item = itemOf(child);
  const value = rules.phrases.field(text, { self: item, it: item, depth: 0 })?.expression;
  const own = rules.phrases.field(text, frameFor(recordOf(child)))?.expression;
  if (value === undefined || own === undefined) return undefined;
  const total: Expression = {
    kind: 'aggregate',
    function: 'sum',
    resource: child.name,
    value,
    ...(where === undefined ? {} : { where }),
  };
  return binary('>', binary('+', total, own), bound);
};

/** `no more than 3 people can be on a waiting list` and such need the count first: brought to the common order. */
const reorder = (text: string): string => {
  const quantity = readComparison(text);
  if (quantity === undefined || quantity.operator !== '<=') return text;
  return `at most ${quantity.rest}`;
};

/** Reads the sentence as a limit; false when it is none or is not understood. */
export const readLimit = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text).replace(
    /^(?:a|an|each|every|the|any) (?=.* (?:can|may|must|cannot) )/,
    '',
  );
  for (const candidate of new Set([text, reorder(text), sentence.text])) {
    for (const [pattern, read] of patterns) {
      const match = pattern.exec(candidate);
      if (match !== null && apply(rules, sentence, read(match))) return true;
    }
  }
  return false;
};

/** Whether a record of the child refers to the parent at all. */
const refersTo = (child: DraftResource, parent: DraftResource): boolean =>
  referenceFields(child).some((field) => field.reference?.resource === parent.name);

/**
 * What an adjective says of a record. "Open" may be a status, a yes/no field, an empty return date, or a derived
 * condition; which one it is follows from the fields that the specification declares.
 */

import type { Expression } from '../../app-model.ts';
import type { DraftField, DraftResource, Entity } from '../draft/draft.ts';
import { fieldOf, idOf, itemOf, newField } from '../draft/draft.ts';
import {
  binary,
  both,
  countOf,
  different,
  equal,
  exists,
  isMissing,
  isPresent,
  literal,
  negate,
} from '../draft/expressions.ts';
import { camelCase, wordsOf } from '../lexicon/names.ts';
import { stem, verbMakesNoun } from '../lexicon/stems.ts';
import type { Frame, Phrases } from './context.ts';
import { findEnumState, linkTo, referenceFields, statusField } from './vocabulary.ts';

const ENDED = new Set(
  [
    'closed',
    'done',
    'finished',
    'ended',
    'completed',
    'complete',
    'returned',
    'cancelled',
    'canceled',
    'resolved',
    'rejected',
    'declined',
    'paid',
    'delivered',
    'archived',
    'checked out',
    'refunded',
    'void',
    'voided',
    'expired',
    'withdrawn',
    'solved',
    'fixed',
    'won',
    'lost',
    'inactive',
    'no show',
    'departed',
    'deleted',
    'abandoned',
  ].map((word) => word.split(' ').map(stem).join(' ')),
);
const ONGOING =
  /^(?:open|active|outstanding|current|unfinished|ongoing|running|pending|live|unreturned|incomplete|unresolved|in use|not finished|uncompleted|existing|valid|upcoming or running)$/;
const OCCUPIED =
  /^(?:on loan|borrowed|lent|lent out|loaned|loaned out|out on loan|checked out|out|rented|rented out|hired|booked|reserved|occupied|taken|in use|busy|unavailable|on hire|on rent|parked)$/;
const FREE = /^(?:available|free|unoccupied|vacant|on the shelf|in stock|borrowable)$/;

const stems = (text: string): string => text.split(' ').map(stem).join(' ');

const isTemporal = (field: DraftField): boolean => field.type === 'date' || field.type === 'datetime';

const currentMoment = (field: DraftField): Expression => (field.type === 'date' ? { kind: 'today' } : { kind: 'now' });

const booleanState = (entity: Entity, words: string): Expression | undefined => {
  const wanted = stems(words);
  for (const field of entity.resource.fields) {
    if (field.type !== 'boolean') continue;
    const own = field.words
      .filter((word, index) => !(index === 0 && /^(?:is|has|was|be)$/.test(word)) && !(index > 0 && word === 'flag'))
      .join(' ');
    if (own === words || stems(own) === wanted) return equal(fieldOf(entity, field.name), literal(true));
  }
  return undefined;
};

/** `closes at` and `starts at` tell when something will be, not that it was. */
const isScheduled = (field: DraftField): boolean =>
  /^(?:closes|opens|starts|ends|begins|expires|finishes|runs|takes|leaves|arrives)$/.test(field.words[0] ?? '');

const stampState = (entity: Entity, words: string): Expression | undefined => {
  const wanted = stems(words);
  const field = entity.resource.fields.find((candidate) => {
    if (!isTemporal(candidate) || candidate.required === true || isScheduled(candidate)) return false;
    const core = candidate.words.filter((word) => !/^(?:date|time|at|on|the|of|day|timestamp|datetime)$/.test(word));
    return core.length > 0 && stems(core.join(' ')) === wanted;
  });
  return field === undefined ? undefined : isPresent(fieldOf(entity, field.name));
};

const referenceState = (entity: Entity, words: string): Expression | undefined => {
  const wanted = stem(words);
  const field = referenceFields(entity.resource).find(
    (candidate) => candidate.required !== true && candidate.words.some((word) => stem(word) === wanted),
  );
  if (field !== undefined) return isPresent(fieldOf(entity, field.name));
  const plain = entity.resource.fields.find(
    (candidate) =>
      candidate.type === 'string' &&
      candidate.required !== true &&
      stem(candidate.words.join(' ')) === wanted &&
      wanted === 'assign',
  );
  return plain === undefined ? undefined : isPresent(fieldOf(entity, plain.name));
};

const endStamp = (resource: DraftResource): DraftField | undefined =>
  resource.fields.find((field) => {
    if (!isTemporal(field) || field.required === true || field.computed !== undefined) return false;
    // A planned end ("end time") says nothing about being over, unless it may be left empty.
    const planned =
      field.required === undefined &&
      field.words.some((word) => /^(?:end|ends|finish|departure|checkout|out|until)$/.test(word));
    const over = (word: string): boolean =>
      ENDED.has(stem(word)) ||
      /^(?:end|exit|finish|stop|left|departure|checkout|return|clos|complet|resolv|cancel|archiv)/.test(word);
    return !planned && !isScheduled(field) && field.words.some(over);
  });

/** A record that has not come to its end: by an end date that is empty, or by a status that is not final. */
export const ongoing = (entity: Entity): Expression | undefined => {
  const status = statusField(entity.resource);
  if (status !== undefined) {
    const final = (status.values ?? []).filter((value) => ENDED.has(stems(wordsOf(value).join(' '))));
    if (final.length > 0) return negate({ kind: 'one_of', operand: fieldOf(entity, status.name), values: final });
  }
  const stamp = endStamp(entity.resource);
  if (stamp !== undefined) return isMissing(fieldOf(entity, stamp.name));
  const flag = entity.resource.fields.find(
    (field) => field.type === 'boolean' && field.words.some((word) => ENDED.has(stem(word))),
  );
  return flag === undefined ? undefined : different(fieldOf(entity, flag.name), literal(true));
};

const deadline = (resource: DraftResource): DraftField | undefined =>
  resource.fields.find((field) => isTemporal(field) && field.words.some((word) => /^(?:due|deadline)$/.test(word)));

const timeState = (entity: Entity, words: string): Expression | undefined => {
  const due = deadline(entity.resource);
  if (/^(?:overdue|late|past due)$/.test(words) && due !== undefined) {
    const passed = binary('<', fieldOf(entity, due.name), currentMoment(due));
    const running = ongoing(entity);
    return running === undefined ? passed : both(passed, running);
  }
  const expiry = entity.resource.fields.find(
    (field) => isTemporal(field) && field.words.some((word) => /^(?:expir|until|valid|ends?$|end$|best$)/.test(word)),
  );
  if (words === 'expired' && expiry !== undefined)
    return binary('<', fieldOf(entity, expiry.name), currentMoment(expiry));
  const moments = entity.resource.fields.filter((field) => isTemporal(field) && field.readOnly !== true);
  const start =
    moments.find((field) =>
      field.words.some((word) => /^(?:start|starts|begin|begins|from|date|scheduled|when)$/.test(word)),
    ) ?? (moments.length === 1 ? moments[0] : undefined);
  const end = moments.find((field) => field.words.some((word) => /^(?:end|ends|until|to|finish)$/.test(word))) ?? start;
  if (/^(?:in the past|past|over|elapsed|passed)$/.test(words) && end !== undefined)
    return binary('<', fieldOf(entity, end.name), currentMoment(end));
  if (/^(?:in the future|future|upcoming|coming|planned for the future)$/.test(words) && start !== undefined)
    return binary('>', fieldOf(entity, start.name), currentMoment(start));
  if (/^(?:started|underway|begun|under way)$/.test(words) && start !== undefined)
    return binary('<=', fieldOf(entity, start.name), currentMoment(start));
  if (/^(?:ended|finished)$/.test(words) && end !== undefined)
    return binary('<', fieldOf(entity, end.name), currentMoment(end));
  if (/^(?:today|due today)$/.test(words)) {
    const day = due ?? start;
    return day?.type === 'date' ? equal(fieldOf(entity, day.name), { kind: 'today' }) : undefined;
  }
  return undefined;
};

/** Resources whose records occupy or use a record of this one, most telling first. */
const occupiers = (phrases: Phrases, resource: DraftResource, words: string): readonly DraftResource[] => {
  const children = phrases.draft.resources.filter((child) =>
    referenceFields(child).some((field) => field.reference?.resource === resource.name),
  );
  const named = children.filter(
    (child) =>
      words.endsWith(child.words.join(' ')) ||
      verbMakesNoun(words, child.words) ||
      verbMakesNoun(words.replace(/ out$/, ''), child.words),
  );
  if (named.length > 0) return named;
  return children.filter((child) => ongoing(itemOf(child)) !== undefined);
};

const occupation = (phrases: Phrases, entity: Entity, words: string, frame: Frame): Expression | undefined => {
  const [child, ...others] = occupiers(phrases, entity.resource, words);
  if (child === undefined || (others.length > 0 && FREE.test(words))) return undefined;
  const item = itemOf(child);
  const running = ongoing(item);
  if (running === undefined) return undefined;
  const link = linkTo(phrases.draft, item, entity.resource);
  if (link === undefined) return undefined;
  let where = both(equal(idOf(link), idOf(entity)), running);
  const outer = frame.self;
  if (outer !== undefined && outer.resource.name === child.name && outer.of === 'record') {
    where = both(where, different(idOf(item), { kind: 'field', of: 'record', path: ['id'] }));
  }
  const copies = entity.resource.fields.find(
    (field) =>
      field.type === 'integer' &&
      /(?:^| )(?:copies|quantity|stock|capacity|units|spots|seats)$/.test(field.words.join(' ')),
  );
  if (copies !== undefined) return binary('>=', countOf(child.name, where), fieldOf(entity, copies.name));
  return exists(child.name, where);
};

const relational = (phrases: Phrases, entity: Entity, words: string, frame: Frame): Expression | undefined => {
  const free = FREE.test(words);
  if (!free && !OCCUPIED.test(words)) return undefined;
  if (free) {
    const stock = entity.resource.fields.find(
      (field) =>
        /^(?:available(?: .*)?|stock|spots left|.* (?:left|available|remaining))$/.test(field.words.join(' ')) &&
        (field.type === 'integer' || field.type === 'number'),
    );
    if (stock !== undefined) return binary('>', fieldOf(entity, stock.name), literal(0));
  }
  if (entity.of === 'item') {
    const lifted = liftState(phrases, entity, free ? words : words, (record) => {
      const taken = occupation(phrases, record, words, { depth: frame.depth });
      return taken !== undefined && free ? negate(taken) : taken;
    });
    return lifted;
  }
  const taken = occupation(phrases, entity, words, frame);
  return taken !== undefined && free ? negate(taken) : taken;
};

/**
 * A condition that needs an aggregate cannot be asked of an item inside another aggregate, so it becomes a computed
 * field of the item's resource, which then is asked for.
 */
const liftState = (
  phrases: Phrases,
  entity: Entity,
  words: string,
  predicate: (record: Entity) => Expression | undefined,
): Expression | undefined => {
  const owner = phrases.draft.resources.find((resource) => resource.name === entity.resource.name);
  const name = camelCase(wordsOf(words).slice(0, 8));
  if (owner === undefined || name === '') return undefined;
  const existing = owner.fields.find((field) => field.name === name);
  if (existing === undefined) {
    const computed = predicate({ resource: owner, of: 'record', path: [] });
    if (computed === undefined) return undefined;
    const field = newField(wordsOf(words).slice(0, 8), owner.source, owner.line);
    owner.fields.push({ ...field, type: 'boolean', computed, readOnly: true, required: false });
  } else if (existing.computed === undefined) return undefined;
  return equal(fieldOf(entity, name), literal(true));
};

const plainState = (phrases: Phrases, words: string, entity: Entity, frame: Frame): Expression | undefined => {
  const named = phrases.draft.states.find(
    (state) =>
      state.resource === entity.resource.name && (state.words === words || stems(state.words) === stems(words)),
  );
  if (named !== undefined) return named.predicate(entity);
  const inEnum = findEnumState(entity.resource, words.split(' '));
  if (inEnum !== undefined) return equal(fieldOf(entity, inEnum.field.name), literal(inEnum.value));
  const direct = booleanState(entity, words) ?? stampState(entity, words) ?? timeState(entity, words);
  if (direct !== undefined) return direct;
  const related = relational(phrases, entity, words, frame);
  if (related !== undefined) return related;
  if (ONGOING.test(words)) return ongoing(entity);
  if (ENDED.has(stems(words))) {
    const running = /^(?:closed|ended|finished|done|complete|completed|over)$/.test(words)
      ? ongoing(entity)
      : undefined;
    if (running !== undefined) return negate(running);
  }
  return referenceState(entity, words);
};

const OPPOSITE_WORDS: Readonly<Record<string, string>> = {
  inactive: 'active',
  archived: 'active',
  retired: 'active',
  suspended: 'active',
  deactivated: 'active',
  active: 'inactive',
  disabled: 'enabled',
  enabled: 'disabled',
  unavailable: 'available',
  closed: 'open',
  empty: 'filled',
  incomplete: 'complete',
  optional: 'required',
  private: 'public',
  public: 'private',
  hidden: 'visible',
  visible: 'hidden',
};

/** What the words say of the record; negations (`not`, `un-`, `non-`) included. */
export const readState = (phrases: Phrases, text: string, entity: Entity, frame: Frame): Expression | undefined => {
  const words = text
    .trim()
    .replace(
      /^(?:in (?:the )?(?:status|state|stage)(?: of)? |(?:status|state) |marked (?:as )?|set to |flagged (?:as )?|considered |a |an |being )/,
      '',
    );
  if (words === '' || words.split(' ').length > 6) return undefined;
  const negative = /^(?:not|never|no longer|non) (.+)$/.exec(words);
  if (negative !== null) {
    const positive = readState(phrases, negative[1] ?? '', entity, frame);
    return positive === undefined ? undefined : negate(positive);
  }
  const direct =
    plainState(phrases, words, entity, frame) ??
    (/^in .+/.test(words) ? plainState(phrases, words.slice(3), entity, frame) : undefined);
  if (direct !== undefined) return direct;
  const prefixed = /^(?:un|non|in)([a-z]{3,})$/.exec(words);
  const positive = prefixed === null ? undefined : plainState(phrases, prefixed[1] ?? '', entity, frame);
  if (positive !== undefined) return negate(positive);
  const other = Object.hasOwn(OPPOSITE_WORDS, words) ? OPPOSITE_WORDS[words] : undefined;
  const opposite = other === undefined ? undefined : (booleanState(entity, other) ?? findOpposite(entity, other));
  return opposite === undefined ? undefined : negate(opposite);
};

const findOpposite = (entity: Entity, words: string): Expression | undefined => {
  const inEnum = findEnumState(entity.resource, [words]);
  return inEnum === undefined ? undefined : equal(fieldOf(entity, inEnum.field.name), literal(inEnum.value));
};

/** Finds the resource, field or value that words of a sentence name. */

import type { Draft, DraftField, DraftResource, Entity } from '../draft/draft.ts';
import { singularWords, wordsOf } from '../lexicon/names.ts';
import { singular } from '../lexicon/nouns.ts';
import { stem } from '../lexicon/stems.ts';

const key = (words: readonly string[]): string => words.map(singular).join(' ');

const fullKey = (resource: DraftResource): string => key(resource.words);

/** The resource with this name, or the only one whose name ends or begins with it (`line` for `invoice line`). */
export const findResource = (draft: Draft, words: readonly string[]): DraftResource | undefined => {
  if (words.length === 0) return undefined;
  const wanted = key(words);
  const joined = wanted.replaceAll(' ', '');
  const exact = draft.resources.find(
    (resource) => fullKey(resource) === wanted || fullKey(resource).replaceAll(' ', '') === joined,
  );
  if (exact !== undefined) return exact;
  const partial = draft.resources.filter((resource) => fullKey(resource).endsWith(` ${wanted}`));
  if (partial.length === 1) return partial[0];
  const longer = draft.resources.filter((resource) => wanted.endsWith(` ${fullKey(resource)}`) && words.length === 2);
  return longer.length === 1 && words[0] !== undefined && GENERIC_MODIFIERS.has(words[0]) ? longer[0] : undefined;
};

const GENERIC_MODIFIERS = new Set(['individual', 'single', 'physical', 'library', 'registered', 'existing']);

/** Words that a field's name may have or not without being another field. */
const GENERIC = new Set(
  'date time at on number of in the a day is has by timestamp moment field value name datetime amount utc and to for from'.split(
    ' ',
  ),
);

const coreStems = (words: readonly string[]): string => {
  const core = words.filter((word) => !GENERIC.has(word)).map((word) => stem(singular(word)));
  return core.join(' ');
};

const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  begin: ['start', 'starts'],
  start: ['begin', 'starts', 'from'],
  end: ['ends', 'finish', 'until', 'to'],
  finish: ['end', 'ends'],
  cost: ['price'],
  price: ['cost'],
  birthday: ['birth', 'date of birth', 'birth date'],
  phone: ['telephone', 'phone number', 'telephone number'],
  telephone: ['phone'],
  quantity: ['amount', 'qty'],
  amount: ['quantity'],
  stock: [
    'quantity',
    'stock quantity',
    'stock level',
    'quantity in stock',
    'in stock',
    'quantity on hand',
    'units in stock',
  ],
  text: ['body', 'content', 'message'],
  body: ['text', 'content'],
  score: ['stars', 'rating'],
  stars: ['rating', 'score'],
  seats: ['capacity'],
  capacity: ['seats', 'maximum participants', 'max participants', 'max attendees'],
  date: ['day', 'scheduled for'],
};

const equalWords = (left: readonly string[], right: readonly string[]): boolean => key(left) === key(right);

/** The fields of a resource whose names these words may stand for, best kind of match first. */
const matchFields = (resource: DraftResource, words: readonly string[]): DraftField | undefined => {
  const exact = resource.fields.find(
    (field) =>
      equalWords(field.words, words) || key(field.words).replaceAll(' ', '') === key(words).replaceAll(' ', ''),
  );
  if (exact !== undefined) return exact;
  const core = coreStems(words);
  if (core !== '') {
    const sameCore = resource.fields.filter((field) => coreStems(field.words) === core);
    const [first] = sameCore;
    if (first !== undefined && sameCore.length === 1) return first;
    if (sameCore.length > 1) {
      const dated = words.some((word) => word === 'date' || word === 'time' || word === 'at');
      return sameCore.find((field) => (field.type === 'date' || field.type === 'datetime') === dated) ?? first;
    }
  }
  const own = key(words);
  const withoutOwner = resource.fields.filter((field) => key(field.words) === `${fullKey(resource)} ${own}`);
  if (withoutOwner.length === 1) return withoutOwner[0];
  const last = resource.fields.filter((field) => field.words.length > 1 && key(field.words).endsWith(` ${own}`));
  if (words.length === 1 && last.length === 1 && !GENERIC.has(words[0] ?? '')) return last[0];
  const first = resource.fields.filter((field) => field.words.length > 1 && key(field.words).startsWith(`${own} `));
  return first.length === 1 && !GENERIC.has(words[0] ?? '') ? first[0] : undefined;
};

/** The field that the words name, also over a synonym. */
export const findField = (resource: DraftResource, words: readonly string[]): DraftField | undefined => {
  if (words.length === 0 || words.length > 7) return undefined;
  const direct = matchFields(resource, words);
  if (direct !== undefined) return direct;
  if (words[0] === fullKey(resource) && words.length > 1) {
    const rest = findField(resource, words.slice(1));
    if (rest !== undefined) return rest;
  }
  const core = words.filter((word) => !GENERIC.has(word));
  const alternatives = Object.hasOwn(SYNONYMS, core.join(' ')) ? (SYNONYMS[core.join(' ')] ?? []) : [];
  for (const alternative of alternatives) {
    const found = matchFields(resource, alternative.split(' '));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** `creation date`, `created at`, `last updated`: the stamps that every record has. */
export const findStamp = (words: readonly string[]): 'createdAt' | 'updatedAt' | 'id' | undefined => {
  const text = words.join(' ');
  if (/^(?:creation(?: (?:date|time|order))?|created(?: at| on| date)?|date of creation|date created|age)$/.test(text))
    return 'createdAt';
  if (/^(?:(?:last )?updated?(?: at| on| date| time)?|last (?:change|modified|modification))$/.test(text))
    return 'updatedAt';
  return text === 'id' ? 'id' : undefined;
};

/** The enum value of this field that the words name (`in progress` for `in_progress`, `cancelled` for `canceled`). */
export const findValue = (field: DraftField, words: readonly string[]): string | undefined => {
  const values = field.values ?? [];
  const wanted = words.join(' ');
  const exact = values.find((value) => wordsOf(value).join(' ') === wanted);
  if (exact !== undefined) return exact;
  if (words.length === 0 || wanted === '') return undefined;
  const stems = words.map(stem).join(' ');
  const singularStems = singularWords(words).map(stem).join(' ');
  return values.find((value) => {
    const own = wordsOf(value).map(stem).join(' ');
    return own === stems || own === singularStems;
  });
};

export const enumFields = (resource: DraftResource): readonly DraftField[] =>
  resource.fields.filter((field) => field.type === 'enum');

/** The enum field and value that an adjective names. */
export const findEnumState = (
  resource: DraftResource,
  words: readonly string[],
): { readonly field: DraftField; readonly value: string } | undefined => {
  const fields = [...enumFields(resource)].sort(
    (left, right) => Number(isStatusName(right.words)) - Number(isStatusName(left.words)),
  );
  for (const field of fields) {
    const value = findValue(field, words);
    if (value !== undefined) return { field, value };
  }
  return undefined;
};

export const isStatusName = (words: readonly string[]): boolean =>
  /^(?:status|state|stage|phase|condition)$/.test(words.at(-1) ?? '');

/** The status field of a resource: the enum called so, or its only enum. */
export const statusField = (resource: DraftResource): DraftField | undefined => {
  const fields = enumFields(resource);
  return fields.find((field) => isStatusName(field.words)) ?? undefined;
};

export const referenceFields = (resource: DraftResource): readonly DraftField[] =>
  resource.fields.filter((field) => field.reference !== undefined);

/** All records that can be reached from an entity over at most three references, nearest first. */
const reachable = (draft: Draft, from: Entity): readonly { readonly entity: Entity; readonly by: DraftField }[] => {
  const found: { readonly entity: Entity; readonly by: DraftField }[] = [];
  let ring: readonly Entity[] = [from];
  for (let depth = 0; depth < 3; depth += 1) {
    const next: Entity[] = [];
    for (const entity of ring) {
      for (const field of referenceFields(entity.resource)) {
        const target = draft.resources.find((resource) => resource.name === field.reference?.resource);
        if (target === undefined || found.length > 60) continue;
        const reached: Entity = { resource: target, of: entity.of, path: [...entity.path, field.name] };
        found.push({ entity: reached, by: field });
        next.push(reached);
      }
    }
    ring = next;
  }
  return found;
};

/** The record that a noun speaks of, seen from `from`: itself, or one that it refers to, also by the role's name. */
export const findEntity = (draft: Draft, from: Entity, words: readonly string[]): Entity | undefined => {
  const near = reachable(draft, from);
  const byRole = near.find((candidate) => key(candidate.by.words) === key(words));
  if (byRole !== undefined) return byRole.entity;
  const resource = findResource(draft, words);
  if (resource === undefined) return undefined;
  if (resource.name === from.resource.name) return from;
  return near.find((candidate) => candidate.entity.resource.name === resource.name)?.entity;
};

/** How a record of `child` leads to a record of `parent`. */
export const linkTo = (draft: Draft, child: Entity, parent: DraftResource): Entity | undefined => {
  if (child.resource.name === parent.name) {
    const self = referenceFields(child.resource).find((field) => field.reference?.resource === parent.name);
    return self === undefined ? undefined : { resource: parent, of: child.of, path: [...child.path, self.name] };
  }
  return reachable(draft, child).find((candidate) => candidate.entity.resource.name === parent.name)?.entity;
};

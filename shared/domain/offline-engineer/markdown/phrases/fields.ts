/** Reads a mention of a field: `due date`, `the capacity of the room`, `its project's key`. */

import type { DraftField, Entity } from '../draft/draft.ts';
import { fieldOf } from '../draft/draft.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import type { FieldReference, Frame, Phrases } from './context.ts';
import { isPronoun } from './context.ts';
import { findEntity, findField, findStamp, referenceFields } from './vocabulary.ts';

const refer = (entity: Entity, field: DraftField): FieldReference => ({
  entity,
  field,
  expression: fieldOf(entity, field.name),
});

const stampField = (name: string): DraftField => ({
  name,
  words: [name],
  type: name === 'id' ? 'uuid' : 'datetime',
  required: true,
  readOnly: true,
  description: '',
  source: '',
  line: 0,
});

const inEntity = (entity: Entity, words: readonly string[]): FieldReference | undefined => {
  const field = findField(entity.resource, words);
  if (field !== undefined) return refer(entity, field);
  const stamp = findStamp(words);
  return stamp === undefined ? undefined : refer(entity, stampField(stamp));
};

const inNeighbours = (phrases: Phrases, entity: Entity, words: readonly string[]): FieldReference | undefined => {
  const found: FieldReference[] = [];
  for (const reference of referenceFields(entity.resource)) {
    const target = phrases.draft.resources.find((resource) => resource.name === reference.reference?.resource);
    if (target === undefined) continue;
    const hit = findField(target, words);
    if (hit !== undefined)
      found.push(refer({ resource: target, of: entity.of, path: [...entity.path, reference.name] }, hit));
  }
  return found.length === 1 ? found[0] : undefined;
};

/** The record that a phrase such as `the room`, `it` or `the other booking's room` names. */
export const readOwner = (phrases: Phrases, text: string, frame: Frame): Entity | undefined => {
  const bare = withoutArticles(text);
  if (isPronoun(bare)) return frame.it ?? frame.self;
  if (frame.self === undefined) return undefined;
  const words = bare.split(' ');
  return (
    findEntity(phrases.draft, frame.self, words) ??
    (frame.outer === undefined ? undefined : findEntity(phrases.draft, frame.outer, words))
  );
};

const splitOwner = (text: string): readonly (readonly [owner: string, field: string])[] => {
  const pairs: (readonly [string, string])[] = [];
  const possessive = text.indexOf(" 's ");
  if (possessive > 0) pairs.push([text.slice(0, possessive), text.slice(possessive + 4)]);
  for (const preposition of [' of ', ' in ', ' for ', ' on ']) {
    const at = text.lastIndexOf(preposition);
    if (at > 0) pairs.push([text.slice(at + preposition.length), text.slice(0, at)]);
  }
  const words = withoutArticles(text).split(' ');
  for (let index = Math.min(3, words.length - 1); index >= 1; index -= 1) {
    pairs.push([words.slice(0, index).join(' '), words.slice(index).join(' ')]);
  }
  return pairs;
};

/** Own fields first, then fields of a named record, then the only field of this name one reference away. */
export const readField = (phrases: Phrases, text: string, frame: Frame): FieldReference | undefined => {
  const self = frame.self;
  const home = /^(?:its|their|his|her) /.test(text) ? (frame.it ?? self) : self;
  if (home === undefined || text === '' || text.length > 80) return undefined;
  const words = withoutArticles(text).split(' ');
  if (words.length > 9) return undefined;
  const own = inEntity(home, words);
  if (own !== undefined) return own;
  if (frame.it !== undefined && frame.it !== home) {
    const its = inEntity(frame.it, words);
    if (its !== undefined) return its;
  }
  for (const [ownerText, fieldText] of splitOwner(text)) {
    const owner = readOwner(phrases, ownerText, frame);
    if (owner === undefined) continue;
    const hit = inEntity(owner, withoutArticles(fieldText).split(' '));
    if (hit !== undefined) return hit;
  }
  return inNeighbours(phrases, home, words);
};

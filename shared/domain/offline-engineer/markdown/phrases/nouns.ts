/** Reads a noun phrase that means records: `open loans of the same member`, `books that are on loan`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource, Entity } from '../draft/draft.ts';
import { idOf, itemOf } from '../draft/draft.ts';
import { anyOf, equal } from '../draft/expressions.ts';
import { isArticle } from '../lexicon/normal.ts';
import type { Frame, NounPhrase, Phrases } from './context.ts';
import { DEEPEST_PHRASE, deeper, inside, isPronoun } from './context.ts';
import { findResource, linkTo } from './vocabulary.ts';

interface Modifiers {
  readonly conditions: readonly Expression[];
  readonly linked: boolean;
}

const NONE: Modifiers = { conditions: [], linked: false };

const adjectives = (
  phrases: Phrases,
  text: string,
  entity: Entity,
  frame: Frame,
): readonly Expression[] | undefined => {
  const words = text
    .split(' ')
    .filter(
      (word) =>
        word !== '' &&
        !isArticle(word) &&
        !/^(?:other|another|more|further|additional|different|new|matching|existing)$/.test(word),
    );
  if (words.length === 0) return [];
  if (words.length > 7) return undefined;
  const whole = phrases.state(words.join(' '), entity, frame);
  if (whole !== undefined) return [whole];
  const alternatives = words.join(' ').split(/ (?:or|and) | , (?:or |and )?/);
  if (alternatives.length > 1) {
    const states = alternatives.map((part) => phrases.state(part, entity, frame));
    const known = states.filter((state) => state !== undefined);
    const any = known.length === states.length ? anyOf(known) : undefined;
    return any === undefined ? undefined : [any];
  }
  for (let cut = 1; cut < words.length; cut += 1) {
    const first = phrases.state(words.slice(0, cut).join(' '), entity, frame);
    const second = first === undefined ? undefined : phrases.state(words.slice(cut).join(' '), entity, frame);
    if (first !== undefined && second !== undefined) return [first, second];
  }
  return undefined;
};

const PREPOSITION =
  /^(?:of|for|in|on|at|by|from|to|with|within|under|inside|about|made by|made for|belonging to|assigned to|attached to|placed by|created by|written by|taken by|owned by|per|held by|against|made in|that belongs? to|regarding) /;

/** `of the same room`, `in an archived project`: a tie to the outer record, a condition on the other one, or both. */
const prepositional = (phrases: Phrases, text: string, entity: Entity, frame: Frame): Modifiers | undefined => {
  const preposition = PREPOSITION.exec(text);
  if (preposition === null) return undefined;
  const target = text.slice(preposition[0].length);
  if (isPronoun(target)) return tieTo(phrases, entity, frame.it ?? frame.self);
  const parts = target.split(/ and (?=the |same |for |of |in |on )/);
  const conditions: Expression[] = [];
  let linked = false;
  for (const part of parts) {
    const bare = part.replace(PREPOSITION, '');
    const other = phrases.noun(
      bare,
      deeper({ ...frame, self: entity, it: entity }),
      (resource) => linkTo(phrases.draft, entity, resource) ?? itemOf(resource),
    );
    if (other === undefined) {
      const same = /^(?:the )?(?:same|that|this) /.test(bare) ? sameField(phrases, bare, entity, frame) : undefined;
      if (same === undefined) return undefined;
      conditions.push(same);
      continue;
    }
    if (other.entity.path.length <= entity.path.length) {
      if (other.entity.resource.name !== entity.resource.name) return undefined;
    }
    conditions.push(...other.conditions);
    const tied = tieTo(phrases, entity, frame.outer ?? frame.self, other.resource);
    if (tied !== undefined && entity.of === 'item') {
      conditions.push(...tied.conditions);
      linked = true;
    }
  }
  return { conditions, linked };
};

const sameField = (phrases: Phrases, text: string, entity: Entity, frame: Frame): Expression | undefined => {
  const outer = frame.outer ?? frame.self;
  const name = text.replace(/^(?:the )?(?:same|that|this) /, '');
  const mine = phrases.field(name, { self: entity, it: entity, depth: frame.depth + 1 });
  const theirs =
    outer === undefined ? undefined : phrases.field(name, { self: outer, it: outer, depth: frame.depth + 1 });
  return mine === undefined || theirs === undefined || entity.of !== 'item'
    ? undefined
    : equal(mine.expression, theirs.expression);
};

const tieTo = (
  phrases: Phrases,
  entity: Entity,
  outer: Entity | undefined,
  via?: DraftResource,
): Modifiers | undefined => {
  if (outer === undefined) return undefined;
  const target = via ?? outer.resource;
  const mine = linkTo(phrases.draft, entity, target);
  const theirs = outer.resource.name === target.name ? outer : linkTo(phrases.draft, outer, target);
  if (mine === undefined || theirs === undefined) return undefined;
  return { conditions: [equal(idOf(mine), idOf(theirs))], linked: true };
};

const CLAUSES: readonly (readonly [RegExp, string])[] = [
  [/^(?:, )?(?:that|which|who) /, 'it '],
  [/^(?:, )?whose /, 'its '],
  [/^(?:, )?(?:where|when|while|if|such that|for which) /, ''],
  [/^(?:, )?(?:with|having|that have|which have) /, 'it has '],
  [/^(?:, )?without /, 'it has no '],
  [/^(?:of|in|at) (?:the )?/, 'its '],
];

const byClause = (phrases: Phrases, text: string, entity: Entity, frame: Frame): Modifiers | undefined => {
  for (const [pattern, subject] of CLAUSES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    let rest = text.slice(match[0].length);
    if (subject === 'its ' && !/ (?:is|are|was|has|have|equals|exceeds|lies|contains|does|falls) /.test(rest))
      rest = rest.replace(/^(\S+) /, '$1 is ');
    const condition = phrases.condition(`${subject}${rest}`, inside(frame, entity));
    if (condition !== undefined) return { conditions: [condition], linked: false };
  }
  return undefined;
};

const afterNoun = (phrases: Phrases, raw: string, entity: Entity, frame: Frame): Modifiers | undefined => {
  const text = raw
    .trim()
    .replace(/^, /, '')
    .replace(/ (?:exist|exists|at all)$/, '')
    .replace(/^(?:exist|exists|at all)$/, '');
  if (text === '') return NONE;
  const tied = prepositional(phrases, text, entity, frame) ?? byClause(phrases, text, entity, frame);
  if (tied !== undefined) return tied;
  const state = phrases.state(text.replace(/^(?:being|currently) /, ''), entity, frame);
  if (state !== undefined) return { conditions: [state], linked: false };
  const condition = phrases.condition(`it is ${text}`, inside(frame, entity));
  if (condition !== undefined) return { conditions: [condition], linked: false };
  return twoModifiers(phrases, text, entity, frame);
};

const twoModifiers = (phrases: Phrases, text: string, entity: Entity, frame: Frame): Modifiers | undefined => {
  const boundary =
    / (?=(?:that|which|who|whose|where|with|without|of|for|in|on|by|from|at|per|assigned to|belonging to) )/g;
  for (const match of text.matchAll(boundary)) {
    const first = afterNoun(phrases, text.slice(0, match.index), entity, deeper(frame));
    if (first === undefined || frame.depth > DEEPEST_PHRASE) continue;
    const second = afterNoun(phrases, text.slice(match.index + 1), entity, deeper(frame));
    if (second !== undefined)
      return { conditions: [...first.conditions, ...second.conditions], linked: first.linked || second.linked };
  }
  return undefined;
};

/** The records that the phrase means; `as` says which record stands for them (an item of a list by default). */
export const readNoun = (
  phrases: Phrases,
  text: string,
  frame: Frame,
  as: (resource: DraftResource) => Entity = itemOf,
): NounPhrase | undefined => {
  if (frame.depth > DEEPEST_PHRASE || text.length > 300) return undefined;
  const words = text.trim().split(' ');
  for (let start = 0; start < Math.min(words.length, 8); start += 1) {
    if (isArticle(words[start] ?? '')) continue;
    for (let end = Math.min(words.length, start + 3); end > start; end -= 1) {
      const resource = findResource(phrases.draft, words.slice(start, end));
      if (resource === undefined) continue;
      const entity = as(resource);
      const before = adjectives(phrases, words.slice(0, start).join(' '), entity, frame);
      const after =
        before === undefined ? undefined : afterNoun(phrases, words.slice(end).join(' '), entity, deeper(frame));
      if (before === undefined || after === undefined) continue;
      return {
        resource,
        entity,
        conditions: [...before, ...after.conditions],
        other: words.slice(0, start).some((word) => /^(?:other|another|different)$/.test(word)),
        linked: after.linked,
      };
    }
  }
  return undefined;
};

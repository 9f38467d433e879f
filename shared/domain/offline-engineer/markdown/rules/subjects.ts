/** What a rule is about: records of a resource that the words narrow, or a field of them. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource, Entity } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import { negate } from '../draft/expressions.ts';
import { singularWords } from '../lexicon/names.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import type { FieldReference } from '../phrases/context.ts';
import { findEnumState, findResource } from '../phrases/vocabulary.ts';
import type { Surrounded } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { frameFor, frameOf } from './context.ts';

/** A subject: records of a resource, with what restricts which of them are meant. */
export interface Subject {
  readonly resource: DraftResource;
  readonly text: string;
}

/** The resource that the subject is about, when it is one. */
export const readSubject = (rules: Rules, sentence: Sentence, text: string): Subject | undefined => {
  const bare = withoutArticles(text.replace(/^(?:no|any|none of the|nobody 's|anyone 's) /, ''));
  if (/^(?:it|they|this|these|them|such a one)$/.test(bare) && sentence.about !== undefined)
    return { resource: sentence.about, text: sentence.about.words.join(' ') };
  const noun = rules.phrases.noun(bare, { depth: 0 }, recordOf) ?? undefined;
  if (noun !== undefined) return { resource: noun.resource, text: bare };
  for (const words of [
    bare.split(' ').slice(0, 2),
    bare.split(' ').slice(0, 1),
    bare.split(' ').slice(-1),
    bare.split(' ').slice(1, 2),
    bare.split(' ').slice(1, 3),
  ]) {
    const resource = findResource(rules.draft, words);
    if (resource !== undefined) return { resource, text: bare };
  }
  return byValue(rules, sentence, bare);
};

/** `drafts` are the records whose status is draft. */
const byValue = (rules: Rules, sentence: Sentence, text: string): Subject | undefined => {
  if (text.split(' ').length > 2) return undefined;
  const candidates = [...(sentence.about === undefined ? [] : [sentence.about]), ...rules.draft.resources];
  const resource = candidates.find(
    (candidate) => findEnumState(candidate, singularWords(text.split(' '))) !== undefined,
  );
  return resource === undefined
    ? undefined
    : { resource, text: `${singularWords(text.split(' ')).join(' ')} ${resource.words.join(' ')}` };
};

/** What the subject's adjectives and clauses say of the record; undefined when they are not understood. */
export const subjectConditions = (
  rules: Rules,
  subject: Subject,
  entity: Entity,
  record: DraftResource,
): readonly Expression[] | undefined => {
  const noun = rules.phrases.noun(subject.text, frameFor(recordOf(record), entity), () => entity);
  return noun?.resource.name === subject.resource.name ? noun.conditions : undefined;
};

interface QualifiedField {
  readonly home: DraftResource;
  readonly field: FieldReference;
  readonly conditions: readonly Expression[];
}

/** `the quantity of an out movement`: a field of records that the phrase narrows. */
export const qualifiedField = (rules: Rules, text: string): QualifiedField | undefined => {
  const match = /^(.+?) (?:of|for|in|on) (.+)$/.exec(text) ?? swap(/^(.+?) 's (.+)$/.exec(text));
  if (match === null) return undefined;
  const noun = rules.phrases.noun(withoutArticles(match[2] ?? ''), { depth: 0 }, recordOf);
  if (noun === undefined || noun.conditions.length === 0) return undefined;
  const field = rules.phrases.field(match[1] ?? '', frameOf(noun.resource));
  return field === undefined ? undefined : { home: noun.resource, field, conditions: noun.conditions };
};

const swap = (match: RegExpExecArray | null): readonly string[] | null =>
  match === null ? null : [match[0], match[2] ?? '', match[1] ?? ''];

/** The same, those first that have the named field themselves; none when the words name records, not a field. */
export const fieldHomes = (rules: Rules, sentence: Sentence, text: string): readonly DraftResource[] => {
  const found = homes(rules, sentence, text);
  const words = text.split(' ');
  if (saysWhichRecords(rules, text)) return [];
  if (
    words.length > 1 &&
    !/ (?:of|for|in|on) | 's /.test(text) &&
    findResource(rules.draft, words.slice(-1)) !== undefined &&
    !found.some((home) => home.fields.some((field) => field.words.join(' ') === text))
  )
    return [];
  const distance = (home: DraftResource): number => rules.phrases.field(text, frameOf(home))?.entity.path.length ?? 9;
  return [...found]
    .map((home) => ({ home, distance: distance(home) }))
    .sort((left, right) => left.distance - right.distance)
    .map(({ home }) => home);
};

/** `orders shipped` are records although they read like the field `shipped at` of an order. */
const saysWhichRecords = (rules: Rules, text: string): boolean => {
  const noun = rules.phrases.noun(withoutArticles(text), { depth: 0 }, recordOf);
  return (
    noun !== undefined &&
    noun.conditions.length > 0 &&
    text.startsWith(`${noun.resource.pluralWords.join(' ')} `) &&
    !/ (?:of|for|in|on) | 's /.test(text)
  );
};

/** Resources that the sentence may be about, the likeliest first. */
export const homes = (rules: Rules, sentence: Sentence, text: string): readonly DraftResource[] => {
  const named: DraftResource[] = [];
  const words = text.split(' ');
  words.forEach((_word, index) => {
    for (const length of [3, 2, 1]) {
      const resource = findResource(rules.draft, words.slice(index, index + length));
      if (resource !== undefined && index + length <= words.length) named.push(resource);
    }
  });
  const about = sentence.about === undefined ? [] : [sentence.about];
  const others = named.length > 0 ? [] : rules.draft.resources;
  return [
    ...new Set([
      ...(named.length > 0 && !/^(?:its|their|the) /.test(text) ? named : []),
      ...about,
      ...named,
      ...others,
    ]),
  ];
};

/** The condition around the clause, of a record of `home`. */
export const conditionsAround = (
  rules: Rules,
  home: DraftResource,
  surrounded: Surrounded,
): readonly Expression[] | undefined => {
  const condition = rules.phrases.condition(surrounded.condition, frameOf(home));
  return condition === undefined ? undefined : [surrounded.negated ? negate(condition) : condition];
};

/** Sentences that are no field definitions, and what is known at the place where they stand. */

import { plainInline } from '../blocks/inline.ts';
import type { Draft, DraftResource } from '../draft/draft.ts';
import { mergeField } from '../draft/draft.ts';
import type { FieldLine } from '../fields/field-line.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import type { SectionKind } from './classify.ts';
import type { Discovery } from './discover.ts';

/** A sentence that is not the definition of a field. */
export interface Statement {
  /** As written. */
  readonly text: string;
  readonly line: number;
  readonly section: SectionKind | undefined;
  /** The resource that the section is about. */
  readonly about?: DraftResource;
  /** Stands as an item of a list or a row of a table. */
  readonly listed: boolean;
  /** What is read instead of the text, when the text leaves its subject out. */
  readonly reading?: string;
}

export interface Place {
  readonly section: SectionKind | undefined;
  readonly about: DraftResource | undefined;
}

export interface Walk {
  readonly draft: Draft;
  readonly discovery: Discovery;
  readonly statements: Statement[];
  /** The resource that the last sentence with a subject spoke of. */
  topic: DraftResource | undefined;
}

export const state = (
  walk: Walk,
  place: Place,
  text: string,
  line: number,
  listed: boolean,
  reading?: string,
): void => {
  if (text.trim() === '') return;
  const about = place.about ?? walk.topic;
  walk.statements.push({
    text: text.trim(),
    line,
    section: place.section,
    listed,
    ...(about === undefined ? {} : { about }),
    ...(reading === undefined ? {} : { reading }),
  });
};

const FORCE =
  /\b(?:must|cannot|never|only|unique|no two|not (?:be )?(?:after|before|in the|above|below|more|less|zero|equal|the same|larger|smaller|longer)|at least|at most|unless|computed|sum of|number of|(?:after|before) (?:the|its)|larger|smaller|same|when|if)\b/;

export const addField = (walk: Walk, place: Place, owner: DraftResource, found: FieldLine): void => {
  const field = mergeField(owner, found.field);
  for (const piece of found.left) {
    const text = normalise(piece);
    if (!FORCE.test(text) || /^(?:e g|for example|such as|see )/.test(text)) continue;
    const subject = `the ${field.words.join(' ')} of the ${owner.words.join(' ')}`;
    const reading = /^(?:is|are|must|cannot|may|can|will|has|defaults|never) /.test(text)
      ? `${subject} ${text}`
      : `${subject} must be ${text}`;
    state(walk, { ...place, section: 'rules', about: owner }, piece, field.line, true, reading);
  }
};

export const subjectResources = (walk: Walk, place: Place, subject: string): readonly DraftResource[] => {
  const bare = plainInline(subject).replace(/`/g, '').trim();
  if (/^(?:it|they|each|each one|every one|this|these|all of them|every entry)$/i.test(bare)) {
    const topic = walk.topic ?? place.about;
    return topic === undefined ? [] : [topic];
  }
  const words = (text: string): readonly string[] =>
    wordsOf(text.replace(/^(?:(?:a|an|each|every|the|all|our|any|one)\s+)+/i, ''));
  return bare
    .split(/ and |, /)
    .map((part) => findExact(walk.draft, words(part)))
    .filter((resource) => resource !== undefined);
};

export const findExact = (draft: Draft, words: readonly string[]): DraftResource | undefined => {
  const found = findResource(draft, words);
  return found !== undefined && words.length <= found.words.length ? found : undefined;
};

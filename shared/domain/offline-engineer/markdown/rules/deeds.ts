/** Reads who does what to which records: `a member borrows a book that …`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource, Entity } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { findResource, linkTo } from '../phrases/vocabulary.ts';
import { readRest, readVerbs } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { frameFor } from './context.ts';
import type { Happening } from './happenings.ts';
import { readHappening } from './happenings.ts';
import { readSubject, subjectConditions } from './subjects.ts';

interface ActiveReading {
  readonly happening: Happening;
  readonly conditions: readonly Expression[];
}

/** Ways to read `X verbs Y rest`: Y is what the verb is done to, X may restrict who does it. */
export const activeReadings = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
): readonly ActiveReading[] => {
  const readings: ActiveReading[] = [];
  const subject = /^(?:nobody|no one|no user|i|you|users?|anyone|people|we|one|clients?|anybody|everyone)$/.test(
    subjectText,
  )
    ? undefined
    : readSubject(rules, sentence, subjectText);
  for (const { verbs, rest } of readVerbs(predicate.replace(/^not /, ''))) {
    const [verb = ''] = verbs;
    const objectText = withoutArticles(
      rest
        .replace(/^(?:to|for|in|on|into|at|with|new|more|any|further) /, '')
        .replace(/^(?:new|more|any|further) /, ''),
    );
    const object = objectText === '' ? undefined : nounStart(rules, objectText);
    const target =
      object?.resource ??
      (objectText === '' || subject === undefined ? subject?.resource : undefined) ??
      sentence.about;
    if (target === undefined || verbs.length !== 1) continue;
    const child =
      object === undefined && subject !== undefined ? readHappening(rules.draft, subject.resource, verb) : undefined;
    const happening = child ?? readHappening(rules.draft, target, verb);
    if (happening === undefined) continue;
    const record = recordOf(happening.resource);
    const doer =
      subject === undefined
        ? record
        : subject.resource.name === record.resource.name
          ? record
          : linkTo(rules.draft, record, subject.resource);
    if (doer === undefined) continue;
    const mine = subject === undefined ? [] : subjectConditions(rules, subject, doer, happening.resource);
    const theirs =
      object === undefined
        ? readRest(rules.phrases, /^(?:for|on|with|at|in) /.test(rest) ? rest : objectText, frameFor(record, doer), {
            resource: happening.resource,
            entity: record,
          })
        : objectConditions(rules, object, happening, doer);
    if (mine !== undefined && theirs !== undefined) readings.push({ happening, conditions: [...mine, ...theirs] });
  }
  return readings;
};

interface ObjectStart {
  readonly resource: DraftResource;
  readonly text: string;
}

const nounStart = (rules: Rules, text: string): ObjectStart | undefined => {
  const words = text.split(' ');
  for (let start = 0; start < Math.min(5, words.length); start += 1) {
    for (let end = Math.min(words.length, start + 3); end > start; end -= 1) {
      const resource = findResource(rules.draft, words.slice(start, end));
      if (resource !== undefined) return { resource, text };
    }
  }
  return undefined;
};

const objectConditions = (
  rules: Rules,
  object: ObjectStart,
  happening: Happening,
  doer: Entity,
): readonly Expression[] | undefined => {
  const frame = frameFor(recordOf(happening.resource), doer);
  const noun = rules.phrases.noun(object.text, frame, (resource) =>
    resource.name === object.resource.name ? happening.object : { resource, of: 'item', path: [] },
  );
  if (noun !== undefined && noun.entity === happening.object) return noun.conditions;
  const words = object.text.split(' ');
  for (let cut = words.length - 1; cut >= 1; cut -= 1) {
    const head = rules.phrases.noun(words.slice(0, cut).join(' '), frame, (resource) =>
      resource.name === object.resource.name ? happening.object : { resource, of: 'item', path: [] },
    );
    if (head === undefined || head.entity !== happening.object) continue;
    const rest = readRest(rules.phrases, words.slice(cut).join(' '), frame, {
      resource: happening.resource,
      entity: recordOf(happening.resource),
    });
    if (rest !== undefined) return [...head.conditions, ...rest];
  }
  return undefined;
};

/** Sentences that forbid: `a book with open loans cannot be deleted`, `no issue can be created in an archived project`. */

import { recordOf } from '../draft/draft.ts';
import { allOf } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import type { Surrounded } from './clauses.ts';
import { readVerbs, surroundings, withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { firstField, forbid, frameOf } from './context.ts';
import { activeReadings } from './deeds.ts';
import { fieldCannot, qualifiedCannot } from './field-prohibitions.ts';
import { forbidding } from './forbidding.ts';
import { readHappening } from './happenings.ts';
import { conditionOf, conditionsFor, refuse } from './refusals.ts';
import { conditionsAround, readSubject, subjectConditions } from './subjects.ts';

const passive = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => {
  const subject = readSubject(rules, sentence, subjectText);
  if (subject === undefined) return false;
  for (const { verbs, rest } of readVerbs(predicate)) {
    const happenings = verbs.map((verb) => readHappening(rules.draft, subject.resource, verb));
    if (happenings.some((happening) => happening === undefined)) continue;
    const known = happenings.filter((happening) => happening !== undefined);
    const readings = known.map((happening) => conditionsFor(rules, subject, happening, rest, surrounded));
    if (readings.some((reading) => reading === undefined)) continue;
    return known.map((happening, index) => refuse(rules, sentence, happening, readings[index] ?? [])).every(Boolean);
  }
  return false;
};

/** `a member cannot borrow books that …`, `nobody can reply to a solved ticket`. */
const active = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => {
  for (const reading of activeReadings(rules, sentence, subjectText, predicate)) {
    const around = conditionOf(rules, reading.happening, surrounded);
    if (around === undefined) continue;
    if (refuse(rules, sentence, reading.happening, [...reading.conditions, ...around])) return true;
  }
  return false;
};

/** Reads the sentence as a prohibition; false when it is none or is not understood. */
export const readProhibition = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text);
  const cuts: readonly (Surrounded | undefined)[] = [undefined, ...surroundings(text)];
  for (const surrounded of cuts) {
    const main = surrounded?.main ?? text;
    for (const [subject, predicate] of forbidding(main)) {
      const bare = withoutArticles(subject);
      if (
        fieldCannot(rules, sentence, bare, predicate, surrounded) ||
        qualifiedCannot(rules, sentence, bare, predicate, surrounded)
      )
        return true;
      const isPassive = predicate.startsWith('be ');
      if (isPassive && passive(rules, sentence, subject, predicate.slice(3), surrounded)) return true;
      if (!isPassive && active(rules, sentence, subject, predicate, surrounded)) return true;
      if (isPassive && stateForbidden(rules, sentence, subject, predicate.slice(3), surrounded)) return true;
      if (!isPassive && possessionForbidden(rules, sentence, subject, predicate, surrounded)) return true;
    }
  }
  return false;
};

/** `a closed issue cannot be assigned`, as a state that the record must not be in. */
const stateForbidden = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => invariant(rules, sentence, subjectText, `it is ${predicate}`, surrounded);

const possessionForbidden = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean =>
  /^(?:have|has|exceed|contain|hold|belong|refer|include|equal) /.test(predicate) &&
  invariant(
    rules,
    sentence,
    subjectText,
    `it ${predicate
      .replace(/^(?:hold|contain|include) /, 'has ')
      .replace(/^have /, 'has ')
      .replace(/^belong /, 'belongs ')}`,
    surrounded,
  );

const invariant = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  conditionText: string,
  surrounded: Surrounded | undefined,
): boolean => {
  const subject = readSubject(rules, sentence, subjectText);
  if (subject === undefined) return false;
  const record = recordOf(subject.resource);
  const own = subjectConditions(rules, subject, record, subject.resource);
  const condition = rules.phrases.condition(conditionText, frameOf(subject.resource));
  const around = surrounded === undefined ? [] : conditionsAround(rules, subject.resource, surrounded);
  if (own === undefined || condition === undefined || around === undefined) return false;
  const when = allOf([...own, ...around, condition]) ?? condition;
  return forbid(rules, sentence, {
    resource: subject.resource,
    on: ['create', 'update'],
    when,
    status: 409,
    field: firstField(condition),
  });
};

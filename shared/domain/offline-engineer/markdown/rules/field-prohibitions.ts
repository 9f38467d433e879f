/** What a field may not be: `the birth date cannot be in the future`, `the code cannot be changed`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import { allOf } from '../draft/expressions.ts';
import { fieldPredicate } from '../phrases/predicates.ts';
import type { Surrounded } from './clauses.ts';
import { readRest } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { beforeChange, firstField, forbid, frameOf } from './context.ts';
import { conditionsAround, fieldHomes, qualifiedField } from './subjects.ts';

/** `the number of attendees cannot exceed the capacity`, `the birth date cannot be in the future`. */
export const fieldCannot = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => {
  for (const home of fieldHomes(rules, sentence, subjectText)) {
    const frame = frameOf(home);
    const field = rules.phrases.field(subjectText, frame);
    if (field === undefined) continue;
    const verb = /^be (.+)$/.exec(predicate)?.[1];
    const negative =
      verb === undefined
        ? undefined
        : /^(?:changed|edited|modified|updated|altered|overwritten)(?: (?:later|afterwards|after creation|after it (?:is|was) (?:set|created)|once (?:it is )?set|after (?:it )?being created))?$/.exec(
            verb,
          );
    if ((negative !== null && negative !== undefined) || /^change(?: .*)?$/.test(predicate)) {
      if (field.entity.path.length > 0) continue;
      return fieldFrozen(
        rules,
        sentence,
        home,
        field.field.name,
        surrounded,
        predicate.replace(/^(?:be \w+|change) ?/, ''),
      );
    }
    const said = fieldPredicate(rules.phrases, field, verb === undefined ? predicate : `is ${verb}`, frame);
    const around = surrounded === undefined ? [] : conditionsAround(rules, home, surrounded);
    if (said === undefined || around === undefined) continue;
    return forbid(rules, sentence, {
      resource: home,
      on: ['create', 'update'],
      when: allOf([...around, said]) ?? said,
      status: 422,
      field: firstField(field.expression),
    });
  }
  return false;
};

export const qualifiedCannot = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => {
  const qualified = qualifiedField(rules, subjectText);
  if (qualified === undefined) return false;
  const { home, field, conditions } = qualified;
  const said = fieldPredicate(rules.phrases, field, predicate.replace(/^be /, 'is '), frameOf(home));
  const around = surrounded === undefined ? [] : conditionsAround(rules, home, surrounded);
  if (said === undefined || around === undefined) return false;
  return forbid(rules, sentence, {
    resource: home,
    on: ['create', 'update'],
    when: allOf([...conditions, ...around, said]) ?? said,
    status: 422,
    field: firstField(field.expression),
  });
};

const fieldFrozen = (
  rules: Rules,
  sentence: Sentence,
  home: DraftResource,
  name: string,
  surrounded: Surrounded | undefined,
  rest: string,
): boolean => {
  const field = home.fields.find((candidate) => candidate.name === name);
  const around = surrounded === undefined ? [] : conditionsAround(rules, home, surrounded);
  const tail = readRest(
    rules.phrases,
    /^(?:later|afterwards|after creation|once .* (?:exists?|created))$/.test(rest) ? '' : rest,
    frameOf(home),
    { resource: home, entity: recordOf(home) },
  );
  if (field === undefined || around === undefined || tail === undefined) return false;
  const condition = allOf([...around, ...tail]);
  if (condition === undefined) {
    field.immutable = true;
    return true;
  }
  const changed: Expression = {
    kind: 'binary',
    operator: '!=',
    left: { kind: 'field', of: 'record', path: [name] },
    right: { kind: 'field', of: 'previous', path: [name] },
  };
  return forbid(rules, sentence, {
    resource: home,
    on: ['update'],
    when: allOf([changed, beforeChange(condition)]) ?? changed,
    status: 409,
    field: name,
  });
};

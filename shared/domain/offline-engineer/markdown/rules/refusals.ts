/** Turns a happening and its conditions into refusals. */

import type { Expression } from '../../app-model.ts';
import { recordOf } from '../draft/draft.ts';
import { allOf, negate } from '../draft/expressions.ts';
import type { Surrounded } from './clauses.ts';
import { readRest } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { beforeChange, firstField, forbid, frameFor, frameOf } from './context.ts';
import type { Happening } from './happenings.ts';
import type { Subject } from './subjects.ts';
import { subjectConditions } from './subjects.ts';

export const conditionOf = (
  rules: Rules,
  happening: Happening,
  surrounded: Surrounded | undefined,
): readonly Expression[] | undefined => {
  if (surrounded === undefined) return [];
  const frame = frameFor(recordOf(happening.resource), happening.object);
  const condition =
    rules.phrases.condition(surrounded.condition, frame) ??
    rules.phrases.condition(surrounded.condition, frameOf(happening.resource));
  return condition === undefined ? undefined : [surrounded.negated ? negate(condition) : condition];
};

/**
 * Refuses the happening when all conditions hold (or, for `only`, when they do not). Changes of an existing record are
 * judged by what it was before.
 */
export const refuse = (
  rules: Rules,
  sentence: Sentence,
  happening: Happening,
  conditions: readonly Expression[],
  unless = false,
): boolean => {
  const all = allOf(conditions);
  if (all === undefined) return unless ? false : withoutCondition(rules, sentence, happening);
  const condition = unless ? negate(all) : all;
  const isMove = happening.enters !== undefined || happening.guard !== undefined;
  const parts = { resource: happening.resource, status: 409 as const };
  if (isMove) {
    const when =
      allOf([...(happening.guard === undefined ? [] : [happening.guard]), beforeChange(condition)]) ?? condition;
    return forbid(rules, sentence, { ...parts, on: happening.on, when, field: happening.enters?.field.name });
  }
  if (happening.byHand !== undefined) {
    const when = allOf([happening.byHand, beforeChange(condition)]) ?? condition;
    if (!sameField(happening.byHand, condition)) forbid(rules, sentence, { ...parts, on: ['create', 'update'], when });
  }
  const early = happening.on.filter((occasion) => occasion === 'create' || occasion === 'delete');
  const late = happening.on.filter((occasion) => occasion !== 'create' && occasion !== 'delete');
  if (early.length > 0)
    forbid(rules, sentence, {
      ...parts,
      on: early,
      when: condition,
      field: early.includes('create') ? firstField(condition) : undefined,
    });
  if (late.length > 0) forbid(rules, sentence, { ...parts, on: late, when: beforeChange(condition) });
  return true;
};

/** Whether the condition speaks of the very field that the change enters. */
const sameField = (guard: Expression, condition: Expression): boolean => {
  const name = firstField(guard);
  return name !== undefined && JSON.stringify(condition).includes(`"${name}"`);
};

const withoutCondition = (rules: Rules, sentence: Sentence, happening: Happening): boolean => {
  const { resource } = happening;
  if (happening.enters !== undefined && happening.guard !== undefined) {
    return forbid(rules, sentence, {
      resource,
      on: happening.on,
      when: happening.guard,
      status: 409,
      field: happening.enters.field.name,
    });
  }
  const standard = happening.on.filter(
    (occasion) => occasion === 'create' || occasion === 'update' || occasion === 'delete',
  );
  if (standard.length === 0 || standard.length < happening.on.length || happening.guard !== undefined) return false;
  for (const occasion of standard) if (occasion !== 'create') resource.operations.delete(occasion);
  return !standard.includes('create');
};

/** All conditions of the refusal: of the subject, of what follows the verb, and around the clause. */
export const conditionsFor = (
  rules: Rules,
  subject: Subject,
  happening: Happening,
  rest: string,
  surrounded: Surrounded | undefined,
): readonly Expression[] | undefined => {
  const own = subjectConditions(rules, subject, happening.object, happening.resource);
  const around = conditionOf(rules, happening, surrounded);
  const frame = frameFor(recordOf(happening.resource), happening.object);
  const after =
    readRest(rules.phrases, rest, frame, { resource: happening.resource, entity: recordOf(happening.resource) }) ??
    readRest(rules.phrases, rest, frame, { resource: subject.resource, entity: happening.object });
  return own === undefined || around === undefined || after === undefined ? undefined : [...own, ...around, ...after];
};

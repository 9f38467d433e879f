/** Sentences that allow: `only draft invoices can be sent`, `a sent invoice can be paid or voided`, `bookings can be cancelled`. */

import type { Expression } from '../../app-model.ts';
import { recordOf } from '../draft/draft.ts';
import { allOf, literal } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { readRest, readVerbs, surroundings } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { frameFor } from './context.ts';
import { activeReadings } from './deeds.ts';
import type { Happening } from './happenings.ts';
import { readHappening } from './happenings.ts';
import { ensureAction, ensurePlace } from './implied-actions.ts';
import { conditionsFor, refuse } from './refusals.ts';
import type { Subject } from './subjects.ts';
import { readSubject, subjectConditions } from './subjects.ts';

/** The status values that the conditions speak of and nothing else; undefined when they say more. */
const statusesIn = (conditions: readonly Expression[], field: string): readonly string[] | undefined => {
  const values: string[] = [];
  const isField = (expression: Expression): boolean =>
    expression.kind === 'field' && expression.path.length === 1 && expression.path[0] === field;
  const visit = (expression: Expression): boolean => {
    if (expression.kind === 'binary' && expression.operator === 'or')
      return visit(expression.left) && visit(expression.right);
    if (expression.kind === 'one_of' && isField(expression.operand)) {
      values.push(...expression.values.map(String));
      return true;
    }
    if (
      expression.kind === 'binary' &&
      expression.operator === '==' &&
      isField(expression.left) &&
      expression.right.kind === 'literal' &&
      typeof expression.right.value === 'string'
    ) {
      values.push(expression.right.value);
      return true;
    }
    return false;
  };
  return conditions.length === 1 && conditions.every(visit) ? values : undefined;
};

/** Enters a move when the permission is about statuses alone, a refusal of all else otherwise. */
const permitOnly = (
  rules: Rules,
  sentence: Sentence,
  happening: Happening,
  conditions: readonly Expression[],
): boolean => {
  const statuses = happening.enters === undefined ? undefined : statusesIn(conditions, happening.enters.field.name);
  if (happening.enters !== undefined && statuses !== undefined) {
    rules.moves.push({
      resource: happening.resource.name,
      field: happening.enters.field.name,
      from: statuses,
      to: happening.enters.value,
      source: sentence.source,
    });
    return true;
  }
  return refuse(rules, sentence, happening, conditions, true);
};

const ONLY: readonly RegExp[] = [
  /^only (.+?) (?:can|may|must|should) be (.+)$/,
  /^(.+?) (?:can|may|must) only be (.+)$/,
  /^(.+?) (?:can|may) be (.+ only (?:if|when|while|as long as|for|in|on|to|once|after).+)$/,
  /^(.+?) (?:is|are) only (.+)$/,
];

const ONLY_ACTIVE: readonly RegExp[] = [
  /^only (.+?) (?:can|may|must) (.+)$/,
  /^(.+?) (?:can|may|must) only (.+)$/,
  /^(.+?) (?:can|may) (.+ only (?:if|when|while|as long as|for|in|on|to|once|after).+)$/,
];

const POSSIBLE =
  /^(?:only )?(.+?) (?:is|are) (?:only )?(?:possible|allowed|permitted|accepted) (?:only )?((?:while|if|when|as long as|for|in|on|to|once|after|until|before) .+)$/;

/** Reads the sentence as a permission that excludes all else. */
export const readOnly = (rules: Rules, sentence: Sentence): boolean => {
  const text = sentence.text.replace(/ only (?=(?:if|when|while|as long as|for|in|on|to|once|after) )/, ' ').trim();
  const restricting = text !== sentence.text || /\bonly\b/.test(sentence.text);
  if (!restricting) return false;
  for (const pattern of ONLY) {
    const match = pattern.exec(sentence.text);
    if (
      match !== null &&
      onlyPassive(
        rules,
        sentence,
        match[1] ?? '',
        (match[2] ?? '').replace(/ only (?=(?:if|when|while|as long as|for|in|on|to|once|after) )/, ' '),
      )
    )
      return true;
  }
  const possible = POSSIBLE.exec(text);
  if (possible !== null && onlyPassive(rules, sentence, possible[1] ?? '', `created ${possible[2] ?? ''}`)) return true;
  for (const pattern of ONLY_ACTIVE) {
    const match = pattern.exec(sentence.text);
    if (match === null) continue;
    for (const reading of activeReadings(
      rules,
      sentence,
      match[1] ?? '',
      (match[2] ?? '')
        .replace(/ only (?=(?:if|when|while|as long as|for|in|on|to|once|after) )/, ' ')
        .replace(/^be /, ''),
    )) {
      if (reading.conditions.length > 0 && permitOnly(rules, sentence, reading.happening, reading.conditions))
        return true;
    }
  }
  return false;
};

const onlyPassive = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string): boolean => {
  const subject = readSubject(rules, sentence, subjectText);
  if (subject === undefined) return onlyField(rules, sentence, subjectText, predicate);
  for (const { verbs, rest } of readVerbs(predicate)) {
    const happenings = verbs
      .map((verb) => readHappening(rules.draft, subject.resource, verb))
      .filter((happening) => happening !== undefined);
    if (happenings.length < verbs.length) continue;
    const readings = happenings.map((happening) => onlyConditions(rules, subject, happening, rest));
    if (readings.some((reading) => reading === undefined || reading.length === 0)) continue;
    return happenings
      .map((happening, index) => permitOnly(rules, sentence, happening, readings[index] ?? []))
      .every(Boolean);
  }
  return onlyField(rules, sentence, subjectText, predicate);
};

const onlyConditions = (
  rules: Rules,
  subject: Subject,
  happening: Happening,
  rest: string,
): readonly Expression[] | undefined => conditionsFor(rules, subject, happening, rest, undefined);

/** `a grade can only be given when the course is closed`: a field that may be filled on a condition. */
const onlyField = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string): boolean => {
  const { about } = sentence;
  for (const resource of about === undefined ? rules.draft.resources : [about, ...rules.draft.resources]) {
    const field = rules.phrases.field(withoutArticles(subjectText), { self: recordOf(resource), depth: 0 });
    const match =
      /^(?:set|given|filled(?: in)?|entered|assigned|recorded|present|changed|provided|added|edited|specified) (.+)$/.exec(
        predicate,
      );
    if (field === undefined || match === null || field.entity.path.length > 0) continue;
    const conditions = readRest(rules.phrases, match[1] ?? '', frameFor(recordOf(resource)), {
      resource,
      entity: recordOf(resource),
    });
    const condition = conditions === undefined ? undefined : allOf(conditions);
    if (condition === undefined) continue;
    const guard: Expression = { kind: 'binary', operator: '!=', left: field.expression, right: literal(null) };
    return refuse(
      rules,
      sentence,
      { resource, on: ['create', 'update'], object: recordOf(resource), guard },
      [condition],
      true,
    );
  }
  return false;
};

/** `bookings can be cancelled`, `a closed issue can be reopened`, `reserved ones can be paid`. */
export const readPermission = (rules: Rules, sentence: Sentence): boolean => {
  const match = /^(.+?) (?:can|may|could) (?:then |later )?(?:be|get) (.+)$/.exec(sentence.text);
  if (match === null) return false;
  const cut = surroundings(sentence.text)[0];
  const subjectText = (match[1] ?? '').replace(/\bones?\b/, sentence.about?.words.join(' ') ?? 'one');
  const subject = readSubject(rules, sentence, subjectText);
  if (subject === undefined) return false;
  for (const { verbs, rest } of readVerbs(match[2] ?? '')) {
    if (
      /\b(?:can|may|must|cannot|are|is)\b/.test(rest) &&
      !/^(?:if|when|while|once|after|until|unless|as long)/.test(rest)
    )
      continue;
    for (const verb of verbs) ensurePlace(rules, sentence, subject.resource, verb);
    const actions = verbs.map((verb) => ensureAction(rules, sentence, subject.resource, verb));
    const happenings = verbs
      .map((verb) => readHappening(rules.draft, subject.resource, verb))
      .filter((happening) => happening !== undefined);
    if (happenings.length < verbs.length) continue;
    if (rest === '' && cut === undefined)
      return happenings.every((happening) => permit(rules, sentence, subject, happening)) || actions.every(Boolean);
    const readings = happenings.map((happening) => conditionsFor(rules, subject, happening, rest, undefined));
    if (readings.some((reading) => reading === undefined)) continue;
    return happenings
      .map((happening, index) =>
        (readings[index] ?? []).length === 0 ? true : permitOnly(rules, sentence, happening, readings[index] ?? []),
      )
      .every(Boolean);
  }
  return false;
};

const permit = (rules: Rules, sentence: Sentence, subject: Subject, happening: Happening): boolean => {
  const own = subjectConditions(rules, subject, happening.object, happening.resource);
  if (own === undefined) return false;
  if (own.length === 0) return true;
  if (
    happening.enters === undefined &&
    happening.guard === undefined &&
    happening.on.every((occasion) => occasion === 'update' || occasion === 'delete' || occasion === 'create')
  )
    return true;
  return permitOnly(rules, sentence, happening, own);
};

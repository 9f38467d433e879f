/** Sentences that forbid: `a book with open loans cannot be deleted`, `no issue can be created in an archived project`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource, Entity } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import { allOf, negate } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { fieldPredicate } from '../phrases/predicates.ts';
import { findResource, linkTo } from '../phrases/vocabulary.ts';
import type { Surrounded } from './clauses.ts';
import { readRest, readVerbs, surroundings, withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { beforeChange, firstField, forbid, frameFor, frameOf } from './context.ts';
import type { Happening } from './happenings.ts';
import { isChanging, isCreating, isDeleting, readHappening } from './happenings.ts';

/** A subject: records of a resource, with what restricts which of them are meant. */
export interface Subject {
  readonly resource: DraftResource;
  readonly text: string;
}

/** The resource that the subject is about, when it is one. */
export const readSubject = (rules: Rules, sentence: Sentence, text: string): Subject | undefined => {
  const bare = withoutArticles(text.replace(/^(?:no|any|none of the|nobody 's|anyone 's) /, ''));
  if (/^(?:it|they|this|these|them|such a one)$/.test(bare) && sentence.about !== undefined) return { resource: sentence.about, text: sentence.about.words.join(' ') };
  const noun = rules.phrases.noun(bare, { depth: 0 }, recordOf) ?? undefined;
  if (noun !== undefined) return { resource: noun.resource, text: bare };
  for (const words of [bare.split(' ').slice(0, 2), bare.split(' ').slice(0, 1), bare.split(' ').slice(-1), bare.split(' ').slice(1, 2), bare.split(' ').slice(1, 3)]) {
    const resource = findResource(rules.draft, words);
    if (resource !== undefined) return { resource, text: bare };
  }
  return undefined;
};

/** What the subject's adjectives and clauses say of the record; undefined when they are not understood. */
export const subjectConditions = (rules: Rules, subject: Subject, entity: Entity, record: DraftResource): readonly Expression[] | undefined => {
  const noun = rules.phrases.noun(subject.text, frameFor(recordOf(record), entity), () => entity);
  return noun?.resource.name === subject.resource.name ? noun.conditions : undefined;
};

const conditionOf = (rules: Rules, happening: Happening, surrounded: Surrounded | undefined): readonly Expression[] | undefined => {
  if (surrounded === undefined) return [];
  const frame = frameFor(recordOf(happening.resource), happening.object);
  const condition = rules.phrases.condition(surrounded.condition, frame) ?? rules.phrases.condition(surrounded.condition, frameOf(happening.resource));
  return condition === undefined ? undefined : [surrounded.negated ? negate(condition) : condition];
};

/**
 * Refuses the happening when all conditions hold (or, for `only`, when they do not). Changes of an existing record are
 * judged by what it was before.
 */
export const refuse = (rules: Rules, sentence: Sentence, happening: Happening, conditions: readonly Expression[], unless = false): boolean => {
  const all = allOf(conditions);
  if (all === undefined) return unless ? false : withoutCondition(rules, sentence, happening);
  const condition = unless ? negate(all) : all;
  const isMove = happening.enters !== undefined || happening.guard !== undefined;
  const parts = { resource: happening.resource, status: 409 as const };
  if (isMove) {
    const when = allOf([...(happening.guard === undefined ? [] : [happening.guard]), beforeChange(condition)]) ?? condition;
    return forbid(rules, sentence, { ...parts, on: happening.on, when, field: happening.enters?.field.name });
  }
  const early = happening.on.filter((occasion) => occasion === 'create' || occasion === 'delete');
  const late = happening.on.filter((occasion) => occasion !== 'create' && occasion !== 'delete');
  if (early.length > 0) forbid(rules, sentence, { ...parts, on: early, when: condition, field: early.includes('create') ? firstField(condition) : undefined });
  if (late.length > 0) forbid(rules, sentence, { ...parts, on: late, when: beforeChange(condition) });
  return true;
};

const withoutCondition = (rules: Rules, sentence: Sentence, happening: Happening): boolean => {
  const { resource } = happening;
  if (happening.enters !== undefined && happening.guard !== undefined) {
    return forbid(rules, sentence, { resource, on: happening.on, when: happening.guard, status: 409, field: happening.enters.field.name });
  }
  const standard = happening.on.filter((occasion) => occasion === 'create' || occasion === 'update' || occasion === 'delete');
  if (standard.length === 0 || standard.length < happening.on.length || happening.guard !== undefined) return false;
  for (const occasion of standard) if (occasion !== 'create') resource.operations.delete(occasion);
  return !standard.includes('create');
};

const passive = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string, surrounded: Surrounded | undefined): boolean => {
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

/** All conditions of the refusal: of the subject, of what follows the verb, and around the clause. */
export const conditionsFor = (rules: Rules, subject: Subject, happening: Happening, rest: string, surrounded: Surrounded | undefined): readonly Expression[] | undefined => {
  const own = subjectConditions(rules, subject, happening.object, happening.resource);
  const around = conditionOf(rules, happening, surrounded);
  const frame = frameFor(recordOf(happening.resource), happening.object);
  const after =
    readRest(rules.phrases, rest, frame, { resource: happening.resource, entity: recordOf(happening.resource) }) ??
    readRest(rules.phrases, rest, frame, { resource: subject.resource, entity: happening.object });
  return own === undefined || around === undefined || after === undefined ? undefined : [...own, ...around, ...after];
};

/** `a member cannot borrow books that …`, `nobody can reply to a solved ticket`. */
const active = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string, surrounded: Surrounded | undefined): boolean => {
  for (const reading of activeReadings(rules, sentence, subjectText, predicate)) {
    const around = conditionOf(rules, reading.happening, surrounded);
    if (around === undefined) continue;
    if (refuse(rules, sentence, reading.happening, [...reading.conditions, ...around])) return true;
  }
  return false;
};

export interface ActiveReading {
  readonly happening: Happening;
  readonly conditions: readonly Expression[];
}

/** Ways to read `X verbs Y rest`: Y is what the verb is done to, X may restrict who does it. */
export const activeReadings = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string): readonly ActiveReading[] => {
  const readings: ActiveReading[] = [];
  const subject = /^(?:nobody|no one|no user|you|users?|anyone|people|we|one|clients?|anybody|everyone)$/.test(subjectText) ? undefined : readSubject(rules, sentence, subjectText);
  for (const { verbs, rest } of readVerbs(predicate.replace(/^not /, ''))) {
    const [verb = ''] = verbs;
    const objectText = withoutArticles(rest.replace(/^(?:to|for|in|on|into|at|with|new|more|any|further) /, '').replace(/^(?:new|more|any|further) /, ''));
    const object = objectText === '' ? undefined : nounStart(rules, objectText);
    const target = object?.resource ?? (objectText === '' || subject === undefined ? subject?.resource : undefined) ?? sentence.about;
    if (target === undefined || verbs.length !== 1) continue;
    const child = object === undefined && subject !== undefined ? (readHappening(rules.draft, subject.resource, verb)) : undefined;
    const happening = child ?? readHappening(rules.draft, target, verb);
    if (happening === undefined) continue;
    const record = recordOf(happening.resource);
    const doer = subject === undefined ? record : subject.resource.name === record.resource.name ? record : linkTo(rules.draft, record, subject.resource);
    if (doer === undefined) continue;
    const mine = subject === undefined ? [] : subjectConditions(rules, subject, doer, happening.resource);
    const theirs = object === undefined ? readRest(rules.phrases, objectText, frameFor(record, doer), { resource: happening.resource, entity: record }) : objectConditions(rules, object, happening, doer);
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

const objectConditions = (rules: Rules, object: ObjectStart, happening: Happening, doer: Entity): readonly Expression[] | undefined => {
  const frame = frameFor(recordOf(happening.resource), doer);
  const noun = rules.phrases.noun(object.text, frame, (resource) => (resource.name === object.resource.name ? happening.object : { resource, of: 'item', path: [] }));
  if (noun !== undefined && noun.entity === happening.object) return noun.conditions;
  const words = object.text.split(' ');
  for (let cut = words.length - 1; cut >= 1; cut -= 1) {
    const head = rules.phrases.noun(words.slice(0, cut).join(' '), frame, (resource) => (resource.name === object.resource.name ? happening.object : { resource, of: 'item', path: [] }));
    if (head === undefined || head.entity !== happening.object) continue;
    const rest = readRest(rules.phrases, words.slice(cut).join(' '), frame, { resource: happening.resource, entity: recordOf(happening.resource) });
    if (rest !== undefined) return [...head.conditions, ...rest];
  }
  return undefined;
};

/** `the number of attendees cannot exceed the capacity`, `the birth date cannot be in the future`. */
const fieldCannot = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string, surrounded: Surrounded | undefined): boolean => {
  for (const home of homes(rules, sentence, subjectText)) {
    const frame = frameOf(home);
    const field = rules.phrases.field(subjectText, frame);
    if (field === undefined) continue;
    const verb = /^be (.+)$/.exec(predicate)?.[1];
    const negative = verb === undefined ? undefined : /^(?:changed|edited|modified|updated|altered|overwritten)(?: (?:later|afterwards|after creation|after it (?:is|was) (?:set|created)|once (?:it is )?set|after (?:it )?being created))?$/.exec(verb);
    if ((negative !== null && negative !== undefined) || /^change(?: .*)?$/.test(predicate)) {
      if (field.entity.path.length > 0) continue;
      return fieldFrozen(rules, sentence, home, field.field.name, surrounded, predicate.replace(/^(?:be \w+|change) ?/, ''));
    }
    const said = fieldPredicate(rules.phrases, field, verb === undefined ? predicate : `is ${verb}`, frame);
    const around = surrounded === undefined ? [] : conditionsAround(rules, home, surrounded);
    if (said === undefined || around === undefined) continue;
    return forbid(rules, sentence, { resource: home, on: ['create', 'update'], when: allOf([...around, said]) ?? said, status: 422, field: firstField(field.expression) });
  }
  return false;
};

const fieldFrozen = (rules: Rules, sentence: Sentence, home: DraftResource, name: string, surrounded: Surrounded | undefined, rest: string): boolean => {
  const field = home.fields.find((candidate) => candidate.name === name);
  const around = surrounded === undefined ? [] : conditionsAround(rules, home, surrounded);
  const tail = readRest(rules.phrases, /^(?:later|afterwards|after creation|once .* (?:exists?|created))$/.test(rest) ? '' : rest, frameOf(home), { resource: home, entity: recordOf(home) });
  if (field === undefined || around === undefined || tail === undefined) return false;
  const condition = allOf([...around, ...tail]);
  if (condition === undefined) {
    field.immutable = true;
    return true;
  }
  const changed: Expression = { kind: 'binary', operator: '!=', left: { kind: 'field', of: 'record', path: [name] }, right: { kind: 'field', of: 'previous', path: [name] } };
  return forbid(rules, sentence, { resource: home, on: ['update'], when: allOf([changed, beforeChange(condition)]) ?? changed, status: 409, field: name });
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
  const others = named.length > 0 || about.length > 0 ? [] : rules.draft.resources;
  return [...new Set([...(named.length > 0 && !/^(?:its|their|the) /.test(text) ? named : []), ...about, ...named, ...others])];
};

/** The condition around the clause, of a record of `home`. */
export const conditionsAround = (rules: Rules, home: DraftResource, surrounded: Surrounded): readonly Expression[] | undefined => {
  const condition = rules.phrases.condition(surrounded.condition, frameOf(home));
  return condition === undefined ? undefined : [surrounded.negated ? negate(condition) : condition];
};

const NO_SUBJECT = /^(?:no|none of the|no new|no other) (.+?) (?:can|may|must|could|should|shall|is allowed to|is|are) (.+)$/;
const NOMINAL = /^(.+?) (?:is|are) (?:not allowed|not permitted|not possible|forbidden|prohibited|impossible|disallowed|refused|rejected|not accepted|denied|blocked|prevented|not offered|not supported)(?: (.+))?$/;
const COMMAND = /^(?:do not|never|we do not|one cannot|you cannot|the system (?:must )?(?:prevents?|rejects?|refuses?|blocks?|forbids?)|prevent|reject|refuse|disallow|block|forbid|it is impossible to|it is forbidden to|it is not allowed to|it is impossible for \w+ to|do not allow|do not let|never allow|there must be no|no) (?:allow )?(?:(?:anyone|anybody|users?|people|somebody|someone|to|the) )*(.+)$/;

/** Subject and predicate of a sentence that forbids, however it is put. */
const forbidding = (text: string): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  const cannot = /^(.+?) cannot (.+)$/.exec(text);
  if (cannot !== null) found.push([cannot[1] ?? '', cannot[2] ?? '']);
  const none = NO_SUBJECT.exec(text);
  if (none !== null) found.push([none[1] ?? '', none[2] ?? '']);
  const nobody = /^(?:nobody|no one|no user|no \w+) (?:can|may|must|is allowed to) (.+)$/.exec(text);
  if (nobody !== null) found.push(['nobody', nobody[1] ?? '']);
  const never = /^(.+?) (?:is|are) never (.+)$/.exec(text);
  if (never !== null) found.push([never[1] ?? '', `be ${never[2] ?? ''}`]);
  const neverDoes = /^(.+?) never (changes?|exceeds?|overlaps?)(.*)$/.exec(text);
  if (neverDoes !== null) found.push([neverDoes[1] ?? '', `${(neverDoes[2] ?? '').replace(/s$/, '')}${neverDoes[3] ?? ''}`]);
  const notBe = /^(.+?) (?:is|are|must be) not (.+)$/.exec(text);
  if (notBe !== null) found.push([notBe[1] ?? '', `be ${notBe[2] ?? ''}`]);
  return [...found, ...nominal(text)];
};

const gerund = (text: string): readonly (readonly [string, string])[] => {
  const match = /^([a-z]+(?:ing|ion|al|ment))(?: of)? (.+)$/.exec(text);
  if (match === null) return [];
  const verb = match[1] ?? '';
  return [['nobody', `${verb} ${match[2] ?? ''}`]];
};

const nominal = (text: string): readonly (readonly [string, string])[] => {
  const match = NOMINAL.exec(text);
  if (match !== null) {
    const [subject, rest] = [match[1] ?? '', match[2] ?? ''];
    return [...gerund(`${subject} ${rest}`.trim()), [subject, `be created ${rest}`.trim()]];
  }
  const command = COMMAND.exec(text)?.[1];
  if (command === undefined) return [];
  const [verb = ''] = command.split(' ');
  const infinitive = /^(.+?) to (be .+|[a-z]+ .+)$/.exec(command);
  return [...(infinitive === null ? [] : [[infinitive[1] ?? '', infinitive[2] ?? ''] as const]), ...gerund(command), ...(isDeleting(verb) || isChanging(verb) || isCreating(verb) ? [['nobody', command] as const] : [])];
};

/** Reads the sentence as a prohibition; false when it is none or is not understood. */
export const readProhibition = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text);
  const cuts: readonly (Surrounded | undefined)[] = [undefined, ...surroundings(text)];
  for (const surrounded of cuts) {
    const main = surrounded?.main ?? text;
    for (const [subject, predicate] of forbidding(main)) {
      const bare = withoutArticles(subject);
      if (fieldCannot(rules, sentence, bare, predicate, surrounded)) return true;
      const isPassive = /^be /.test(predicate);
      if (isPassive && passive(rules, sentence, subject, predicate.slice(3), surrounded)) return true;
      if (!isPassive && active(rules, sentence, subject, predicate, surrounded)) return true;
      if (isPassive && stateForbidden(rules, sentence, subject, predicate.slice(3), surrounded)) return true;
      if (!isPassive && possessionForbidden(rules, sentence, subject, predicate, surrounded)) return true;
    }
  }
  return false;
};

/** `a closed issue cannot be assigned`, as a state that the record must not be in. */
const stateForbidden = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string, surrounded: Surrounded | undefined): boolean =>
  invariant(rules, sentence, subjectText, `it is ${predicate}`, surrounded);

const possessionForbidden = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string, surrounded: Surrounded | undefined): boolean =>
  /^(?:have|has|exceed|contain|hold|belong|refer|include|equal) /.test(predicate) && invariant(rules, sentence, subjectText, `it ${predicate.replace(/^(?:hold|contain|include) /, 'has ').replace(/^have /, 'has ').replace(/^belong /, 'belongs ')}`, surrounded);

const invariant = (rules: Rules, sentence: Sentence, subjectText: string, conditionText: string, surrounded: Surrounded | undefined): boolean => {
  const subject = readSubject(rules, sentence, subjectText);
  if (subject === undefined) return false;
  const record = recordOf(subject.resource);
  const own = subjectConditions(rules, subject, record, subject.resource);
  const condition = rules.phrases.condition(conditionText, frameOf(subject.resource));
  const around = surrounded === undefined ? [] : conditionsAround(rules, subject.resource, surrounded);
  if (own === undefined || condition === undefined || around === undefined) return false;
  const when = allOf([...own, ...around, condition]) ?? condition;
  return forbid(rules, sentence, { resource: subject.resource, on: ['create', 'update'], when, status: 409, field: firstField(condition) });
};

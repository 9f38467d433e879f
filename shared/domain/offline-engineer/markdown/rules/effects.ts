/** Sentences about what follows: `when a loan is returned, its return date is set to today`, `deleting a project deletes its issues`. */

import type { Expression, Rule } from '../../app-model.ts';
import type { DraftField, DraftResource, Entity } from '../draft/draft.ts';
import { fieldOf, newField, recordOf } from '../draft/draft.ts';
import { allOf, binary, literal } from '../draft/expressions.ts';
import { inferType } from '../fields/types.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import type { FieldReference, Frame } from '../phrases/context.ts';
import { findField, findResource, linkTo, referenceFields } from '../phrases/vocabulary.ts';
import { readRest, readVerbs, withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { addRule, frameFor } from './context.ts';
import type { Happening } from './happenings.ts';
import { enteredValue, readHappening } from './happenings.ts';
import { baseVerb, ensureAction } from './permissions.ts';
import { readSubject, subjectConditions } from './prohibitions.ts';

interface Event {
  readonly happening: Happening;
  readonly conditions: readonly Expression[];
  /** What "it" means in the effect: the record the sentence speaks of. */
  readonly topic: Entity;
}

const statusEvent = (rules: Rules, sentence: Sentence, text: string): Event | undefined => {
  const match = /^(?:the |its )?(?:status|state)(?: of (.+?))? (?:is|becomes|changes to|is set to|is changed to|goes to|turns) (.+)$/.exec(text) ?? /^(.+?) (?:becomes|turns|gets|reaches|is set to|goes to|moves to)(?: the)?(?: status)? (.+)$/.exec(text);
  if (match === null) return undefined;
  const subject = match[1] === undefined ? undefined : readSubject(rules, sentence, match[1]);
  const resource = subject?.resource ?? sentence.about;
  const entered = resource === undefined ? undefined : enteredValue(resource, withoutArticles(match[2] ?? ''));
  const happening = resource === undefined || entered === undefined ? undefined : readHappening(rules.draft, resource, withoutArticles(match[2] ?? ''));
  return happening === undefined || resource === undefined ? undefined : { happening, conditions: [], topic: recordOf(resource) };
};

const readEvent = (rules: Rules, sentence: Sentence, raw: string): Event | undefined => {
  const text = raw.replace(/^(?:a user |someone |somebody |the user |you |we |people )/, '');
  const passive = /^(.+?) (?:is|are|has been|have been|was|were|gets?)(?: successfully| newly)? (.+)$/.exec(text);
  if (passive !== null) {
    const found = passiveEvent(rules, sentence, passive[1] ?? '', passive[2] ?? '');
    if (found !== undefined) return found;
  }
  const status = statusEvent(rules, sentence, text);
  if (status !== undefined) return status;
  const active = /^(?:(.+?) )?([a-z]+(?:ing|es|s)?) (?:a |an |the |another |any |some |its )(.+)$/.exec(text);
  if (active !== null) return activeEvent(rules, sentence, active);
  const intransitive = /^(.+?) ([a-z]+s)$/.exec(text);
  return intransitive === null ? undefined : passiveEvent(rules, sentence, intransitive[1] ?? '', baseVerb((intransitive[2] ?? '').replace(/s$/, '')));
};

const activeEvent = (rules: Rules, sentence: Sentence, match: RegExpExecArray): Event | undefined => {
  const [, doer = '', rawVerb = '', object = ''] = match;
  const verb = /ing$/.test(rawVerb) ? rawVerb : rawVerb.replace(/(?:([sxz]|ch|sh)es|s)$/, '$1');
  if (doer !== '' && !/^(?:a|an|the|any|each|every)? ?(?:[a-z]+)(?: [a-z]+)?$/.test(doer)) return undefined;
  return passiveEvent(rules, sentence, object, verb);
};

const passiveEvent = (rules: Rules, sentence: Sentence, subjectText: string, predicate: string): Event | undefined => {
  const bare = withoutArticles(subjectText);
  const subject = readSubject(rules, sentence, bare);
  if (subject === undefined) return undefined;
  for (const { verbs, rest } of readVerbs(predicate)) {
    const [verb = ''] = verbs;
    const happening = readHappening(rules.draft, subject.resource, verb) ?? impliedAction(rules, sentence, subject.resource, verb);
    if (happening === undefined || verbs.length > 1) continue;
    const own = subjectConditions(rules, subject, happening.object, happening.resource);
    const after = readRest(rules.phrases, rest, frameFor(recordOf(happening.resource), happening.object), { resource: happening.resource, entity: recordOf(happening.resource) });
    if (own === undefined || after === undefined) continue;
    return { happening, conditions: [...own, ...after], topic: happening.object };
  }
  return undefined;
};

/** A verb that no field or endpoint knows yet, but that clearly is an action: it becomes one. */
const impliedAction = (rules: Rules, sentence: Sentence, resource: DraftResource, verb: string): Happening | undefined => {
  if (!/(?:ed|en|paid|sent|sold|lent|ing)$/.test(verb) && !ACTION_VERBS.test(verb)) return undefined;
  if (!ACTION_VERBS.test(baseVerb(verb))) return undefined;
  const action = ensureAction(rules, sentence, resource, verb) ?? bareAction(rules, sentence, resource, verb);
  return { resource, on: [action], object: recordOf(resource) };
};

const ACTION_VERBS = /^(?:return|close|reopen|submit|cancel|archive|pay|ship|complete|assign|publish|approve|reject|resolve|solve|confirm|finish|deliver|send|void|refund|renew|extend|start|stop|pause|resume|activate|deactivate|accept|decline|release|unpublish|restore|restock|reimburse|check in|check out|redeem|settle|escalate|invoice|unarchive|lock|unlock|suspend|block|unblock|retire|fulfil|fulfill|collect|pick up|hand out|receive|discharge|admit|park|leave|exit)$/;

const bareAction = (rules: Rules, sentence: Sentence, resource: DraftResource, verb: string): string => {
  const name = baseVerb(verb).replace(/ /g, '-');
  rules.draft.endpoints.push({ kind: 'action', method: 'POST', path: `/${resource.plural}/:id/${name}`, name, resource: resource.name, body: [], assign: [], source: sentence.source });
  return name;
};

interface Assignment {
  readonly target: FieldReference;
  readonly value: Expression;
}

const newStamp = (rules: Rules, event: Event, words: string): FieldReference | undefined => {
  const name = withoutArticles(words).split(' ');
  if (!/(?:date|time|at|on|day)$/.test(words) || name.length > 4 || event.topic.path.length > 0) return undefined;
  const field: DraftField = { ...newField(name, words, event.happening.resource.line), required: false };
  field.type = inferType(field);
  const resource = rules.draft.resources.find((candidate) => candidate.name === event.topic.resource.name);
  if (resource === undefined || resource.fields.some((existing) => existing.name === field.name)) return undefined;
  resource.fields.push(field);
  return { entity: event.topic, field, expression: fieldOf(event.topic, field.name) };
};

const targetOf = (rules: Rules, event: Event, text: string): FieldReference | undefined => {
  const frame = frameFor(recordOf(event.happening.resource), event.topic);
  const field = rules.phrases.field(text, frame) ?? newStamp(rules, event, text);
  return field === undefined || field.entity.path.length > 1 || field.field.computed !== undefined ? undefined : field;
};

const SET: readonly RegExp[] = [
  /^(.+?) (?:is|are|gets?|must be|will be)(?: then)? (?:set|changed|updated|switched|reset|initialised|initialized)(?: back)? (?:to|as) (.+)$/,
  /^(?:it |this |that |the system |they )?(?:sets?|changes?|updates?|switch(?:es)?|resets?|puts?|setting|changing|updating) (.+?)(?: back)? (?:to|into|as) (.+)$/,
  /^(.+?) (?:becomes?|turns|changes? to|goes to|moves to|switches to|returns to|goes back to|equals|will become) (.+)$/,
  /^(.+?) is (now|today|true|false|the current .+)$/,
  /^(?:it |they )?(?:records?|stores?|stamps?) (.+?) as (.+)$/,
];
const ADDED = /^(.+?) (?:is|are|gets?|must be|will be) (?:increased|raised|incremented|credited) by (.+)$|^(?:it |this |they )?(?:increas(?:es?|ing)|rais(?:es?|ing)|increment(?:s|ing)?) (.+?) by (.+)$|^(.+?) (?:goes up|increases|grows|rises|is incremented|goes up again) by (.+)$|^(?:it |this )?adds (.+) to (.+)$/;
const TAKEN = /^(.+?) (?:is|are|gets?|must be|will be) (?:decreased|reduced|lowered|decremented|debited|diminished) by (.+)$|^(?:it |this |they )?(?:decreas(?:es?|ing)|reduc(?:es?|ing)|lower(?:s|ing)?|decrement(?:s|ing)?) (.+?) by (.+)$|^(.+?) (?:goes down|decreases|shrinks|drops|falls|is decremented) by (.+)$|^(?:it |this )?(?:subtracts|deducts|takes) (.+) from (.+)$/;
const CLEARED = /^(?:it |they )?(?:clears?|empties|resets?|removes?|deletes?|clearing|emptying) (.+)$|^(.+?) (?:is|are|gets?|will be) (?:cleared|emptied|reset|removed|unset|erased)$/;
const RECORDED = /^(?:it |they |the system )?(?:records?|stores?|notes?|remembers?|saves?|stamps?|fills?(?: in)?) (.+)$|^(.+?) (?:is|are|gets?|will be) (?:recorded|stored|noted|saved|stamped|remembered|filled in|set|filled|logged|kept)(?: automatically)?$/;
const MARKED = /^(?:it|this|that|they|the (.+?)|its (.+?)) (?:is|are|becomes?|gets?|will be|goes|turns)(?: then)? (?:marked |flagged |set )?(?:as |to |back to )?(.+)$|^(?:mark(?:s|ing)?|flags?) (?:it|the (.+?)|its (.+?)) as (.+)$/;

const both = (match: RegExpExecArray | null): readonly [string, string] | undefined => {
  const parts = match === null ? [] : match.slice(1).filter((part) => part !== undefined);
  return parts[0] === undefined || parts[1] === undefined ? undefined : [parts[0], parts[1]];
};

const arithmetic = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  const byOne = text.replace(/ (goes up|goes down|increases|decreases|is incremented|is decremented|drops|rises)$/, ' $1 by 1').replace(/^(increments|decrements) ([a-z ]+)$/, '$1 $2 by 1').replace(/ by 1 by 1$/, ' by 1');
  const flips = /^(?:it |this )?(?:adds|subtracts|deducts|takes) /.test(byOne);
  const [added, taken] = [both(ADDED.exec(byOne)), both(TAKEN.exec(byOne))];
  const pair = added ?? taken;
  if (pair === undefined) return undefined;
  const [fieldText, amountText] = flips ? [pair[1], pair[0]] : pair;
  const target = targetOf(rules, event, fieldText);
  const frame: Frame = frameFor(recordOf(event.happening.resource), event.topic);
  const amount = rules.phrases.value(amountText, frame) ?? rules.phrases.value(withoutArticles(amountText).replace(/ of the .+$/, ''), frame);
  if (target === undefined || amount === undefined) return undefined;
  const current: Expression = target.entity.path.length > 0 ? { kind: 'field', of: 'item', path: [target.field.name] } : target.expression;
  return { target, value: binary(added === undefined ? '-' : '+', current, amount) };
};

const setting = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  for (const pattern of SET) {
    const match = pattern.exec(text);
    const target = match === null ? undefined : targetOf(rules, event, match[1] ?? '');
    if (match === null || target === undefined) continue;
    const value = rules.phrases.value(match[2] ?? '', frameFor(recordOf(event.happening.resource), event.topic), target.field);
    if (value !== undefined) return { target, value };
  }
  return undefined;
};

const present = (field: DraftField): Expression | undefined => (field.type === 'date' ? { kind: 'today' } : field.type === 'datetime' ? { kind: 'now' } : field.type === 'boolean' ? literal(true) : undefined);

const clearing = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  const cleared = CLEARED.exec(text);
  const emptied = cleared === null ? undefined : targetOf(rules, event, cleared[1] ?? cleared[2] ?? '');
  if (emptied !== undefined) return { target: emptied, value: emptied.field.type === 'boolean' ? literal(false) : literal(null) };
  const recorded = RECORDED.exec(text);
  const stamped = recorded === null ? undefined : targetOf(rules, event, withoutArticles(recorded[1] ?? recorded[2] ?? ''));
  const value = stamped === undefined ? undefined : present(stamped.field);
  return stamped === undefined || value === undefined ? undefined : { target: stamped, value };
};

const marking = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  const match = MARKED.exec(text);
  if (match === null) return undefined;
  const ownerText = match[1] ?? match[2] ?? match[4] ?? match[5];
  const word = withoutArticles((match[3] ?? match[6] ?? '').replace(/ again$/, ''));
  const named = ownerText === undefined ? undefined : findResource(rules.draft, ownerText.split(' '));
  const record = recordOf(event.happening.resource);
  const entity = ownerText === undefined ? event.topic : named === undefined ? undefined : named.name === record.resource.name ? record : linkTo(rules.draft, record, named);
  if (entity === undefined || entity.path.length > 1) return undefined;
  const entered = enteredValue(entity.resource, word);
  if (entered !== undefined) return { target: { entity, field: entered.field, expression: fieldOf(entity, entered.field.name) }, value: literal(entered.value) };
  const negative = /^(?:not |un|no longer )(.+)$/.exec(word);
  const flag = findField(entity.resource, (negative?.[1] ?? word).split(' '));
  return flag?.type === 'boolean' ? { target: { entity, field: flag, expression: fieldOf(entity, flag.name) }, value: literal(negative === null) } : undefined;
};

/** An effect on what is derived anyway ("the book becomes available") needs nothing. */
const isDerived = (rules: Rules, event: Event, text: string): boolean => {
  const match = /^(?:the |its )?(.+?) (?:becomes?|is|gets|turns) (?:available|free|on loan|borrowed|bookable|unavailable|occupied|rented|visible)(?: again)?$/.exec(text);
  if (match === null) return false;
  const resource = findResource(rules.draft, withoutArticles(match[1] ?? '').split(' '));
  const entity = resource === undefined ? event.topic : linkTo(rules.draft, recordOf(event.happening.resource), resource);
  return entity !== undefined && rules.phrases.state('available', entity, frameFor(recordOf(event.happening.resource), entity)) !== undefined;
};

const cascade = (rules: Rules, event: Event, text: string): boolean => {
  if (event.happening.on.join() !== 'delete') return false;
  const match = /^(?:it |this )?(?:deletes?|removes?|deleting|also deletes|also removes|takes) (.+?)(?: with it| too| as well)?$/.exec(text) ?? /^(.+?) (?:are|is|get|gets|must be|will be) (?:deleted|removed|gone|erased)(?: too| as well| with it| along with it| together with it)?$/.exec(text);
  if (match === null) return false;
  const children = withoutArticles((match[1] ?? '').replace(/\ball (?:of )?/g, '')).split(/ , and | and | , /).map((part) => findResource(rules.draft, withoutArticles(part.replace(/ (?:of|for|in) .+$/, '')).split(' ')));
  return children.every((child) => child !== undefined && setOnDelete(child, event.happening.resource, 'cascade'));
};

export const setOnDelete = (child: DraftResource, parent: DraftResource, action: 'cascade' | 'set_null' | 'restrict'): boolean => {
  const fields = referenceFields(child).filter((field) => field.reference?.resource === parent.name);
  for (const field of fields) field.reference = { resource: parent.name, onDelete: action };
  return fields.length > 0;
};

const assignAction = (rules: Rules, event: Event, assignment: Assignment): boolean => {
  const [only] = event.happening.on;
  const { target, value } = assignment;
  if (event.happening.on.length !== 1 || event.conditions.length > 0 || target.entity.path.length > 0 || /^(?:create|update|delete)$/.test(only ?? '')) return false;
  const at = rules.draft.endpoints.findIndex((endpoint) => endpoint.kind === 'action' && endpoint.name === only && endpoint.resource === event.happening.resource.name);
  const endpoint = rules.draft.endpoints[at];
  if (endpoint?.kind !== 'action') return false;
  const assign = [...endpoint.assign.filter((entry) => entry.field !== target.field.name), { field: target.field.name, value }];
  rules.draft.endpoints[at] = { ...endpoint, assign, body: endpoint.body.filter((entry) => entry.field !== target.field.name) };
  return true;
};

const enact = (rules: Rules, sentence: Sentence, event: Event, assignment: Assignment): boolean => {
  if (assignAction(rules, event, assignment)) return true;
  const { happening } = event;
  const when = allOf([...(happening.guard === undefined ? [] : [happening.guard]), ...event.conditions]);
  const through = assignment.target.entity.path[0];
  const rule: Rule = {
    kind: 'effect',
    resource: happening.resource.name,
    on: happening.on,
    ...(when === undefined ? {} : { when }),
    assign: [{ ...(through === undefined ? {} : { through }), field: assignment.target.field.name, value: assignment.value }],
    source: sentence.source,
  };
  return addRule(rules, rule);
};

const oneEffect = (rules: Rules, sentence: Sentence, event: Event, text: string): boolean => {
  if (cascade(rules, event, text) || isDerived(rules, event, text)) return true;
  const assignment = setting(rules, event, text) ?? arithmetic(rules, event, text) ?? clearing(rules, event, text) ?? marking(rules, event, text);
  return assignment !== undefined && enact(rules, sentence, event, assignment);
};

const effects = (rules: Rules, sentence: Sentence, event: Event, text: string): boolean => {
  const bare = text.replace(/^(?:also|then|the system|and) /, '').trim();
  if (oneEffect(rules, sentence, event, bare)) return true;
  for (const joint of [' , and ', ' and ', ' , ']) {
    const at = bare.indexOf(joint);
    if (at > 0 && effects(rules, sentence, event, bare.slice(0, at)) && effects(rules, sentence, event, bare.slice(at + joint.length))) return true;
  }
  return false;
};

const SHAPES: readonly RegExp[] = [
  /^(?:when|if|once|whenever|as soon as|after|upon|on|every time|each time) (.+?) (?:,|, then|then) (.+)$/,
  /^(.+?) (?:when|once|whenever|as soon as|every time|each time|after) (.+)$/,
];
const GERUND = /^((?:[a-z]+ing|[a-z]+(?:ion|al|ment))(?: out| in)?) (?:a |an |the |any |such a )?(.+?) ((?:also )?(?:sets?|changes?|updates?|increases?|decreases?|reduces?|raises?|lowers?|clears?|deletes?|removes?|records?|marks?|resets?|adds|subtracts|deducts|increments|decrements|requires|empties|switches|moves|puts|stamps|stores|makes) .+)$/;

/** Reads the sentence as an event with effects; false when it is none or is not understood. */
export const readEffect = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text);
  const gerund = GERUND.exec(text);
  if (gerund !== null) {
    const event = passiveEvent(rules, sentence, gerund[2] ?? '', gerund[1] ?? '');
    const effect = (gerund[3] ?? '').replace(/^also /, '');
    if (event !== undefined && effects(rules, sentence, event, effect)) return true;
  }
  for (const [index, shape] of SHAPES.entries()) {
    const match = shape.exec(text);
    if (match === null) continue;
    const [eventText, effectText] = index === 0 ? [match[1] ?? '', match[2] ?? ''] : [match[2] ?? '', match[1] ?? ''];
    const event = readEvent(rules, sentence, eventText);
    if (event !== undefined && effects(rules, sentence, event, effectText)) return true;
  }
  return togetherDeleted(rules, text);
};

/** `comments are deleted together with their issue`. */
const togetherDeleted = (rules: Rules, text: string): boolean => {
  const match = /^(.+?) (?:is|are|get|gets) (?:deleted|removed) (?:together |along )?with (?:their|its|the) (.+)$/.exec(text);
  if (match === null) return false;
  const child = findResource(rules.draft, withoutArticles(match[1] ?? '').split(' '));
  const parent = findResource(rules.draft, (match[2] ?? '').split(' '));
  return child !== undefined && parent !== undefined && setOnDelete(child, parent, 'cascade');
};

/** Sentences about what follows: `when a loan is returned, its return date is set to today`, `deleting a project deletes its issues`. */

import type { Rule } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { fieldOf, recordOf } from '../draft/draft.ts';
import { allOf, isMissing } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { findField, findResource, linkTo, referenceFields } from '../phrases/vocabulary.ts';
import type { Assignment } from './assignments.ts';
import { arithmetic, clearing, marking, setting } from './assignments.ts';
import { withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { addRule, beforeChange, forbid, frameFor } from './context.ts';
import type { Event } from './events.ts';
import { passiveEvent, readEvents } from './events.ts';

/** An effect on what is derived anyway ("the book becomes available") needs nothing. */
const isDerived = (rules: Rules, event: Event, text: string): boolean => {
  const match =
    /^(?:the |its )?(.+?) (?:becomes?|is|gets|turns) (?:available|free|on loan|borrowed|bookable|unavailable|occupied|rented|visible)(?: again)?$/.exec(
      text,
    );
  if (match === null) return false;
  const resource = findResource(rules.draft, withoutArticles(match[1] ?? '').split(' '));
  const entity =
    resource === undefined ? event.topic : linkTo(rules.draft, recordOf(event.happening.resource), resource);
  return (
    entity !== undefined &&
    rules.phrases.state('available', entity, frameFor(recordOf(event.happening.resource), entity)) !== undefined
  );
};

const cascade = (rules: Rules, event: Event, text: string): boolean => {
  if (event.happening.on.join() !== 'delete') return false;
  const match =
    /^(?:it |this )?(?:deletes?|removes?|deleting|also deletes|also removes|takes) (.+?)(?: with it| too| as well)?$/.exec(
      text,
    ) ??
    /^(.+?) (?:are|is|get|gets|must be|will be) (?:deleted|removed|gone|erased)(?: too| as well| with it| along with it| together with it)?$/.exec(
      text,
    );
  if (match === null) return false;
  const children = withoutArticles((match[1] ?? '').replace(/\ball (?:of )?/g, ''))
    .split(/ , and | and | , /)
    .map((part) => findResource(rules.draft, withoutArticles(part.replace(/ (?:of|for|in) .+$/, '')).split(' ')));
  return children.every((child) => child !== undefined && setOnDelete(child, event.happening.resource, 'cascade'));
};

const setOnDelete = (
  child: DraftResource,
  parent: DraftResource,
  action: 'cascade' | 'set_null' | 'restrict',
): boolean => {
  const fields = referenceFields(child).filter((field) => field.reference?.resource === parent.name);
  for (const field of fields) field.reference = { resource: parent.name, onDelete: action };
  return fields.length > 0;
};

const assignAction = (rules: Rules, event: Event, assignment: Assignment): boolean => {
  const [only] = event.happening.on;
  const { target, value } = assignment;
  if (
    event.happening.on.length !== 1 ||
    event.conditions.length > 0 ||
    target.entity.path.length > 0 ||
    /^(?:create|update|delete)$/.test(only ?? '')
  )
    return false;
  const at = rules.draft.endpoints.findIndex(
    (endpoint) =>
      endpoint.kind === 'action' && endpoint.name === only && endpoint.resource === event.happening.resource.name,
  );
  const endpoint = rules.draft.endpoints[at];
  if (endpoint?.kind !== 'action') return false;
  const assign = [
    ...endpoint.assign.filter((entry) => entry.field !== target.field.name),
    { field: target.field.name, value },
  ];
  rules.draft.endpoints[at] = {
    ...endpoint,
    assign,
    body: endpoint.body.filter((entry) => entry.field !== target.field.name),
  };
  return true;
};

/** The event itself already says it: assigning a ticket sets its status to assigned. */
const isEntered = (event: Event, { target, value }: Assignment): boolean =>
  target.entity.path.length === 0 &&
  event.happening.enters?.field.name === target.field.name &&
  value.kind === 'literal' &&
  value.value === event.happening.enters.value;

const enact = (rules: Rules, sentence: Sentence, event: Event, assignment: Assignment): boolean => {
  if (assignAction(rules, event, assignment) || isEntered(event, assignment)) return true;
  const { happening } = event;
  // What an existing record must have been is judged by the state before the change.
  const fresh = happening.on.includes('create') || happening.on.includes('delete');
  const conditions = fresh ? event.conditions : event.conditions.map(beforeChange);
  const when = allOf([...(happening.guard === undefined ? [] : [happening.guard]), ...conditions]);
  const through = assignment.target.entity.path[0];
  const rule: Rule = {
    kind: 'effect',
    resource: happening.resource.name,
    on: happening.on,
    ...(when === undefined ? {} : { when }),
    assign: [
      { ...(through === undefined ? {} : { through }), field: assignment.target.field.name, value: assignment.value },
    ],
    source: sentence.source,
  };
  return addRule(rules, rule);
};

/** `assigning a ticket requires an agent`: refused without it. */
const requires = (rules: Rules, sentence: Sentence, event: Event, text: string): boolean => {
  const match = /^(?:it )?(?:also )?(?:requires?|needs?) (?:an? |the |its |to have an? )?(.+)$/.exec(text);
  const { happening } = event;
  const field = match === null ? undefined : findField(happening.resource, (match[1] ?? '').split(' '));
  if (field === undefined || event.topic.path.length > 0) return false;
  const missing = isMissing(fieldOf(recordOf(happening.resource), field.name));
  const when = allOf([...(happening.guard === undefined ? [] : [happening.guard]), ...event.conditions, missing]);
  return forbid(rules, sentence, {
    resource: happening.resource,
    on: happening.on,
    when: when ?? missing,
    status: 422,
    field: field.name,
  });
};

const oneEffect = (rules: Rules, sentence: Sentence, event: Event, text: string): boolean => {
  if (cascade(rules, event, text) || isDerived(rules, event, text) || requires(rules, sentence, event, text))
    return true;
  const assignment =
    setting(rules, event, text) ??
    arithmetic(rules, event, text) ??
    clearing(rules, event, text) ??
    marking(rules, event, text);
  return assignment !== undefined && enact(rules, sentence, event, assignment);
};

const effects = (rules: Rules, sentence: Sentence, event: Event, text: string): boolean => {
  const bare = text.replace(/^(?:also|then|the system|and) /, '').trim();
  if (oneEffect(rules, sentence, event, bare)) return true;
  for (const joint of [' , and ', ' and ', ' , ']) {
    const at = bare.indexOf(joint);
    if (
      at > 0 &&
      effects(rules, sentence, event, bare.slice(0, at)) &&
      effects(rules, sentence, event, bare.slice(at + joint.length))
    )
      return true;
  }
  return false;
};

const SHAPES: readonly RegExp[] = [
  /^(?:when|if|once|whenever|as soon as|after|upon|on|every time|each time) (.+?) (?:,|, then|then) (.+)$/,
  /^(.+?) (?:when|once|whenever|as soon as|every time|each time|after) (.+)$/,
];

const GERUND =
  /^((?:[a-z]+ing|[a-z]+(?:ion|al|ment))(?: out| in)?) (?:a |an |the |any |such a )?(.+?) ((?:also )?(?:sets?|changes?|updates?|increases?|decreases?|reduces?|raises?|lowers?|clears?|deletes?|removes?|records?|marks?|resets?|adds|subtracts|deducts|increments|decrements|requires|empties|switches|moves|puts|stamps|stores|makes) .+)$/;

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
    const events = readEvents(rules, sentence, eventText);
    if (events.length > 0 && events.every((event) => effects(rules, sentence, event, effectText))) return true;
  }
  return togetherDeleted(rules, text);
};

/** `comments are deleted together with their issue`. */
const togetherDeleted = (rules: Rules, text: string): boolean => {
  const match = /^(.+?) (?:is|are|get|gets) (?:deleted|removed) (?:together |along )?with (?:their|its|the) (.+)$/.exec(
    text,
  );
  if (match === null) return false;
  const child = findResource(rules.draft, withoutArticles(match[1] ?? '').split(' '));
  const parent = findResource(rules.draft, (match[2] ?? '').split(' '));
  return child !== undefined && parent !== undefined && setOnDelete(child, parent, 'cascade');
};

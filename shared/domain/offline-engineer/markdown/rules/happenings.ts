/**
 * Turns a verb and what it is done to into the occasions on which it happens: creating, changing or deleting a
 * record, an action, or a status that is entered.
 */

import type { Expression } from '../../app-model.ts';
import type { Draft, DraftField, DraftResource, Entity } from '../draft/draft.ts';
import { fieldOf, recordOf } from '../draft/draft.ts';
import { binary, different, equal, isMissing, isPresent, literal } from '../draft/expressions.ts';
import { wordsOf } from '../lexicon/names.ts';
import { stem, verbMakesNoun } from '../lexicon/stems.ts';
import { findValue, linkTo, referenceFields, statusField } from '../phrases/vocabulary.ts';
import { actionsOf } from './context.ts';

export interface Happening {
  readonly resource: DraftResource;
  readonly on: readonly string[];
  /** Holds when the change is this happening and no other change of the same kind. */
  readonly guard?: Expression;
  /** The record the verb is done to, seen from the record that changes. */
  readonly object: Entity;
  /** Holds when an ordinary change does what the action does. */
  readonly byHand?: Expression;
  /** The status value that is entered. */
  readonly enters?: { readonly field: DraftField; readonly value: string };
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').map(stem));
const CREATE = words(
  'create add make register start begin place enter post write file raise record log submit open plan schedule insert book issue upload set_up define new buy take attach log_in receive get give accept generate',
);
const UPDATE = words(
  'change edit modify update alter touch rename move adjust amend correct revise reassign reschedule edited',
);
const DELETE = words('delete remove destroy drop erase purge discard');

const verbStem = (verb: string): string => verb.split(' ').map(stem).join(' ');

export const isDeleting = (verb: string): boolean => DELETE.has(verbStem(verb));
export const isChanging = (verb: string): boolean => UPDATE.has(verbStem(verb));
export const isCreating = (verb: string): boolean => CREATE.has(verbStem(verb));

/** The action of the resource that the verb names (`returned` → `return`). */
export const findAction = (draft: Draft, resource: DraftResource, verb: string): string | undefined => {
  const wanted = verbStem(verb);
  const names = actionsOf(draft, resource);
  return (
    names.find((name) => wordsOf(name).map(stem).join(' ') === wanted) ??
    names.find(
      (name) =>
        wordsOf(name).map(stem).join(' ').startsWith(`${wanted} `) ||
        /^ (?:it|out|in|up|off|back)$/.test(wanted.replace(wordsOf(name).map(stem).join(' '), '')),
    )
  );
};

/** The value of the resource's status that the verb leads to (`cancel` → `cancelled`). */
export const enteredValue = (
  resource: DraftResource,
  verb: string,
): { readonly field: DraftField; readonly value: string } | undefined => {
  const status = statusField(resource);
  const fields = status === undefined ? [] : [status];
  for (const field of fields) {
    const others = LEADS_TO[verbStem(verb)] ?? [];
    const value = [verb, ...others]
      .map((word) => findValue(field, word.split(' ')))
      .find((found) => found !== undefined);
    if (value !== undefined) return { field, value };
  }
  return undefined;
};

/** Statuses that a verb leads to, when none is called like the verb. */
const LEADS_TO: Readonly<Record<string, readonly string[]>> = {
  reopen: ['open', 'reopened'],
  start: ['in progress', 'active', 'running', 'ongoing'],
  finish: ['done', 'completed', 'closed'],
  complet: ['done', 'finished', 'closed'],
  solv: ['resolved', 'done', 'closed'],
  resolv: ['solved', 'done', 'closed'],
  fix: ['fixed', 'resolved'],
  buy: ['sold', 'bought'],
  miss: ['missed', 'no show'],
  clos: ['done', 'completed'],
  approv: ['accepted'],
  accept: ['approved', 'confirmed'],
  reject: ['declined'],
  declin: ['rejected'],
  deliver: ['done', 'completed'],
  retir: ['inactive'],
  activat: ['active'],
  deactivat: ['inactive'],
  paus: ['on hold', 'paused'],
  resum: ['active', 'running', 'in progress'],
  putonsal: ['on sale'],
};

const entering = (resource: DraftResource, field: DraftField, value: string | boolean): Expression =>
  binary(
    'and',
    equal(fieldOf(recordOf(resource), field.name), literal(value)),
    different({ kind: 'field', of: 'previous', path: [field.name] }, literal(value)),
  );

const byField = (resource: DraftResource, verb: string): Expression | undefined => {
  const wanted = verbStem(verb);
  for (const field of resource.fields) {
    const core = field.words
      .filter((word) => !/^(?:date|time|at|on|is|has|flag)$/.test(word))
      .map(stem)
      .join(' ');
    if (
      core !== wanted ||
      field.computed !== undefined ||
      (field.readOnly === true && (field.default !== undefined || field.defaultText !== undefined))
    )
      continue;
    if (field.type === 'boolean') return entering(resource, field, true);
    if ((field.type === 'date' || field.type === 'datetime') && field.required !== true) {
      return binary(
        'and',
        isPresent(fieldOf(recordOf(resource), field.name)),
        isMissing({ kind: 'field', of: 'previous', path: [field.name] }),
      );
    }
  }
  return undefined;
};

const flagGuard = (resource: DraftResource, verb: string): Expression | undefined => {
  const guard = byField(resource, verb);
  return guard?.kind === 'binary' && guard.left.kind === 'binary' && guard.left.operator === '==' ? guard : undefined;
};

/** The resource whose records come into being by doing the verb to a record of `resource`. */
const madeBy = (draft: Draft, resource: DraftResource, verb: string): DraftResource | undefined =>
  draft.resources.find(
    (child) =>
      verbMakesNoun(verb, child.words) &&
      referenceFields(child).some((field) => field.reference?.resource === resource.name),
  );

/** What happens when the verb is done to a record of the resource; undefined when the verb is not understood. */
export const readHappening = (draft: Draft, resource: DraftResource, rawVerb: string): Happening | undefined => {
  const verb = rawVerb
    .replace(/^(?:be|been|being|get|newly) /, '')
    .replace(
      /^(?:put|placed|moved|set|marked|switched|brought|taken)(?: back)?(?: as| to| into)? (?=[a-z]{2,} ?[a-z]*$)/,
      '',
    )
    .replace(/ (?:again|anew|afterwards|later|directly)$/, '');
  const self = recordOf(resource);
  const enters = enteredValue(resource, verb);
  const action = findAction(draft, resource, verb);
  if (action !== undefined && enters === undefined) {
    const flag = flagGuard(resource, verb);
    return { resource, on: [action], object: self, ...(flag === undefined ? {} : { byHand: flag }) };
  }
  if (isDeleting(verb)) return { resource, on: ['delete'], object: self };
  if (isChanging(verb)) return { resource, on: ['update'], object: self };
  if (enters !== undefined) {
    const on =
      action === undefined ? ['create', 'update', ...actionsOf(draft, resource)] : ['create', 'update', action];
    return { resource, on, guard: entering(resource, enters.field, enters.value), object: self, enters };
  }
  const child = madeBy(draft, resource, verb);
  const seen = child === undefined ? undefined : linkTo(draft, recordOf(child), resource);
  if (child !== undefined && seen !== undefined) return { resource: child, on: ['create'], object: seen };
  const guard = byField(resource, verb);
  if (guard !== undefined)
    return { resource, on: ['create', 'update', ...actionsOf(draft, resource)], guard, object: self };
  if (isCreating(verb) || verbMakesNoun(verb, resource.words)) return { resource, on: ['create'], object: self };
  return undefined;
};

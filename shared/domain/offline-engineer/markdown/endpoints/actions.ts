/** Endpoints that change one record: `POST /loans/:id/return – returns the book`. */

import type { Endpoint, Expression } from '../../app-model.ts';
import type { DraftField, DraftResource } from '../draft/draft.ts';
import { fieldOf, mergeField, newField, recordOf } from '../draft/draft.ts';
import { binary, literal } from '../draft/expressions.ts';
import { inferType } from '../fields/types.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise, withoutArticles } from '../lexicon/normal.ts';
import { stem } from '../lexicon/stems.ts';
import { findField, findResource } from '../phrases/vocabulary.ts';
import type { Rules, Sentence } from '../rules/context.ts';
import { frameOf } from '../rules/context.ts';
import { enteredValue } from '../rules/happenings.ts';
import type { EndpointLine } from './lines.ts';

interface ActionParts {
  assign: { field: string; value: Expression }[];
  body: { field: string; required: boolean }[];
}

const now = (field: DraftField): Expression => (field.type === 'date' ? { kind: 'today' } : { kind: 'now' });

const setParts = (rules: Rules, resource: DraftResource, text: string, parts: ActionParts): boolean => {
  const match =
    /^(?:sets?|changes?|updates?|switches|puts?|moves?|resets?|turns?) (?:the |its )?(.+?) (?:back )?(?:to|=|as|into) (.+)$/.exec(
      text,
    ) ??
    /^(?:the |its )?(.+?) (?:becomes|is set to|changes to|is changed to|goes to|=|is reset to|:=) (.+)$/.exec(text);
  const reference =
    match === null ? undefined : rules.phrases.field(withoutArticles(match[1] ?? ''), frameOf(resource));
  if (match === null || reference === undefined || reference.entity.path.length > 0) return false;
  const value =
    rules.phrases.value((match[2] ?? '').replace(/ (?:of|for) the .+$/, ''), frameOf(resource), reference.field) ??
    rules.phrases.value(match[2] ?? '', frameOf(resource), reference.field);
  if (value === undefined) return false;
  parts.assign.push({ field: reference.field.name, value });
  return true;
};

const changeParts = (rules: Rules, resource: DraftResource, text: string, parts: ActionParts): boolean => {
  const match =
    /^(increases?|raises?|adds?|increments?|decreases?|reduces?|lowers?|decrements?|subtracts?) (?:the |its )?(.+?)(?: (?:by|to|from) (.+))?$/.exec(
      text,
    );
  if (match === null) return false;
  const [, verb = '', first = '', second] = match;
  const flips = /^(?:add|subtract)/.test(verb);
  const field = findField(resource, withoutArticles(flips ? (second ?? '') : first).split(' '));
  const amountText = flips ? first : (second ?? '1');
  const amount = field === undefined ? undefined : rules.phrases.value(amountText, frameOf(resource));
  if (field === undefined || amount === undefined) return false;
  parts.assign.push({
    field: field.name,
    value: binary(/^(?:dec|red|low|sub)/.test(verb) ? '-' : '+', fieldOf(recordOf(resource), field.name), amount),
  });
  return true;
};

const stampParts = (resource: DraftResource, text: string, parts: ActionParts): boolean => {
  const recorded = /^(?:records?|stores?|notes?|stamps?|sets?|fills?(?: in)?|saves?) (?:the |its )?(.+)$/.exec(text);
  const cleared = /^(?:clears?|removes?|empties|resets?|unsets?) (?:the |its )?(.+)$/.exec(text);
  const field = findField(resource, withoutArticles((recorded ?? cleared)?.[1] ?? '').split(' '));
  if (field === undefined) return false;
  if (cleared !== null)
    parts.assign.push({ field: field.name, value: field.type === 'boolean' ? literal(false) : literal(null) });
  else if (field.type === 'date' || field.type === 'datetime')
    parts.assign.push({ field: field.name, value: now(field) });
  else if (field.type === 'boolean') parts.assign.push({ field: field.name, value: literal(true) });
  else parts.body.push({ field: field.name, required: true });
  return true;
};

/** `with a resolution`, `body: { agentId }`, `needs an assignee`, `takes the reason`. */
const bodyParts = (resource: DraftResource, text: string, parts: ActionParts): boolean => {
  const match =
    /^(?:.*?\b)?(?:with|body(?: is| has| contains)?|takes|expects|requires|needs|given|accepts|needing|requiring|taking|the body (?:has|contains|carries)|payload|by giving|must (?:have|give|carry)) ?:? ?(?:an? |the |in the body )?(?:(optional) )?(.+)$/.exec(
      text,
    );
  if (match === null) return false;
  const names = (match[2] ?? '')
    .replace(/[{}()"]/g, ' ')
    .split(/ , and | and | , | or /)
    .map((name) =>
      withoutArticles(
        name
          .trim()
          .replace(/ (?:in the body|in the request(?: body)?|as (?:json|body)|\( ?optional ?\))$/, '')
          .replace(/ ?: .*$/, ''),
      ),
    )
    .filter((name) => name !== '');
  const fields = names.map((name) => findField(resource, wordsOf(name)));
  if (fields.length === 0 || fields.some((field) => field === undefined)) return false;
  for (const field of fields)
    if (field !== undefined && field.computed === undefined)
      parts.body.push({ field: field.name, required: match[1] === undefined && !/optional/.test(text) });
  return true;
};

const marks = (resource: DraftResource, text: string, parts: ActionParts): boolean => {
  const match =
    /^(?:marks?|flags?|declares?|makes?|turns?|puts?|moves?|brings?|sends?) (?:it|the .+?|an? .+?|this .+?)? ?(?:as|to|into|back to|in)? ?(?:the |an? )?(?:status |state )?([a-z ]+)$/.exec(
      text,
    );
  if (match === null) return false;
  const words = (match[1] ?? '').trim();
  for (const candidate of [words, words.split(' ').slice(-2).join(' '), words.split(' ').slice(-1).join(' ')]) {
    const entered = enteredValue(resource, candidate.replace(/^as /, ''));
    const negative = /^(?:not |un)(.+)$/.exec(candidate);
    const flag = findField(resource, (negative?.[1] ?? candidate).split(' '));
    if (entered !== undefined) parts.assign.push({ field: entered.field.name, value: literal(entered.value) });
    else if (flag?.type === 'boolean') parts.assign.push({ field: flag.name, value: literal(negative === null) });
    else continue;
    return true;
  }
  return false;
};

/** Times that are planned, which no action sets. */
const SCHEDULED = /^(?:closes|opens|starts|ends|begins|expires|finishes)[A-Z]/;

/** What doing the verb means for the record when nothing else is said: its status, flag or time stamp of that name. */
const implied = (resource: DraftResource, verb: string, parts: ActionParts): boolean => {
  let found = false;
  const entered = enteredValue(resource, verb);
  if (entered !== undefined && !parts.assign.some((entry) => entry.field === entered.field.name)) {
    parts.assign.push({ field: entered.field.name, value: literal(entered.value) });
    found = true;
  }
  const wanted = verb.split(' ').map(stem).join(' ');
  const undone = /^(?:un|de|dis)([a-z]{3,})$/.exec(verb.split(' ')[0] ?? '')?.[1];
  for (const field of resource.fields) {
    if (parts.assign.some((entry) => entry.field === field.name) || field.computed !== undefined) continue;
    const core = field.words
      .filter((word) => !/^(?:date|time|at|on|is|has|day|the|flag)$/.test(word))
      .map(stem)
      .join(' ');
    if (field.type === 'boolean' && (core === wanted || (undone !== undefined && core === stem(undone)))) {
      parts.assign.push({ field: field.name, value: literal(core === wanted) });
      found = true;
    } else if (
      (field.type === 'date' || field.type === 'datetime') &&
      field.required !== true &&
      core === wanted &&
      !SCHEDULED.test(field.name)
    ) {
      parts.assign.push({ field: field.name, value: now(field) });
      found = true;
    }
  }
  return found;
};

const DONE = new Set([
  'done',
  'completed',
  'complete',
  'finished',
  'closed',
  'resolved',
  'checked',
  'ticked',
  'solved',
]);
const FINISHING = /^(?:complete|finish|done|check|tick|check off|tick off|mark done|resolve|close|end|solve)$/;
const REOPENING =
  /^(?:reopen|uncomplete|undo|restart|uncheck|untick|reset|restore|unarchive|reactivate|unblock|unlock|unpublish|resume|undone|mark undone)$/;
const PUT_AWAY = /^(?:archived|blocked|locked|published|paused|suspended|cancelled|canceled|inactive|deleted)$/;

const ENDS_STATE: Readonly<Record<string, string>> = {
  close: 'open',
  deactivate: 'active',
  suspend: 'active',
  retire: 'active',
  archive: 'active',
  disable: 'enabled',
  hide: 'visible',
};

/** `complete` ticks `done`, `reopen` takes it back. */
const tick = (resource: DraftResource, verb: string, parts: ActionParts): boolean => {
  const value = FINISHING.test(verb) ? true : REOPENING.test(verb) ? false : undefined;
  const flags = resource.fields.filter((field) => field.type === 'boolean' && field.computed === undefined);
  const opposite = flags.find((field) => field.words.some((word) => word === ENDS_STATE[verb]));
  if (opposite !== undefined) {
    parts.assign.push({ field: opposite.name, value: literal(false) });
    return true;
  }
  const flag = flags.find((field) =>
    field.words.some((word) => DONE.has(word) || (value === false && PUT_AWAY.test(word))),
  );
  if (value === undefined || flag === undefined || parts.assign.some((entry) => entry.field === flag.name))
    return false;
  parts.assign.push({ field: flag.name, value: literal(value) });
  return true;
};

/** An action on a record without a place to keep it: a time stamp is added (`returned at`). */
const addStamp = (resource: DraftResource, verb: string, sentence: Sentence, parts: ActionParts): boolean => {
  const stamp = STAMPS[verb];
  if (stamp === undefined) return false;
  const field = mergeField(resource, {
    ...newField([stamp, 'at'], sentence.source, resource.line),
    type: 'datetime',
    readOnly: true,
    required: false,
  });
  parts.assign.push({ field: field.name, value: now(field) });
  return true;
};

const STAMPS: Readonly<Record<string, string>> = {
  return: 'returned',
  close: 'closed',
  cancel: 'cancelled',
  archive: 'archived',
  complete: 'completed',
  finish: 'finished',
  submit: 'submitted',
  publish: 'published',
  approve: 'approved',
  pay: 'paid',
  ship: 'shipped',
  confirm: 'confirmed',
  resolve: 'resolved',
  deliver: 'delivered',
  send: 'sent',
  start: 'started',
  stop: 'stopped',
  end: 'ended',
  'check in': 'checked in',
  'check out': 'checked out',
  checkin: 'checked in',
  checkout: 'checked out',
  acknowledge: 'acknowledged',
  redeem: 'redeemed',
};

const interpret = (rules: Rules, resource: DraftResource, text: string, parts: ActionParts): boolean =>
  setParts(rules, resource, text, parts) ||
  changeParts(rules, resource, text, parts) ||
  stampParts(resource, text, parts) ||
  marks(resource, text, parts) ||
  bodyParts(resource, text, parts);

const clausesOf = (text: string): readonly string[] =>
  text
    .split(
      / ?[;:.] | , (?:and )?(?=(?:sets?|clears?|records?|marks?|changes?|adds?|needs|takes|requires|increases|decreases|reduces|stores)\b)| and (?=(?:sets?|clears?|records?|marks?|changes?|adds?|needs|takes|requires|increases|decreases|reduces|stores|resets?) )/,
    )
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Puts the action into the draft; false when what it changes is not understood. */
export const readAction = (rules: Rules, sentence: Sentence, line: EndpointLine): boolean => {
  const [first, id, verbSegment] = line.segments;
  const resource = first === undefined ? undefined : findResource(rules.draft, wordsOf(first));
  if (
    resource === undefined ||
    id !== ':id' ||
    verbSegment === undefined ||
    line.segments.length !== 3 ||
    !/^(?:POST|PUT|PATCH)$/.test(line.method)
  )
    return false;
  if (
    findResource(rules.draft, wordsOf(verbSegment)) !== undefined &&
    wordsOf(verbSegment).join(' ') === findResource(rules.draft, wordsOf(verbSegment))?.pluralWords.join(' ')
  )
    return false;
  const verb = wordsOf(verbSegment).join(' ');
  const parts: ActionParts = { assign: [], body: [] };
  const text = normalise(line.description);
  const understood = clausesOf(text).filter((clause) => interpret(rules, resource, clause, parts));
  const field = findField(resource, wordsOf(verbSegment));
  const ticked = tick(resource, verb, parts);
  const meant = implied(resource, verb, parts) || ticked || understood.length > 0;
  const isText = field?.type !== 'boolean' && field?.type !== 'date' && field?.type !== 'datetime';
  if (!meant && field !== undefined && field.computed === undefined && isText)
    parts.body.push({ field: field.name, required: true });
  else if (!meant && !addStamp(resource, verb, sentence, parts)) return false;
  settle(rules, sentence, resource, line, verbSegment, parts);
  return true;
};

const settle = (
  rules: Rules,
  sentence: Sentence,
  resource: DraftResource,
  line: EndpointLine,
  segment: string,
  parts: ActionParts,
): void => {
  const name = wordsOf(segment).join('-');
  const endpoint: Endpoint = {
    kind: 'action',
    method: line.method === 'PUT' ? 'PUT' : line.method === 'PATCH' ? 'PATCH' : 'POST',
    path: `/${resource.plural}/:id/${name}`,
    name,
    resource: resource.name,
    body: parts.body.filter(
      (entry, index) =>
        !parts.assign.some((assigned) => assigned.field === entry.field) &&
        parts.body.findIndex((other) => other.field === entry.field) === index,
    ),
    assign: parts.assign,
    source: sentence.source,
  };
  for (const { field } of parts.assign) {
    const assigned = resource.fields.find((candidate) => candidate.name === field);
    if (assigned !== undefined) assigned.type ??= inferType(assigned);
  }
  const existing = rules.draft.endpoints.findIndex(
    (candidate) => candidate.kind === 'action' && candidate.name === name && candidate.resource === resource.name,
  );
  if (existing >= 0) rules.draft.endpoints[existing] = endpoint;
  else rules.draft.endpoints.push(endpoint);
};

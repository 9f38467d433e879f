/** Sentences that define fields: `a book has a title`, `a ticket is either new or solved`, `Name, required.` */

import { plainInline } from '../blocks/inline.ts';
import { mergeField, newField } from '../draft/draft.ts';
import { readClearField, readFieldLine } from '../fields/field-line.ts';
import { explained, readObjects, readPossession, splitObjects } from '../fields/prose.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise } from '../lexicon/normal.ts';
import type { Place, Walk } from './statements.ts';
import { addField, findExact, state, subjectResources } from './statements.ts';

const NOT_FIELDS =
  /^(?:no |at most|at least|more than|up to|not |been |to |only |exactly \d|fewer|less than|several of|its own page|an? (?:simple )?page|(?:an? )?(?:due|end|start)?\w* ?\w+ (?:before|after|in the (?:past|future)))/i;

const COMPOUND =
  /^(.{1,120}?),? and ((?:also |may (?:also )?|can (?:also )?|optionally )*(?:has|have|be|is|are|belongs?|contains?|consists?|comes?)\b.+)$/i;

/** Reads the sentence as a list of fields; false when it is something else. */
export const readAsFields = (walk: Walk, place: Place, text: string, line: number): boolean => {
  const maybe = /^(.+?),? and (?:it )?(?:may|can) (?:also )?be ([a-z]+)\.?$/i.exec(text);
  if (maybe !== null && readAsFields(walk, place, maybe[1] ?? '', line)) {
    const [owner] = subjectResources(walk, place, readPossession(maybe[1] ?? '')?.subject ?? '');
    if (owner !== undefined)
      mergeField(owner, {
        ...newField([(maybe[2] ?? '').toLowerCase()], text, line),
        type: 'boolean',
        required: false,
      });
    return owner !== undefined;
  }
  const compound = COMPOUND.exec(text);
  if (compound !== null && readPossession(compound[1] ?? '')?.belongs === true) {
    const subject = readPossession(compound[1] ?? '')?.subject ?? '';
    if (readAsFields(walk, place, compound[1] ?? '', line)) {
      const rest = `${subject} ${compound[2] ?? ''}`;
      if (!readAsFields(walk, place, rest, line)) state(walk, place, text, line, false, rest);
      return true;
    }
  }
  const direct = explained(text);
  if (direct !== undefined && readAsFields(walk, place, direct, line)) {
    const opening = /^([^:;,]+?)(?::|;|,| [–—-] )/.exec(text)?.[1];
    if (opening !== undefined) readAsFields(walk, place, opening, line);
    return true;
  }
  const possession = readPossession(text);
  if (possession === undefined || NOT_FIELDS.test(possession.objects)) return false;
  if (/\b(?:if|when|while|unless|once|until|before it|after it)\b/i.test(possession.objects.replace(/\([^()]*\)/g, '')))
    return false;
  const owners = subjectResources(walk, place, possession.subject);
  if (place.section === 'rules' && possession.belongs && /^(?:the|its) .* must /i.test(text)) return false;
  if (owners.length === 0 || place.section === 'endpoints' || place.section === 'pages') return false;
  if (place.section === 'rules' && !/ /.test(possession.subject.trim()) && possession.optional) return false;
  for (const owner of owners) {
    const objects = readObjects(walk.draft, owner, possession, text, line);
    if (objects === undefined) return false;
    for (const found of objects.lines) {
      if (/ must (?:always )?(?:have|has) /.test(normalise(text))) found.field.required ??= true;
      addField(walk, place, owner, found);
    }
    if (objects.lines.length === 0 && objects.children.length === 0) return false;
    walk.topic = owner;
  }
  return true;
};

const STATUS =
  /^(?:an?|each|every|the|all|any)? ?([A-Za-z][\w ]{0,30}?) (?:is|are|can be|may be|can only be|has to be|must be) (?:always )?((?:either|one of)\b.+)$/i;

const FLAG = /^(.{1,40}?) (?:is|are|can be|may be|can either be|are either|is either) ([a-z][a-z ]{1,24}?) or not$/i;

/** `a ticket is either new or solved`, `they can be on duty or not`: a field without a name of its own. */
export const readStatus = (walk: Walk, place: Place, raw: string, line: number): boolean => {
  const text = plainInline(raw).replace(/[.]$/, '');
  const flag = FLAG.exec(text);
  const [flagged] = flag === null ? [] : subjectResources(walk, place, flag[1] ?? '');
  if (flag !== null && flagged !== undefined) {
    mergeField(flagged, { ...newField(wordsOf(flag[2] ?? ''), raw, line), type: 'boolean' });
    return true;
  }
  const status = STATUS.exec(text);
  const [owner] = status === null ? [] : subjectResources(walk, place, status[1] ?? '');
  if (status === null || owner === undefined || owner.fields.some((field) => field.words.join(' ') === 'status'))
    return false;
  const found = readFieldLine(walk.draft, `status: ${status[2] ?? ''}`, line);
  if (found?.field.values === undefined) return false;
  mergeField(owner, { ...found.field, source: raw });
  return true;
};

/** `Name, required. Daily price: decimal.` below the heading of a resource. */
export const readClear = (walk: Walk, place: Place, text: string, line: number): boolean => {
  const owner = place.about;
  if (
    owner === undefined ||
    (place.section !== undefined && place.section !== 'fields' && place.section !== 'resources')
  )
    return false;
  const shared = /^([\w ]+?) and ([\w ]+?), both (.+)$/i.exec(text.replace(/[.]$/, ''));
  const parts =
    shared === null ? [text] : [`${shared[1] ?? ''}, ${shared[3] ?? ''}`, `${shared[2] ?? ''}, ${shared[3] ?? ''}`];
  const found = parts.map((part) => readClearField(walk.draft, part, line)).filter((field) => field !== undefined);
  if (found.length < parts.length) return false;
  for (const field of found) addField(walk, place, owner, field);
  return true;
};

/** `Category: name (unique), budget (money, optional).` */
export const readInline = (walk: Walk, place: Place, raw: string, line: number): boolean => {
  const text = plainInline(raw).replace(/[.]$/, '');
  const match = /^`?([A-Za-z][\w '-]{0,40}?)`?\s*(?::|\s[–—-]\s|\()\s*(.+)$/.exec(text);
  const owner = match === null ? undefined : findExact(walk.draft, wordsOf(match[1] ?? ''));
  if (
    match === null ||
    owner === undefined ||
    place.section === 'rules' ||
    place.section === 'endpoints' ||
    place.section === 'pages' ||
    place.section === 'lists'
  )
    return false;
  const body = (match[2] ?? '').replace(/^(?:has|with|contains|fields?:) /i, '').replace(/^([^(]*)\)$/, '$1');
  const objects = splitObjects(body);
  const found = objects.map((object) => readFieldLine(walk.draft, object, line));
  const clear = readClearField(walk.draft, objects[0] ?? '', line) !== undefined;
  if (found.length < 2 && !/^\w+$/.test(body) && !clear) return false;
  if (!found.every((entry) => entry !== undefined && entry.left.every((piece) => piece.split(' ').length < 8)))
    return false;
  for (const entry of found) if (entry !== undefined) addField(walk, place, owner, entry);
  walk.topic = owner;
  return true;
};

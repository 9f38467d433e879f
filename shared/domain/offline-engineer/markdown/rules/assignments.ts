/** What an effect sets: `its return date is set to today`, `reduces the stock by the quantity`. */

import type { Expression } from '../../app-model.ts';
import type { DraftField } from '../draft/draft.ts';
import { fieldOf, newField, recordOf } from '../draft/draft.ts';
import { binary, literal } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import type { FieldReference, Frame } from '../phrases/context.ts';
import { findField, findResource, linkTo } from '../phrases/vocabulary.ts';
import type { Rules } from './context.ts';
import { frameFor } from './context.ts';
import type { Event } from './events.ts';
import { enteredValue } from './happenings.ts';

export interface Assignment {
  readonly target: FieldReference;
  readonly value: Expression;
}

const newStamp = (rules: Rules, event: Event, words: string): FieldReference | undefined => {
  const name = withoutArticles(words)
    .replace(/ at (?:time|date|timestamp|moment)$/, ' at')
    .split(' ');
  if (!/(?:date|time|at|on|day)$/.test(words) || name.length > 4 || event.topic.path.length > 0) return undefined;
  const field: DraftField = { ...newField(name, words, event.happening.resource.line), required: false };
  field.type = /^(?:date|day|on)$/.test(name.at(-1) ?? '') ? 'date' : 'datetime';
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
  /^(.+?) (?:becomes?|turns|changes? to|go(?:es)? to|moves? to|switches to|returns? to|go(?:es)? back to|equals|will become) (.+)$/,
  /^(.+?) is (now|today|true|false|the current .+)$/,
  /^(?:it |they )?(?:records?|stores?|stamps?) (.+?) as (.+)$/,
];

const ADDED =
  /^(.+?) (?:is|are|gets?|must be|will be) (?:increased|raised|incremented|credited) by (.+)$|^(?:it |this |they )?(?:increas(?:es?|ing)|rais(?:es?|ing)|increment(?:s|ing)?) (.+?) by (.+)$|^(.+?) (?:goes up|increases|grows|rises|is incremented|goes up again) by (.+)$|^(?:it |this )?adds (.+) to (.+)$/;

const TAKEN =
  /^(.+?) (?:is|are|gets?|must be|will be) (?:decreased|reduced|lowered|decremented|debited|diminished) by (.+)$|^(?:it |this |they )?(?:decreas(?:es?|ing)|reduc(?:es?|ing)|lower(?:s|ing)?|decrement(?:s|ing)?) (.+?) by (.+)$|^(.+?) (?:goes down|decreases|shrinks|drops|falls|is decremented) by (.+)$|^(?:it |this )?(?:subtracts|deducts|takes) (.+) from (.+)$/;

const CLEARED =
  /^(?:it |they )?(?:clears?|empties|resets?|removes?|deletes?|clearing|emptying) (.+)$|^(.+?) (?:is|are|gets?|will be) (?:cleared|emptied|reset|removed|unset|erased)$/;

const RECORDED =
  /^(?:it |they |the system )?(?:records?|stores?|notes?|remembers?|saves?|stamps?|fills?(?: in)?) (.+)$|^(.+?) (?:is|are|gets?|will be) (?:recorded|stored|noted|saved|stamped|remembered|filled in|set|filled|logged|kept)(?: automatically)?$/;

const MARKED =
  /^(?:it|this|that|they|the (.+?)|its (.+?)) (?:is|are|becomes?|gets?|will be|goes|turns)(?: then)? (?:marked |flagged |set )?(?:as |to |back to )?(.+)$|^(?:mark(?:s|ing)?|flags?) (?:it|the (.+?)|its (.+?)) as (.+)$/;

const both = (match: RegExpExecArray | null): readonly [string, string] | undefined => {
  const parts = match === null ? [] : match.slice(1).filter((part) => part !== undefined);
  return parts[0] === undefined || parts[1] === undefined ? undefined : [parts[0], parts[1]];
};

export const arithmetic = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  const byOne = text
    .replace(/ (goes up|goes down|increases|decreases|is incremented|is decremented|drops|rises)$/, ' $1 by 1')
    .replace(/^(increments|decrements) ([a-z ]+)$/, '$1 $2 by 1')
    .replace(/ by 1 by 1$/, ' by 1');
  const flips = /^(?:it |this )?(?:adds|subtracts|deducts|takes) /.test(byOne);
  const [added, taken] = [both(ADDED.exec(byOne)), both(TAKEN.exec(byOne))];
  const pair = added ?? taken;
  if (pair === undefined) return undefined;
  const [fieldText, amountText] = flips ? [pair[1], pair[0]] : pair;
  const target = targetOf(rules, event, fieldText);
  const frame: Frame = frameFor(recordOf(event.happening.resource), event.topic);
  const amount =
    rules.phrases.value(amountText, frame) ??
    rules.phrases.value(withoutArticles(amountText).replace(/ of the .+$/, ''), frame);
  if (target === undefined || amount === undefined) return undefined;
  const current: Expression =
    target.entity.path.length > 0 ? { kind: 'field', of: 'item', path: [target.field.name] } : target.expression;
  return { target, value: binary(added === undefined ? '-' : '+', current, amount) };
};

export const setting = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  for (const pattern of SET) {
    const match = pattern.exec(text);
    const target = match === null ? undefined : targetOf(rules, event, match[1] ?? '');
    if (match === null || target === undefined) continue;
    const value = rules.phrases.value(
      match[2] ?? '',
      frameFor(recordOf(event.happening.resource), event.topic),
      target.field,
    );
    if (value !== undefined) return { target, value };
  }
  return undefined;
};

const present = (field: DraftField): Expression | undefined =>
  field.type === 'date'
    ? { kind: 'today' }
    : field.type === 'datetime'
      ? { kind: 'now' }
      : field.type === 'boolean'
        ? literal(true)
        : undefined;

export const clearing = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  const cleared = CLEARED.exec(text);
  const emptied = cleared === null ? undefined : targetOf(rules, event, cleared[1] ?? cleared[2] ?? '');
  if (emptied !== undefined)
    return { target: emptied, value: emptied.field.type === 'boolean' ? literal(false) : literal(null) };
  const recorded = RECORDED.exec(text);
  const stamped =
    recorded === null ? undefined : targetOf(rules, event, withoutArticles(recorded[1] ?? recorded[2] ?? ''));
  const value = stamped === undefined ? undefined : present(stamped.field);
  return stamped === undefined || value === undefined ? undefined : { target: stamped, value };
};

export const marking = (rules: Rules, event: Event, text: string): Assignment | undefined => {
  const match = MARKED.exec(text);
  if (match === null) return undefined;
  const ownerText = match[1] ?? match[2] ?? match[4] ?? match[5];
  const word = withoutArticles((match[3] ?? match[6] ?? '').replace(/ again$/, ''));
  const named = ownerText === undefined ? undefined : findResource(rules.draft, ownerText.split(' '));
  const record = recordOf(event.happening.resource);
  const entity =
    ownerText === undefined
      ? event.topic
      : named === undefined
        ? undefined
        : named.name === record.resource.name
          ? record
          : linkTo(rules.draft, record, named);
  if (entity === undefined || entity.path.length > 1) return undefined;
  const entered = enteredValue(entity.resource, word);
  if (entered !== undefined)
    return {
      target: { entity, field: entered.field, expression: fieldOf(entity, entered.field.name) },
      value: literal(entered.value),
    };
  const negative = /^(?:not |un|no longer )(.+)$/.exec(word);
  const flag = findField(entity.resource, (negative?.[1] ?? word).split(' '));
  return flag?.type === 'boolean'
    ? { target: { entity, field: flag, expression: fieldOf(entity, flag.name) }, value: literal(negative === null) }
    : undefined;
};

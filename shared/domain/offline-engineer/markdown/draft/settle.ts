/** Decides what the specification leaves open about fields: their types, which are required, their defaults. */

import type { Misunderstanding } from '../../app-model.ts';
import { inferType } from '../fields/types.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import type { Rules } from '../rules/context.ts';
import { compute } from '../rules/computed.ts';
import { readDefault } from '../rules/defaults.ts';
import { frameOf } from '../rules/context.ts';
import type { Draft, DraftField, DraftResource } from './draft.ts';
import { newField } from './draft.ts';

/** Gives every field a type. A resource without any field gets a name. */
export const settleTypes = (draft: Draft): void => {
  for (const resource of draft.resources) {
    if (resource.fields.length === 0)
      resource.fields.push({ ...newField(['name'], resource.source, resource.line), type: 'string', required: true });
    for (const field of resource.fields) {
      field.type ??= inferType(field);
      if (
        field.type === 'number' &&
        /\b(?:count|quantity|capacity|stock|pages|seats|copies|year|age)$/.test(field.words.join(' '))
      )
        field.type = 'integer';
      if (field.type === 'text' && /^(?:name|title|.* name)$/.test(field.words.join(' '))) field.type = 'string';
      if (
        field.type === 'text' &&
        (field.unique === true || field.pattern !== undefined || (field.maxLength ?? 9999) <= 255)
      )
        field.type = 'string';
      if (field.type === 'string' && (field.minimum !== undefined || field.maximum !== undefined)) asLength(field);
      if (field.type === 'reference' && findResource(draft, wordsOf(field.reference?.resource ?? '')) === undefined) {
        delete field.reference;
        field.type = 'string';
      }
    }
  }
};

const asLength = (field: DraftField): void => {
  if (field.minimum !== undefined) field.minLength ??= field.minimum;
  if (field.maximum !== undefined) field.maxLength ??= field.maximum;
  delete field.minimum;
  delete field.maximum;
  delete field.exclusiveMinimum;
  delete field.exclusiveMaximum;
};

/** Reads the defaults and the computed values as they were written beside the fields. */
export const settleTexts = (draft: Draft, rules: Rules): readonly Misunderstanding[] => {
  const refused: Misunderstanding[] = [];
  for (const resource of draft.resources) {
    for (const field of resource.fields) {
      rules.phrases.refresh();
      if (field.defaultText !== undefined && field.default === undefined) {
        const value =
          readDefault(rules, resource, field, field.defaultText) ??
          rules.phrases.value(normalise(field.defaultText), frameOf(resource), field);
        if (value !== undefined) field.default = value;
        else if (
          !/^(?:null|none|empty|nothing|blank|unset|-|""|''|\[\]|an? empty \w+|empty \w+)$/i.test(
            field.defaultText.replace(/`/g, '').trim(),
          )
        ) {
          refused.push({
            sentence: field.source,
            line: field.line,
            reason: `The default "${field.defaultText}" does not fit the field ${field.name} (${field.type ?? 'string'}). Give a value of that type, or one such as "today" or "14 days after the start date".`,
          });
        }
      }
    }
  }
  return refused;
};

/** Computed values beside fields may speak of each other, so they are read until no more are understood. */
export const settleComputed = (draft: Draft, rules: Rules): readonly Misunderstanding[] => {
  const refused: Misunderstanding[] = [];
  for (const round of [0, 1, 2]) {
    for (const resource of draft.resources) {
      for (const field of resource.fields) {
        if (field.computedText === undefined || field.computed !== undefined) continue;
        rules.phrases.refresh();
        const text = normalise(field.computedText);
        const value = rules.phrases.value(text, frameOf(resource)) ?? rules.phrases.condition(text, frameOf(resource));
        if (value !== undefined) compute(rules, resource, field.words, value, field.source);
        else if (round === 2)
          refused.push({
            sentence: field.source,
            line: field.line,
            reason: `How the field ${field.name} is computed was not understood. Say it as a sum, a number of records, or arithmetic over declared fields.`,
          });
      }
    }
  }
  return refused;
};

const LABELS =
  /^(?:name|title|full name|first name|last name|label|subject|key|code|sku|number|question|display name)$/;

/** The field that stands for a record where a person picks one. */
export const labelField = (resource: DraftResource): DraftField | undefined => {
  const texts = resource.fields.filter((field) => field.type === 'string' && field.computed === undefined);
  return (
    [
      'name',
      'title',
      'full name',
      'label',
      'subject',
      'question',
      'display name',
      'last name',
      'number',
      'code',
      'sku',
      'key',
      'plate',
      'license plate',
      'email',
    ]
      .map((name) =>
        resource.fields.find(
          (field) =>
            field.computed === undefined &&
            field.words.join(' ') === name &&
            (field.type === 'string' || field.type === 'text' || field.type === 'email'),
        ),
      )
      .find((field) => field !== undefined) ??
    texts.find((field) => field.words.some((word) => /^(?:name|title)$/.test(word)) && field.required !== false) ??
    texts.find((field) => field.required === true) ??
    texts[0] ??
    resource.fields.find((field) => field.type === 'email' || field.type === 'text')
  );
};

/** Fields that effects or actions fill: they are empty until then. */
const filledLater = (draft: Draft, resource: DraftResource): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const endpoint of draft.endpoints) {
    if (endpoint.kind === 'action' && endpoint.resource === resource.name)
      for (const { field } of [...endpoint.assign, ...endpoint.body]) names.add(field);
  }
  for (const rule of draft.rules) {
    if (rule.kind === 'effect' && rule.resource === resource.name)
      for (const { field, through } of rule.assign) if (through === undefined) names.add(field);
  }
  return names;
};

/**
 * Whether a field is required where nothing is said: where other fields are marked optional, the unmarked ones are
 * required; where others are marked required, they are not; where nothing is marked, the name and references are.
 */
export const settleRequired = (draft: Draft): void => {
  const everywhere = draft.resources
    .flatMap((resource) => resource.fields)
    .filter((field) => field.type !== 'reference');
  const nowhereRequired = !everywhere.some((field) => field.required === true);
  const somewhereOptional = everywhere.some(
    (field) => field.required === false && field.computed === undefined && field.readOnly !== true,
  );
  for (const resource of draft.resources) {
    const marked = resource.fields.filter(
      (field) => field.type !== 'reference' || !/belongs?|is for/i.test(field.source),
    );
    const someRequired = marked.some((field) => field.required === true);
    const someOptional = marked.some(
      (field) => field.required === false && field.computed === undefined && field.readOnly !== true,
    );
    const later = filledLater(draft, resource);
    const label = labelField(resource);
    for (const field of resource.fields) {
      const filled = field.default !== undefined || field.computed !== undefined || field.readOnly === true;
      if (filled) field.required = false;
      else if (field.required === undefined) {
        const free =
          later.has(field.name) || field.type === 'boolean' || field.type === 'string_list' || isOutcome(field);
        if (field.needed === true) field.required = true;
        else if (free) field.required = false;
        else if ((someOptional && !someRequired) || (somewhereOptional && nowhereRequired)) field.required = true;
        else
          field.required =
            !someRequired && (field === label || field.type === 'reference' || LABELS.test(field.words.join(' ')));
      }
    }
  }
};

/** A date that is known only once something has happened. */
const isOutcome = (field: DraftField): boolean =>
  (field.type === 'date' || field.type === 'datetime') &&
  field.words.some((word) =>
    /^(?:return|returned|closed|completed|finished|paid|cancelled|resolved|solved|delivered|shipped|approved)/.test(
      word,
    ),
  );

/** Turns the draft into the model of the contract. */

import type { AppModel, Endpoint, Field, Resource, Rule } from '../../app-model.ts';
import { literal } from './expressions.ts';
import { kebabCase, titleOf, wordsOf } from '../lexicon/names.ts';
import { referenceFields } from '../phrases/vocabulary.ts';
import type { Draft, DraftField, DraftResource } from './draft.ts';
import { labelField } from './settle.ts';

const definedOf = <Shape extends object>(shape: Shape): Shape =>
  Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Shape;

const finishField = (field: DraftField): Field => {
  const {
    words: _words,
    line: _line,
    defaultText: _defaultText,
    computedText: _computedText,
    unique: _unique,
    needed: _needed,
    ...rest
  } = field;
  const isReference = field.type === 'reference' && field.reference !== undefined;
  const onDelete =
    isReference && field.reference?.onDelete === 'set_null' && field.required === true
      ? 'restrict'
      : field.reference?.onDelete;
  const { reference: _reference, ...plain } = rest;
  return definedOf({
    ...plain,
    type: field.type ?? 'string',
    required: field.required ?? false,
    ...(isReference && field.reference !== undefined && onDelete !== undefined
      ? { reference: { resource: field.reference.resource, onDelete } }
      : {}),
  });
};

const textual = (field: DraftField): boolean =>
  field.type === 'string' || field.type === 'text' || field.type === 'email';

const searchable = (resource: DraftResource): readonly string[] => {
  const named = [...resource.searchable].filter((name) => name !== '*');
  if (named.length > 0) return named;
  return resource.fields.filter((field) => textual(field) && field.computed === undefined).map((field) => field.name);
};

const filterable = (resource: DraftResource): readonly string[] => {
  const standard = resource.fields
    .filter((field) => field.type === 'enum' || field.type === 'reference' || field.type === 'boolean')
    .map((field) => field.name);
  return [...new Set([...resource.filterable, ...standard])].filter(
    (name) => resource.fields.some((field) => field.name === name) || name === 'createdAt',
  );
};

const sortable = (resource: DraftResource): readonly string[] => {
  const standard = resource.fields
    .filter((field) => field.type !== 'text' && field.type !== 'string_list' && field.type !== 'reference')
    .map((field) => field.name);
  return [...new Set([...resource.sortable, ...standard, 'createdAt'])];
};

const uniqueSets = (resource: DraftResource): readonly (readonly string[])[] => {
  const single = resource.fields.filter((field) => field.unique === true).map((field) => [field.name]);
  const sets = [...single, ...resource.unique];
  return sets.filter((set, index) => sets.findIndex((other) => other.join() === set.join()) === index);
};

const finishResource = (draft: Draft, resource: DraftResource): Resource => ({
  name: resource.name,
  plural: resource.plural,
  title: titleOf(resource.words),
  description: resource.description,
  fields: resource.fields.map(finishField),
  unique: uniqueSets(resource),
  operations: (['list', 'create', 'read', 'update', 'delete'] as const).filter((operation) =>
    resource.operations.has(operation),
  ),
  searchable: searchable(resource),
  filterable: filterable(resource),
  sortable: sortable(resource),
  labelField: labelField(resource)?.name ?? 'id',
  hasPage: resource.hasPage ?? draft.wantsPages ?? true,
  source: resource.source,
});

/** A cycle of required references could never be filled; the later one is made optional. */
const breakCycles = (draft: Draft): void => {
  const reaches = (from: string, to: string, seen: ReadonlySet<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    const resource = draft.resources.find((candidate) => candidate.name === from);
    return (resource === undefined ? [] : referenceFields(resource)).some(
      (field) => field.required === true && reaches(field.reference?.resource ?? '', to, new Set([...seen, from])),
    );
  };
  for (const resource of draft.resources) {
    for (const field of referenceFields(resource)) {
      if (field.required === true && reaches(field.reference?.resource ?? '', resource.name, new Set()))
        field.required = false;
    }
  }
};

/** A status with a first value begins with it when the client gives none. */
const settleStatus = (draft: Draft, rules: readonly Rule[]): void => {
  for (const rule of rules) {
    if (rule.kind !== 'transition') continue;
    const field = draft.resources
      .find((resource) => resource.name === rule.resource)
      ?.fields.find((candidate) => candidate.name === rule.field);
    const [first] = rule.initial;
    if (field === undefined || first === undefined || field.default !== undefined) continue;
    field.default = literal(first);
    field.required = false;
  }
};

const actionFirst = (endpoints: readonly Endpoint[]): readonly Endpoint[] => {
  const seen = new Set<string>();
  return endpoints.filter((endpoint) => {
    const key = `${endpoint.method} ${endpoint.path}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

const slug = (title: string): string => {
  const words = wordsOf(title).slice(0, 6);
  return words.length === 0 ? 'app' : kebabCase(words).replace(/^(\d)/, 'app-$1').slice(0, 50);
};

export const finishModel = (draft: Draft): AppModel => {
  breakCycles(draft);
  settleStatus(draft, draft.rules);
  return {
    name: slug(draft.title),
    title: draft.title,
    description: draft.description,
    resources: draft.resources.map((resource) => finishResource(draft, resource)),
    rules: draft.rules,
    endpoints: actionFirst(draft.endpoints),
    pagination: {
      defaultLimit: Math.min(draft.pagination.defaultLimit, draft.pagination.maxLimit),
      maxLimit: draft.pagination.maxLimit,
    },
    ...(draft.access === undefined ? {} : { access: draft.access }),
    ...(draft.usage === undefined ? {} : { usage: draft.usage }),
    ...(draft.data === undefined ? {} : { data: { ...draft.data, feed: draft.data.feed !== undefined } }),
  };
};

/**
 * The model while it is being understood: the same subjects as `AppModel`, but mutable and incomplete. Later
 * sentences add to what earlier ones said; `finishModel` turns it into the contract.
 */

import type { Endpoint, Expression, FieldType, Operation, Rule } from '../../app-model.ts';
import { camelCase, kebabCase, pluralWords, singularWords } from '../lexicon/names.ts';

export interface DraftField {
  name: string;
  /** The words a sentence uses for it, without `id`. */
  words: readonly string[];
  type?: FieldType;
  required?: boolean;
  /** Nothing was said, but a rule makes no sense without it. */
  needed?: boolean;
  description: string;
  /** As written; read once all fields are known. */
  defaultText?: string;
  default?: Expression;
  values?: readonly string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  unique?: boolean;
  reference?: { resource: string; onDelete: 'restrict' | 'cascade' | 'set_null' };
  readOnly?: boolean;
  immutable?: boolean;
  computed?: Expression;
  /** As written; read once all fields are known. */
  computedText?: string;
  source: string;
  line: number;
}

export interface DraftResource {
  readonly name: string;
  /** Singular. */
  readonly words: readonly string[];
  readonly plural: string;
  readonly pluralWords: readonly string[];
  description: string;
  readonly fields: DraftField[];
  readonly unique: string[][];
  readonly operations: Set<Operation>;
  readonly searchable: Set<string>;
  readonly filterable: Set<string>;
  readonly sortable: Set<string>;
  hasPage: boolean | undefined;
  readonly source: string;
  readonly line: number;
}

/** A named condition of a resource ("overdue"), of a record. */
interface NamedState {
  readonly resource: string;
  readonly words: string;
  readonly predicate: (entity: Entity) => Expression;
}

/** A record that a sentence speaks of: reached over references from the record or the item at hand. */
export interface Entity {
  readonly resource: DraftResource;
  readonly of: 'record' | 'previous' | 'item';
  readonly path: readonly string[];
}

export interface Draft {
  readonly title: string;
  description: string;
  readonly resources: DraftResource[];
  readonly rules: Rule[];
  readonly endpoints: Endpoint[];
  readonly states: NamedState[];
  pagination: { defaultLimit: number; maxLimit: number };
  wantsPages: boolean | undefined;
  access: { isPersonal: boolean; sources: string[] } | undefined;
  usage: { source: string } | undefined;
  /** Names of resources whose records go out and come in, and the sentence that asks for a feed of changes. */
  data:
    | {
        feed: { readonly sentence: string; readonly line: number } | undefined;
        exported: readonly string[];
        imported: readonly string[];
        sources: string[];
      }
    | undefined;
}

export const newDraft = (title: string): Draft => ({
  title,
  description: '',
  resources: [],
  rules: [],
  endpoints: [],
  states: [],
  pagination: { defaultLimit: 20, maxLimit: 100 },
  wantsPages: undefined,
  access: undefined,
  usage: undefined,
  data: undefined,
});

export const newResource = (words: readonly string[], source: string, line: number): DraftResource => {
  const single = singularWords(words);
  const many = pluralWords(single);
  return {
    name: kebabCase(single),
    words: single,
    plural: kebabCase(many),
    pluralWords: many,
    description: '',
    fields: [],
    unique: [],
    operations: new Set(['list', 'create', 'read', 'update', 'delete']),
    searchable: new Set(),
    filterable: new Set(),
    sortable: new Set(),
    hasPage: undefined,
    source,
    line,
  };
};

export const newField = (words: readonly string[], source: string, line: number): DraftField => ({
  name: camelCase(words),
  words,
  description: '',
  source,
  line,
});

/** Adds a field, or completes the one that stands there under the same name; what was said first wins. */
export const mergeField = (resource: DraftResource, field: DraftField): DraftField => {
  const existing = resource.fields.find((candidate) => candidate.name === field.name);
  if (existing === undefined) {
    resource.fields.push(field);
    return field;
  }
  const { name: _name, words: _words, source: _source, line: _line, ...patch } = field;
  const said = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined && value !== ''));
  const before = Object.fromEntries(
    Object.entries(existing).filter(([, value]) => value !== undefined && value !== ''),
  );
  Object.assign(existing, said, before);
  return existing;
};

/** Expression of a field of an entity. */
export const fieldOf = (entity: Entity, name: string): Expression => ({
  kind: 'field',
  of: entity.of,
  path: [...entity.path, name],
});

/** Expression of the id of an entity: for one reached over references, the reference itself. */
export const idOf = (entity: Entity): Expression => ({
  kind: 'field',
  of: entity.of,
  path: entity.path.length === 0 ? ['id'] : entity.path,
});

export const recordOf = (resource: DraftResource): Entity => ({ resource, of: 'record', path: [] });

export const itemOf = (resource: DraftResource): Entity => ({ resource, of: 'item', path: [] });

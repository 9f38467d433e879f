/**
 * An `AppModel` with everything the printers need worked out once: names, which fields are stored, which may be null,
 * what a field starts with, and who refers to whom.
 */
import type { AppModel, Endpoint, Expression, Field, FieldType, Resource, Rule } from '../app-model.ts';
import { isNullableExpression } from './expression/typing.ts';
import { fitExpression } from './fitting.ts';
import { camelCase, entityName, fieldLabel, inWords, pascalCase, variableName } from './names.ts';

export type ColumnKind = 'text' | 'integer' | 'real' | 'boolean' | 'list';

export interface FieldDesign {
  readonly name: string;
  readonly type: FieldType;
  readonly field: Field;
  readonly column: ColumnKind;
  readonly label: string;
  readonly isComputed: boolean;
  /** Whether a record may have no value here. */
  readonly isNullable: boolean;
  /** Whether a client may send it. */
  readonly isWritable: boolean;
  /** What the field gets when a new record is sent without it; absent: null. */
  readonly start?: Expression;
}

export type ActionEndpoint = Extract<Endpoint, { kind: 'action' }>;
export type ListEndpoint = Extract<Endpoint, { kind: 'list' }>;
export type FiguresEndpoint = Extract<Endpoint, { kind: 'figures' }>;
export type ForbidRule = Extract<Rule, { kind: 'forbid' }>;
export type TransitionRule = Extract<Rule, { kind: 'transition' }>;
export type EffectRule = Extract<Rule, { kind: 'effect' }>;

export interface ReferenceDesign {
  readonly field: FieldDesign;
  readonly target: string;
  readonly onDelete: 'restrict' | 'cascade' | 'set_null';
}

export interface ResourceDesign {
  readonly resource: Resource;
  readonly name: string;
  readonly plural: string;
  /** The type of its records: `OrderLine`. */
  readonly entity: string;
  /** As it stands in names of functions: `OrderLine`. */
  readonly pascal: string;
  readonly pascalPlural: string;
  readonly camel: string;
  /** A variable for one record: `orderLine`. */
  readonly variable: string;
  /** Its property in `Stores`: `orderLines`. */
  readonly store: string;
  /** For people: `order line`, `order lines`. */
  readonly words: string;
  readonly pluralWords: string;
  readonly fields: readonly FieldDesign[];
  readonly stored: readonly FieldDesign[];
  readonly computed: readonly FieldDesign[];
  readonly references: readonly ReferenceDesign[];
  readonly forbids: readonly ForbidRule[];
  readonly transitions: readonly TransitionRule[];
  readonly effects: readonly EffectRule[];
  readonly actions: readonly ActionEndpoint[];
  readonly lists: readonly ListEndpoint[];
}

export interface Design {
  readonly model: AppModel;
  readonly resources: readonly ResourceDesign[];
  readonly figures: readonly FiguresEndpoint[];
  readonly resource: (name: string) => ResourceDesign;
}

const columnKinds: Readonly<Record<FieldType, ColumnKind>> = {
  string: 'text',
  text: 'text',
  integer: 'integer',
  number: 'real',
  boolean: 'boolean',
  date: 'text',
  datetime: 'text',
  email: 'text',
  url: 'text',
  uuid: 'text',
  enum: 'text',
  reference: 'text',
  string_list: 'list',
};

const smallestAllowed = (field: Field): number => {
  const { minimum = 0 } = field;
  return Math.max(0, field.exclusiveMinimum === true ? minimum + 1 : minimum);
};

/** What a field without a default of its own starts with, where nothing at all would be awkward. */
const impliedStart = (field: Field, transition: TransitionRule | undefined): Expression | undefined => {
  const first = transition?.initial[0];
  if (field.type === 'enum' && first !== undefined && (!field.required || field.readOnly === true)) {
    return { kind: 'literal', value: first };
  }
  if (field.type === 'boolean' && (!field.required || field.readOnly === true))
    return { kind: 'literal', value: false };
  const isNumber = field.type === 'integer' || field.type === 'number';
  if (isNumber && field.readOnly === true && field.required) return { kind: 'literal', value: smallestAllowed(field) };
  return undefined;
};

const isNullLiteral = (expression: Expression | undefined): boolean =>
  expression?.kind === 'literal' && expression.value === null;

const isNullableField = (field: Field, start: Expression | undefined, resource: Resource): boolean => {
  if (field.type === 'string_list') return false;
  if (start !== undefined) return isNullableExpression(start, resource);
  return !field.required || field.readOnly === true;
};

const designField = (field: Field, resource: Resource, rules: readonly Rule[]): FieldDesign => {
  const transition = rules.find(
    (rule): rule is TransitionRule =>
      rule.kind === 'transition' && rule.resource === resource.name && rule.field === field.name,
  );
  const chosen = isNullLiteral(field.default) ? undefined : (field.default ?? impliedStart(field, transition));
  const start = chosen && fitExpression(chosen, field);
  const isComputed = field.computed !== undefined;
  return {
    name: field.name,
    type: field.type,
    field,
    column: columnKinds[field.type],
    label: fieldLabel(field.name, field.type === 'reference'),
    isComputed,
    isNullable: field.computed
      ? isNullableExpression(field.computed, resource)
      : isNullableField(field, start, resource),
    isWritable: !isComputed && field.readOnly !== true,
    ...(start === undefined || isComputed ? {} : { start }),
  };
};

/** A reference that is required cannot be emptied, so the record that it names cannot go. */
const whatHappens = (field: FieldDesign): ReferenceDesign['onDelete'] => {
  const onDelete = field.field.reference?.onDelete ?? 'restrict';
  return onDelete === 'set_null' && !field.isNullable ? 'restrict' : onDelete;
};

const designResource = (model: AppModel, resource: Resource): ResourceDesign => {
  const fields = resource.fields.map((field) => designField(field, resource, model.rules));
  const ownRules = model.rules.filter((rule) => rule.resource === resource.name);
  const ownEndpoints = model.endpoints.filter(
    (endpoint) => endpoint.kind !== 'figures' && endpoint.resource === resource.name,
  );
  return {
    resource,
    name: resource.name,
    plural: resource.plural,
    entity: entityName(resource.name),
    pascal: pascalCase(resource.name),
    pascalPlural: pascalCase(resource.plural),
    camel: camelCase(resource.name),
    variable: variableName(resource.name),
    store: camelCase(resource.plural),
    words: inWords(resource.name),
    pluralWords: inWords(resource.plural),
    fields,
    stored: fields.filter((field) => !field.isComputed),
    computed: fields.filter((field) => field.isComputed),
    references: fields.flatMap((field) =>
      field.field.reference && !field.isComputed
        ? [{ field, target: field.field.reference.resource, onDelete: whatHappens(field) }]
        : [],
    ),
    forbids: ownRules.filter((rule) => rule.kind === 'forbid'),
    transitions: ownRules.filter((rule) => rule.kind === 'transition'),
    effects: ownRules.filter((rule) => rule.kind === 'effect'),
    actions: ownEndpoints.filter((endpoint) => endpoint.kind === 'action'),
    lists: ownEndpoints.filter((endpoint) => endpoint.kind === 'list'),
  };
};

/** Works out the design of an application. */
export const createDesign = (model: AppModel): Design => {
  const resources = model.resources.map((resource) => designResource(model, resource));
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  return {
    model,
    resources,
    figures: model.endpoints.filter((endpoint) => endpoint.kind === 'figures'),
    resource: (name) => {
      const found = byName.get(name);
      if (!found) throw new Error(`The model speaks of a resource that it does not define: ${name}.`);
      return found;
    },
  };
};

/** The field of that name; `id` and the times of creation and change are fields of every resource. */
export const findField = (resource: ResourceDesign, name: string): FieldDesign | undefined =>
  resource.fields.find((field) => field.name === name);

/** Which resources refer to this one, and by which field. */
export const referencesTo = (
  design: Design,
  target: ResourceDesign,
): readonly (ReferenceDesign & { readonly from: ResourceDesign })[] =>
  design.resources.flatMap((from) =>
    from.references
      .filter((reference) => reference.target === target.name)
      .map((reference) => ({ ...reference, from })),
  );

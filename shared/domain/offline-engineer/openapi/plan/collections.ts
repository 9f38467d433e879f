/** Finds the collections of records behind the operations: what can be created, listed, read, changed and deleted. */

import type { ApiModel, ApiOperation } from '../model.ts';
import { camelCase, kebabCase, plural, uniqueNames } from '../read/names.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject } from '../runtime/json.ts';
import type { Schema, SchemaRegistry } from '../runtime/validation/schema.ts';
import { flattenObject } from '../sample/merge.ts';
import type { Sampler } from '../sample/sampler.ts';
import { formOf, isObjectSchema, preferredContent, referencesOf, successOf } from './forms.ts';
import { idFieldOf } from './identifiers.ts';
import { collectionKey, shapeOf } from './paths.ts';
import { acceptsId, idSchemaOf, initialRecords, isReadOnly, scopeFieldsOf, timestamps } from './record-fields.ts';
import { isCreate, isItemAccess, isList } from './members.ts';
import type { ShapedOperation } from './members.ts';

export interface CollectionPlan {
  readonly key: string;
  /** kebab-case plural, unique. */
  readonly name: string;
  /** camelCase plural, unique: the constant in the generated code. */
  readonly constant: string;
  /** What one record is called: `order line`. */
  readonly title: string;
  readonly resource: string;
  readonly group: string;
  /** References that the schemas of its records go by. */
  readonly references: readonly string[];
  readonly schema: Schema;
  readonly properties: Readonly<Record<string, Schema>>;
  readonly idField?: string;
  readonly idSchema: Schema;
  readonly acceptsId: boolean;
  readonly example: JsonObject;
  readonly createdFields: readonly string[];
  readonly updatedFields: readonly string[];
  readonly serverFields: readonly string[];
  readonly scopeFields: Readonly<Record<string, string>>;
  readonly initial: readonly JsonObject[];
  /** True when an operation creates records. */
  readonly canCreate: boolean;
}

export const bodyContentOf = (operation: ApiOperation) =>
  operation.body === undefined ? undefined : preferredContent(operation.body.contents);

/** Adds the shapes to every operation. */
export const shapeOperations = (model: ApiModel, schemas: SchemaRegistry): readonly ShapedOperation[] =>
  model.operations.map((operation) => {
    const shape = shapeOf(operation.path);
    const content = successOf(operation).content;
    const bodySchema = bodyContentOf(operation)?.schema;
    return {
      operation,
      shape,
      answer: content === undefined ? { kind: 'other' } : formOf(content.schema, schemas, shape.resource),
      body: bodySchema === undefined ? { kind: 'other' } : formOf(bodySchema, schemas, shape.resource),
      ...(bodySchema === undefined ? {} : { bodySchema }),
    };
  });

interface Draft {
  readonly key: string;
  readonly members: readonly ShapedOperation[];
}

/** The operations of one collection: those on its path and on the paths of its items. */
export const findCollections = (
  model: ApiModel,
  shaped: readonly ShapedOperation[],
  schemas: SchemaRegistry,
  sampler: Sampler,
): readonly CollectionPlan[] => {
  const drafts = new Map<string, ShapedOperation[]>();
  for (const one of shaped) {
    const key = collectionKey(one.shape.collectionPath);
    drafts.set(key, [...(drafts.get(key) ?? []), one]);
  }
  const uniqueName = uniqueNames();
  const plans: CollectionPlan[] = [];
  for (const draft of withoutViews(mergeDrafts([...drafts].map(([key, members]) => ({ key, members }))))) {
    const plan = planCollection(model, draft, schemas, sampler, uniqueName);
    if (plan !== undefined) plans.push(plan);
  }
  return plans;
};

const isRecordSchema = (schema: Schema | undefined, schemas: SchemaRegistry): schema is Schema =>
  schema !== undefined &&
  isObjectSchema(flattenObject(schema, schemas)) &&
  Object.keys(flattenObject(schema, schemas).properties ?? {}).length > 0;

/** `/orders/{id}` and `/stores/{id}/orders` speak of the same records when their schemas are the same. */
const mergeDrafts = (drafts: readonly Draft[]): readonly Draft[] => {
  const merged: Draft[] = [];
  for (const draft of drafts) {
    const noun = draft.key.split('/').at(-1);
    const references = recordReferences(draft);
    const earlier = merged.findIndex(
      (other) =>
        other.key.split('/').at(-1) === noun &&
        recordReferences(other).some((reference) => references.includes(reference)),
    );
    const target = merged[earlier];
    if (target === undefined) merged.push(draft);
    else merged[earlier] = { key: target.key, members: [...target.members, ...draft.members] };
  }
  return merged;
};

/** `/pet/findByStatus` only lists what `/pet` creates: it is a view of that collection, not one of its own. */
const withoutViews = (drafts: readonly Draft[]): readonly Draft[] => {
  const changes = (draft: Draft): boolean => draft.members.some((one) => isItemAccess(one) || isCreate(one));
  const strong = drafts.filter((draft) => isCollection(draft.members) && changes(draft));
  return drafts.filter((draft) => {
    const references = recordReferences(draft);
    const isView = strong.some(
      (other) => other !== draft && recordReferences(other).some((reference) => references.includes(reference)),
    );
    return changes(draft) || !isView;
  });
};

const recordReferences = (draft: Draft): readonly string[] =>
  draft.members.flatMap(({ answer }) =>
    answer.kind === 'list' ? referencesOf(answer.item) : answer.kind === 'object' ? referencesOf(answer.schema) : [],
  );

/** The schema of a record, from the operation that knows most about it. */
const recordSchema = (members: readonly ShapedOperation[], schemas: SchemaRegistry): Schema | undefined => {
  const objectOf = (one: ShapedOperation | undefined): Schema | undefined =>
    one?.answer.kind === 'object' ? one.answer.schema : undefined;
  const bodyOf = (one: ShapedOperation | undefined): Schema | undefined =>
    one?.body.kind === 'object' ? one.body.schema : undefined;
  const find = (method: string, isItem: boolean): ShapedOperation | undefined =>
    members.find(({ operation, shape }) => operation.method === method && shape.isItem === isItem);
  const list = members.find(isList);
  const candidates = [
    objectOf(find('get', true)),
    list?.answer.kind === 'list' ? list.answer.item : undefined,
    objectOf(members.find(isCreate)),
    objectOf(find('put', true)),
    objectOf(find('patch', true)),
    bodyOf(members.find(isCreate)),
    bodyOf(find('put', true)),
  ];
  return candidates.find((candidate) => isRecordSchema(candidate, schemas));
};

const isCollection = (members: readonly ShapedOperation[]): boolean => {
  const hasItems = members.some(isItemAccess);
  const hasRead = members.some(
    (one) => isItemAccess(one) && one.operation.method === 'get' && one.answer.kind === 'object',
  );
  const hasList = members.some(isList);
  const creates = members.some(isCreate) || members.some((one) => one.shape.isItem && one.operation.method === 'put');
  return (hasItems && (creates || hasRead || hasList)) || hasList;
};

const planCollection = (
  model: ApiModel,
  { key, members }: Draft,
  schemas: SchemaRegistry,
  sampler: Sampler,
  uniqueName: (wanted: string) => string,
): CollectionPlan | undefined => {
  if (key === '' || key.endsWith('{}') || !isCollection(members)) return undefined;
  const schema = recordSchema(members, schemas);
  const first = members[0];
  if (schema === undefined || first === undefined) return undefined;
  const { resource } = first.shape;
  const properties = flattenObject(schema, schemas).properties ?? {};
  const item = members.find(isItemAccess)?.shape.itemParameter;
  const idField = idFieldOf(properties, item, resource);
  const idSchema = idSchemaOf(idField, properties, members, item);
  const example = exampleOf(schema, idField, idSchema, sampler);
  if (example === undefined) return undefined;
  const canCreate = canCreateRecords(members, model, schema);
  const name = uniqueName(kebabCase(plural(kebabCase(resource, 'record')), 'records'));
  return {
    key,
    name,
    constant: camelCase(name, 'records'),
    title: kebabCase(resource, 'record').replaceAll('-', ' '),
    resource,
    group: first.operation.group,
    references: [...new Set([...referencesOf(schema), ...recordReferences({ key, members })])],
    schema,
    properties,
    ...(idField === undefined ? {} : { idField }),
    idSchema,
    acceptsId: idField !== undefined && acceptsId(members, idField, schemas),
    example,
    ...timestamps(properties, schemas),
    serverFields: Object.keys(properties).filter(
      (field) => isReadOnly(properties[field] ?? true, schemas) && field !== idField,
    ),
    scopeFields: scopeFieldsOf(members, properties),
    initial: canCreate ? [] : initialRecords(members, schema, example, sampler),
    canCreate,
  };
};

/** A record whose id also satisfies what the path says of it. */
const exampleOf = (
  schema: Schema,
  idField: string | undefined,
  idSchema: Schema,
  sampler: Sampler,
): JsonObject | undefined => {
  const value = sampler.sample(schema, { direction: 'response', extent: 'full', hint: 'record', variant: 0 });
  if (!isObject(value)) return undefined;
  if (idField === undefined || sampler.isValid(idSchema, value[idField], 'response')) return value;
  const id = sampler.sample(idSchema, { direction: 'response', extent: 'minimal', hint: idField, variant: 0 });
  return id === undefined ? value : { ...value, [idField]: id };
};

const canCreateRecords = (members: readonly ShapedOperation[], model: ApiModel, schema: Schema): boolean => {
  const references = referencesOf(schema);
  const sameBody = (one: ApiOperation): boolean => {
    const body = bodyContentOf(one)?.schema;
    return (
      one.method === 'post' &&
      body !== undefined &&
      references.some((reference) => referencesOf(body).includes(reference))
    );
  };
  const upserts = members.some(
    (one) =>
      one.shape.isItem &&
      one.operation.method === 'put' &&
      one.operation.responses.some(({ status }) => status === '201'),
  );
  return members.some(isCreate) || upserts || model.operations.some(sameBody);
};

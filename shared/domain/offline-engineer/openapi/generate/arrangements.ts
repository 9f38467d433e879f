/** What a test stores before it calls an operation, and the path that leads there. */

import type { CollectionPlan } from '../plan/collections.ts';
import type { OperationPlan } from '../plan/operations.ts';
import { newIdentifier } from '../runtime/store/identifiers.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import type { SchemaRegistry } from '../runtime/validation/schema.ts';
import type { Sampler } from '../sample/sampler.ts';
import { parameterValue } from './requests.ts';
import { propertyName, toSource } from './source.ts';

export interface Arrangement {
  /** Statements that store what the operation needs. */
  readonly lines: readonly string[];
  /** Values of the path parameters. */
  readonly path: Readonly<Record<string, JsonValue>>;
  /** The scope of the record in question as source, empty when there is none. */
  readonly scope: string;
  readonly collections: readonly CollectionPlan[];
  /** The id of the record that was stored. */
  readonly id?: JsonValue;
}

/** The first id that tests hand out, as `openTestApp` makes them. */
const firstTestUuid = '00000000-0000-4000-8000-000000000001';

/** The id of the collection's example, or the first one that is given out where records do not show theirs. */
export const exampleId = (collection: CollectionPlan, schemas: SchemaRegistry): JsonValue => {
  const record = collection.initial[0] ?? collection.example;
  const shown = collection.idField === undefined ? undefined : record[collection.idField];
  return shown ?? newIdentifier(collection.idSchema, 1, { schemas, randomUuid: () => firstTestUuid });
};

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Stores enclosing records, and the record itself when `target` is given. */
export const arrange = (
  plan: OperationPlan,
  target: { readonly collection: CollectionPlan; readonly idParameter?: string } | undefined,
  sampler: Sampler,
  schemas: SchemaRegistry,
): Arrangement => {
  const lines: string[] = [];
  const path: Record<string, JsonValue> = {};
  const scope: Record<string, string> = {};
  const collections = new Set<CollectionPlan>();
  for (const part of plan.scope.filter((one) => one.parameter !== target?.idParameter)) {
    const parameter = plan.operation.parameters.find((one) => one.in === 'path' && one.name === part.parameter);
    const isStored = part.collection !== undefined && part.isChecked;
    const value =
      isStored && part.collection !== undefined
        ? exampleId(part.collection, schemas)
        : parameter === undefined
          ? 'value'
          : (parameterValue(parameter, sampler) ?? 'value');
    path[part.parameter] = value;
    scope[part.resource] = textOf(value);
    if (isStored && part.collection !== undefined) {
      collections.add(part.collection);
      lines.push(`app.store.put(${part.collection.constant}, ${part.collection.constant}.example);`);
    }
  }
  const scopeSource = Object.keys(scope).length === 0 ? '' : toSource(scope);
  if (target === undefined) return { lines, path, scope: scopeSource, collections: [...collections] };
  const { collection, idParameter } = target;
  const id = exampleId(collection, schemas);
  if (idParameter !== undefined) path[idParameter] = id;
  collections.add(collection);
  if (collection.initial.length === 0) lines.push(putLine(collection, scope, scopeSource));
  return { lines, path, scope: scopeSource, collections: [...collections], id };
};

const putLine = (collection: CollectionPlan, scope: Readonly<Record<string, string>>, scopeSource: string): string => {
  const fields = Object.entries(collection.scopeFields).flatMap(([resource, field]) => {
    const value = scope[resource];
    return value === undefined
      ? []
      : [`${propertyName(field)}: ${toSource(likeExample(collection.example, field, value))}`];
  });
  const record =
    fields.length === 0
      ? `${collection.constant}.example`
      : `{ ...${collection.constant}.example, ${fields.join(', ')} }`;
  return `app.store.put(${collection.constant}, ${record}${scopeSource === '' ? '' : `, ${scopeSource}`});`;
};

const likeExample = (example: JsonObject, field: string, text: string): JsonValue =>
  typeof example[field] === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;

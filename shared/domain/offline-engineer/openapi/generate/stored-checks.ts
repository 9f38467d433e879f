/** What tests look for after a success: in the store, and in the answer. */

import type { CollectionPlan } from '../plan/collections.ts';
import { answersRecord } from '../plan/operations.ts';
import type { OperationPlan } from '../plan/operations.ts';
import { isJson } from '../runtime/http/bodies.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonValue } from '../runtime/json.ts';
import { flattenObject } from '../sample/merge.ts';
import type { Arrangement } from './arrangements.ts';
import { quote, toSource } from './source.ts';
import type { Writer } from './test-cases.ts';

export const storedChecks = (
  plan: OperationPlan,
  arrangement: Arrangement,
  body: JsonValue | undefined,
  writer: Writer,
): Checks => {
  const { behaviour } = plan;
  const declared = 'answers as the document declares';
  if (!('collection' in behaviour) || behaviour.collection === undefined) return { name: declared, lines: [] };
  const { collection } = behaviour;
  const { title } = collection;
  const checks = checksOf(plan, arrangement, body);
  if (checks !== undefined) {
    writer.collections.add(collection);
    return checks;
  }
  if (behaviour.kind === 'read') {
    return { name: `answers the ${title}`, lines: readChecks(plan, collection, behaviour.wrapper, writer) };
  }
  if (behaviour.kind !== 'list') return { name: declared, lines: [] };
  const count = Math.max(1, collection.initial.length);
  return { name: `lists each ${title}`, lines: listChecks(plan, behaviour.wrapper, count) };
};

interface Checks {
  /** What the test shows, as its name. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** Checks that look into the store, for operations that change it. */
const checksOf = (
  { behaviour }: OperationPlan,
  arrangement: Arrangement,
  body: JsonValue | undefined,
): Checks | undefined => {
  const scope = arrangement.scope === '' ? '' : `, ${arrangement.scope}`;
  const id = arrangement.id === undefined ? '' : toSource(arrangement.id);
  if (behaviour.kind === 'create' || behaviour.kind === 'create_many') {
    const { collection } = behaviour;
    const list = `app.store.list(${collection.constant}${scope})`;
    const sent = behaviour.kind === 'create' ? storedFields(collection, behaviour.bodyWrapper, body, arrangement) : [];
    const length = `assert.equal(${list}.length, ${Array.isArray(body) ? body.length : 1});`;
    const fields = sent.map(([name, value]) => `assert.deepEqual(${list}[0]?.[${quote(name)}], ${toSource(value)});`);
    const name = behaviour.kind === 'create' ? `stores a new ${collection.title}` : `stores every ${collection.title}`;
    return { name, lines: [length, ...fields] };
  }
  if (behaviour.kind === 'delete' && behaviour.collection.initial.length === 0) {
    const { constant, title } = behaviour.collection;
    return { name: `removes the ${title}`, lines: [`assert.deepEqual(app.store.list(${constant}${scope}), []);`] };
  }
  const found =
    'collection' in behaviour && behaviour.collection !== undefined
      ? `app.store.find(${behaviour.collection.constant}, ${id}${scope})`
      : '';
  const holds = ([name, value]: readonly [string, JsonValue]): string =>
    `assert.deepEqual(${found}?.[${quote(name)}], ${toSource(value)});`;
  if (behaviour.kind === 'replace' || behaviour.kind === 'update') {
    const sent = storedFields(behaviour.collection, behaviour.bodyWrapper, body, arrangement);
    return { name: `changes the ${behaviour.collection.title}`, lines: sent.map(holds) };
  }
  if (behaviour.kind !== 'action' || behaviour.assignment === undefined) return undefined;
  const { field, value } = behaviour.assignment;
  return {
    name: `sets ${field} of the ${behaviour.collection.title} to ${String(value)}`,
    lines: [holds([field, value])],
  };
};

/** Fields of the body that must be found in the store unchanged. */
const storedFields = (
  collection: CollectionPlan,
  wrapper: string | undefined,
  body: JsonValue | undefined,
  arrangement: Arrangement,
): readonly (readonly [string, JsonValue])[] => {
  const outer = isObject(body) ? body : {};
  const inner = wrapper === undefined ? outer : outer[wrapper];
  const changing = new Set([
    collection.idField,
    ...collection.updatedFields,
    ...(arrangement.scope === '' ? [] : Object.values(collection.scopeFields)),
  ]);
  return Object.entries(isObject(inner) ? inner : {})
    .filter(
      ([name, value]) => !changing.has(name) && !collection.serverFields.includes(name) && typeof value !== 'object',
    )
    .slice(0, 3);
};

/** The answer shows what was stored. */
const readChecks = (
  plan: OperationPlan,
  collection: CollectionPlan,
  wrapper: string | undefined,
  writer: Writer,
): readonly string[] => {
  const content = plan.success.content;
  if (
    content === undefined ||
    !isJson(content.mediaType) ||
    plan.operation.method === 'head' ||
    !answersRecord(plan, collection)
  )
    return [];
  const shown = flattenObject(content.schema, writer.schemas).properties ?? {};
  const inner =
    wrapper === undefined ? shown : (flattenObject(shown[wrapper] ?? true, writer.schemas).properties ?? {});
  const record = collection.initial[0] ?? collection.example;
  const body = wrapper === undefined ? 'body' : `(body[${quote(wrapper)}] as Readonly<Record<string, unknown>>)`;
  const given = new Set([
    ...collection.serverFields,
    ...collection.createdFields,
    ...collection.updatedFields,
    ...Object.values(collection.scopeFields),
  ]);
  const kept = Object.entries(record).filter(
    ([name, value]) =>
      name in inner &&
      typeof value !== 'object' &&
      !given.has(name) &&
      flattenObject(inner[name] ?? true, writer.schemas).writeOnly !== true,
  );
  const checks = kept
    .slice(0, 3)
    .map(([name, value]) => `assert.deepEqual(${body}[${quote(name)}], ${toSource(value)});`);
  return checks.length === 0 ? [] : ['const body = jsonOf(reply) as Readonly<Record<string, unknown>>;', ...checks];
};

/** The list has as many records as are stored, unless required parameters or a limit may leave some out. */
const listChecks = (plan: OperationPlan, wrapper: string | undefined, count: number): readonly string[] => {
  const narrows = plan.operation.parameters.some(
    ({ in: place, required, schema }) =>
      place === 'query' && (required || (typeof schema !== 'boolean' && schema.default !== undefined)),
  );
  if (narrows || plan.success.content === undefined || !isJson(plan.success.content.mediaType)) return [];
  if (wrapper === undefined) return [`assert.equal((jsonOf(reply) as readonly unknown[]).length, ${count});`];
  return [
    `assert.equal((jsonOf(reply) as Readonly<Record<string, readonly unknown[]>>)[${quote(wrapper)}]?.length, ${count});`,
  ];
};

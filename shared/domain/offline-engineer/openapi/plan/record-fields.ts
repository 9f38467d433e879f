/** What is known of the fields of a collection's records. */

import { isObject, own } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import { resolveSchema } from '../runtime/validation/schema.ts';
import type { Schema, SchemaRegistry } from '../runtime/validation/schema.ts';
import { flattenObject } from '../sample/merge.ts';
import type { Sampler } from '../sample/sampler.ts';
import { successOf } from './forms.ts';
import { fieldNamedLike } from './identifiers.ts';
import { isCreate, isItemAccess, isList } from './members.ts';
import type { ShapedOperation } from './members.ts';

export const timestamps = (
  properties: Readonly<Record<string, Schema>>,
  schemas: SchemaRegistry,
): { readonly createdFields: readonly string[]; readonly updatedFields: readonly string[] } => {
  const times = Object.keys(properties).filter(
    (name) => flattenObject(properties[name] ?? true, schemas).format === 'date-time',
  );
  return {
    createdFields: times.filter((name) => /^(created|creation|inserted)/i.test(name)),
    updatedFields: times.filter((name) => /^(updated|modified|last_?(updated|modified|changed))/i.test(name)),
  };
};

export const scopeFieldsOf = (
  members: readonly ShapedOperation[],
  properties: Readonly<Record<string, Schema>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    members.flatMap(({ shape }) =>
      shape.enclosing.flatMap(({ resource, parameter }): [string, string][] => {
        const names = [
          `${resource}Id`,
          `${resource}_id`,
          ...(/^(id|_id|uuid|name|key|slug)$/i.test(parameter) ? [] : [parameter]),
        ];
        const field = names.map((name) => fieldNamedLike(properties, name)).find((found) => found !== undefined);
        return field === undefined ? [] : [[resource, field]];
      }),
    ),
  );

/** What the document shows of records that nobody can create; one made by rule when it shows none. */
export const initialRecords = (
  members: readonly ShapedOperation[],
  schema: Schema,
  example: JsonObject,
  sampler: Sampler,
): readonly JsonObject[] => {
  const shown = members
    .filter((one) => isList(one) || isItemAccess(one))
    .flatMap(({ operation, answer }) => {
      const wrapper = answer.kind === 'other' ? undefined : answer.wrapper;
      return (successOf(operation).content?.examples ?? []).flatMap((value): readonly JsonValue[] => {
        const inner = wrapper !== undefined && isObject(value) ? (value[wrapper] ?? null) : value;
        return Array.isArray(inner) ? inner : [inner];
      });
    });
  const valid = shown.filter(isObject).filter((value) => sampler.isValid(schema, value, 'response'));
  const distinct = valid.filter(
    (value, index) => valid.findIndex((other) => JSON.stringify(other) === JSON.stringify(value)) === index,
  );
  return distinct.length > 0 ? distinct.slice(0, 20) : [example];
};

export const isReadOnly = (schema: Schema, schemas: SchemaRegistry): boolean =>
  [schema, resolveSchema(schema, schemas)].some((part) => typeof part !== 'boolean' && part.readOnly === true);

export const idSchemaOf = (
  idField: string | undefined,
  properties: Readonly<Record<string, Schema>>,
  members: readonly ShapedOperation[],
  item: string | undefined,
): Schema => {
  const parameter = members
    .find(isItemAccess)
    ?.operation.parameters.find((one) => one.in === 'path' && one.name === item)?.schema;
  const property = idField === undefined ? undefined : properties[idField];
  if (property === undefined) return parameter ?? { type: 'string' };
  return parameter === undefined ? property : bothSchemas(property, parameter);
};

/** The path may know more of the id than the property does: its format, a pattern, bounds. */
const bothSchemas = (property: Schema, parameter: Schema): Schema => {
  if (typeof property === 'boolean' || typeof parameter === 'boolean') return property;
  const { description: _description, examples: _examples, default: _default, ...checked } = parameter;
  const isPlain = Object.entries(checked).every(
    ([keyword, value]) => JSON.stringify(property[keyword as keyof typeof property]) === JSON.stringify(value),
  );
  return isPlain ? property : { allOf: [property, checked] };
};

export const acceptsId = (members: readonly ShapedOperation[], idField: string, schemas: SchemaRegistry): boolean =>
  members.some((one) => {
    if (!isCreate(one) && !(one.operation.method === 'put' && one.shape.isItem)) return false;
    const schema = one.body.kind === 'object' ? one.body.schema : one.body.kind === 'list' ? one.body.item : true;
    const property = own(flattenObject(schema, schemas).properties ?? {}, idField);
    return property !== undefined && !isReadOnly(property, schemas);
  });

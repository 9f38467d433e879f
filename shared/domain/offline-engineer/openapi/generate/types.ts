/** TypeScript types for schemas. */

import type { NamedSchema } from '../model.ts';
import type { Schema, SchemaObject, SchemaType } from '../runtime/validation/schema.ts';
import { commentText, propertyName, toSource } from './source.ts';

export interface TypeNames {
  /** Type name by reference. */
  readonly byReference: ReadonlyMap<string, NamedSchema>;
  /** References that may not be written at the top of a type, because the type would be defined by itself. */
  readonly isCircular: (from: string | undefined, to: string) => boolean;
}

/** A type and the named types that it uses. */
export interface TypeSource {
  readonly code: string;
  readonly uses: ReadonlySet<string>;
}

interface Writer {
  readonly names: TypeNames;
  readonly uses: Set<string>;
  /** The schema whose type is being written, as long as no object encloses the place. */
  readonly top: string | undefined;
  readonly depth: number;
}

const maximumDepth = 12;

/** The type of a schema; `top` is the reference of the schema itself when it has a name. */
export const typeSource = (schema: Schema, names: TypeNames, top?: string): TypeSource => {
  const uses = new Set<string>();
  const code = write(schema, { names, uses, top, depth: 0 }, 0);
  return { code, uses };
};

const write = (schema: Schema, writer: Writer, indent: number): string => {
  if (schema === true) return 'JsonValue';
  if (schema === false) return 'never';
  if (writer.depth > maximumDepth) return 'JsonValue';
  const inner = { ...writer, depth: writer.depth + 1 };
  if (schema.$ref !== undefined) return reference(schema.$ref, inner);
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined && schema.enum.length > 0) return [...new Set(schema.enum.map(literal))].join(' | ');
  const parts = [
    ...(schema.allOf ?? []).map((part) => write(part, inner, indent)),
    ...[schema.oneOf, schema.anyOf].flatMap((list) => (list === undefined ? [] : [union(list, inner, indent)])),
  ].filter((part) => part !== 'JsonValue');
  const own = writeTypes(schema, inner, indent);
  if (own !== undefined && !(own === 'JsonObject' && parts.length > 0)) parts.push(own);
  if (parts.length === 0) return 'JsonValue';
  return parts.length === 1 ? (parts[0] ?? 'JsonValue') : [...new Set(parts)].map(grouped).join(' & ');
};

const grouped = (type: string): string => (/[|]/.test(type) && !/^[{(]/.test(type) ? `(${type})` : type);

const union = (list: readonly Schema[], writer: Writer, indent: number): string => {
  const parts = [...new Set(list.map((part) => write(part, writer, indent)))];
  if (parts.includes('JsonValue')) return 'JsonValue';
  return parts.length === 1 ? (parts[0] ?? 'JsonValue') : `(${parts.join(' | ')})`;
};

const reference = (target: string, writer: Writer): string => {
  const named = writer.names.byReference.get(target);
  if (named === undefined || (writer.top !== undefined && writer.names.isCircular(writer.top, target)))
    return 'JsonValue';
  writer.uses.add(target);
  return named.typeName;
};

const literal = (value: unknown): string =>
  typeof value === 'object' && value !== null ? 'JsonValue' : toSource(value as string | number | boolean | null);

const writeTypes = (schema: SchemaObject, writer: Writer, indent: number): string | undefined => {
  const isObject = schema.properties !== undefined || schema.additionalProperties !== undefined;
  const types: readonly SchemaType[] =
    schema.type === undefined
      ? isObject
        ? ['object']
        : schema.items === undefined
          ? []
          : ['array']
      : typeof schema.type === 'string'
        ? [schema.type]
        : schema.type;
  if (types.length === 0) return undefined;
  return [...new Set(types.map((type) => writeOne(type, schema, writer, indent)))].join(' | ');
};

const writeOne = (type: SchemaType, schema: SchemaObject, writer: Writer, indent: number): string => {
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') return `readonly ${elementType(write(schema.items ?? true, writer, indent))}[]`;
  if (type === 'object') return objectType(schema, { ...writer, top: undefined }, indent);
  return type;
};

const elementType = (type: string): string =>
  /^[A-Za-z]\w*$/.test(type) || /^\{[^]*\}$/.test(type) ? type : `(${type})`;

const objectType = (schema: SchemaObject, writer: Writer, indent: number): string => {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    const values =
      schema.additionalProperties === undefined || schema.additionalProperties === false
        ? 'JsonValue'
        : write(schema.additionalProperties, writer, indent);
    return values === 'JsonValue' ? 'JsonObject' : `Readonly<Record<string, ${values}>>`;
  }
  const pad = ' '.repeat(indent + 2);
  const lines = properties.map(([name, property]) => {
    const text = typeof property === 'boolean' ? undefined : property.description;
    const comment = text === undefined || text.trim() === '' ? '' : `${pad}/** ${commentText(text, 100)} */\n`;
    const optional = schema.required?.includes(name) === true && !travelsOneWay(property) ? '' : '?';
    return `${comment}${pad}readonly ${propertyName(name)}${optional}: ${write(property, writer, indent + 2)};\n`;
  });
  return `{\n${lines.join('')}${' '.repeat(indent)}}`;
};

const travelsOneWay = (schema: Schema): boolean =>
  typeof schema !== 'boolean' && (schema.readOnly === true || schema.writeOnly === true);

/** Which references lead, without an object in between, back to where they started. */
export const createTypeNames = (schemas: readonly NamedSchema[]): TypeNames => {
  const byReference = new Map(schemas.map((named) => [named.reference, named]));
  const immediate = new Map(schemas.map((named) => [named.reference, topReferences(named.schema)]));
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (immediate.get(from) ?? []).some((next) => reaches(next, to, seen));
  };
  return { byReference, isCircular: (from, to) => from !== undefined && reaches(to, from, new Set()) };
};

const topReferences = (schema: Schema): readonly string[] => {
  if (typeof schema === 'boolean') return [];
  const parts = [
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.items === undefined ? [] : [schema.items]),
  ];
  return [
    ...(schema.$ref === undefined ? [] : [schema.$ref]),
    ...parts.flatMap(topReferences),
    ...(typeof schema.additionalProperties === 'object' && schema.properties === undefined
      ? topReferences(schema.additionalProperties)
      : []),
  ];
};

/**
 * References may form circles. A circle through a property ends where the data ends; a circle that passes only
 * through references and combinations, or through properties that are always required, never ends and is refused.
 * One common exception is mended: a parent lists its children in `oneOf` while each child extends it by `allOf`.
 */

import type { Schema, SchemaObject } from '../runtime/validation/schema.ts';

export type SchemasByReference = ReadonlyMap<string, Schema>;

/** Suffix of the reference to a parent without its list of children. */
export const baseSuffix = '/x-without-alternatives';

/** Replaces, inside `allOf`, references to a parent whose alternatives lead back here. */
export const breakInheritanceCircles = (schemas: SchemasByReference): SchemasByReference => {
  const result = new Map<string, Schema>();
  for (const [reference, schema] of schemas) {
    if (typeof schema === 'boolean' || schema.allOf === undefined) result.set(reference, schema);
    else {
      const allOf = schema.allOf.map((part) => {
        const parent = typeof part === 'boolean' ? undefined : part.$ref;
        if (parent === undefined || !listsAsAlternative(schemas, parent, reference)) return part;
        result.set(`${parent}${baseSuffix}`, withoutAlternatives(schemas.get(parent) ?? true));
        return { ...(part as SchemaObject), $ref: `${parent}${baseSuffix}` };
      });
      result.set(reference, { ...schema, allOf });
    }
  }
  return result;
};

const listsAsAlternative = (schemas: SchemasByReference, parent: string, child: string): boolean => {
  const schema = schemas.get(parent);
  if (schema === undefined || typeof schema === 'boolean') return false;
  return [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].some(
    (alternative) => typeof alternative !== 'boolean' && alternative.$ref === child,
  );
};

const withoutAlternatives = (schema: Schema): Schema => {
  if (typeof schema === 'boolean') return schema;
  const { oneOf: _oneOf, anyOf: _anyOf, discriminator: _discriminator, ...rest } = schema;
  return rest;
};

/** The first reference that leads back to itself without passing through data, undefined when there is none. */
export const endlessReference = (schemas: SchemasByReference): string | undefined => {
  const done = new Set<string>();
  const visit = (reference: string, trail: ReadonlySet<string>): string | undefined => {
    if (trail.has(reference)) return reference;
    if (done.has(reference)) return undefined;
    const next = new Set([...trail, reference]);
    for (const target of immediateReferences(schemas.get(reference) ?? true)) {
      const found = visit(target, next);
      if (found !== undefined) return found;
    }
    done.add(reference);
    return undefined;
  };
  for (const reference of schemas.keys()) {
    const found = visit(reference, new Set());
    if (found !== undefined) return found;
  }
  return undefined;
};

/** References that apply to the same value as the schema itself. */
const immediateReferences = (schema: Schema): readonly string[] => {
  if (typeof schema === 'boolean') return [];
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  for (const part of [schema.not, schema.if, schema.then, schema.else]) if (part !== undefined) parts.push(part);
  return [...(schema.$ref === undefined ? [] : [schema.$ref]), ...parts.flatMap(immediateReferences)];
};

/** References of schemas for which no finite value exists, because each needs another one of its kind inside. */
export const endlessValues = (schemas: SchemasByReference): readonly string[] => {
  const finite = new Set<string>();
  for (let grown = true; grown;) {
    grown = false;
    for (const [reference, schema] of schemas) {
      if (!finite.has(reference) && isFinite(schema, finite)) {
        finite.add(reference);
        grown = true;
      }
    }
  }
  return [...schemas.keys()].filter((reference) => !finite.has(reference));
};

const isFinite = (schema: Schema, finite: ReadonlySet<string>): boolean => {
  if (typeof schema === 'boolean') return true;
  if (schema.$ref !== undefined && !finite.has(schema.$ref)) return false;
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const hasSimpleForm = types.some((type) => type !== 'object' && type !== 'array');
  const alternatives = [schema.anyOf, schema.oneOf].every(
    (list) => list === undefined || list.some((alternative) => isFinite(alternative, finite)),
  );
  if (!alternatives || !(schema.allOf ?? []).every((part) => isFinite(part, finite))) return false;
  if (hasSimpleForm) return true;
  const needsItems = (schema.minItems ?? 0) > 0 && schema.items !== undefined;
  if (needsItems && schema.items !== undefined && !isFinite(schema.items, finite)) return false;
  return (schema.required ?? []).every((name) => {
    const properties = schema.properties ?? {};
    return !Object.hasOwn(properties, name) || isFinite(properties[name] ?? true, finite);
  });
};

/** Makes those required properties optional that would need a value without end; answers what was changed. */
export const mendEndlessValues = (
  schemas: SchemasByReference,
): { readonly schemas: SchemasByReference; readonly mended: readonly string[] } => {
  const endless = new Set(endlessValues(schemas));
  const mended: string[] = [];
  const finite = new Set([...schemas.keys()].filter((reference) => !endless.has(reference)));
  const result = new Map(schemas);
  for (const reference of endless) {
    const schema = schemas.get(reference);
    if (schema !== undefined && typeof schema !== 'boolean' && schema.required !== undefined) {
      const properties = schema.properties ?? {};
      const required = schema.required.filter(
        (name) => !Object.hasOwn(properties, name) || isFinite(properties[name] ?? true, finite),
      );
      for (const name of schema.required) if (!required.includes(name)) mended.push(`${reference}/properties/${name}`);
      result.set(reference, { ...schema, required });
    }
  }
  return { schemas: result, mended };
};

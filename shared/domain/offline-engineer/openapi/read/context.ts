/** What every part of the reader shares: the document, its references, and the list of what was refused. */

import type { Misunderstanding } from '../../app-model.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonObject, JsonValue } from '../runtime/json.ts';
import type { SchemaObject } from '../runtime/validation/schema.ts';
import { below, parsePointer } from './pointers.ts';
import type { SourceMap } from './pointers.ts';

export interface ReadContext {
  readonly document: JsonObject;
  readonly dialect: '3.0' | '3.1';
  readonly source: SourceMap;
  /** References to schemas that were met, in order, to be read after what speaks of them. */
  readonly references: Set<string>;
  readonly misunderstandings: Misunderstanding[];
  readonly notes: Set<string>;
  /** Patterns that this engine cannot compile are left out; the reader needs to know without throwing. */
  readonly isPattern: (source: string) => boolean;
}

/** A part of the document with the pointer that names it. */
export interface Part<Value = JsonValue> {
  readonly value: Value;
  readonly pointer: string;
}

const maximumMisunderstandings = 20;

/** Notes a refusal once, quoting the line and naming the pointer. */
export const refuse = (context: ReadContext, pointer: string, reason: string): void => {
  const line = context.source.lineOf(pointer);
  const misunderstanding = { sentence: context.source.textOf(line) || pointer, line, reason: `${pointer}: ${reason}` };
  const known = context.misunderstandings.some((earlier) => earlier.reason === misunderstanding.reason);
  if (!known && context.misunderstandings.length < maximumMisunderstandings) {
    context.misunderstandings.push(misunderstanding);
  }
};

/** What a pointer names, following references that stand on its way. */
export const lookUp = (context: ReadContext, pointer: string, hops = 0): JsonValue | undefined => {
  let current: JsonValue | undefined = context.document;
  for (const step of parsePointer(pointer)) {
    if (isObject(current) && !Object.hasOwn(current, step) && typeof current['$ref'] === 'string' && hops < 20) {
      current = lookUp(context, current['$ref'], hops + 1);
    }
    if (Array.isArray(current)) current = (current as readonly JsonValue[])[Number(step)];
    else if (isObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
};

/** Refuses references that leave the document or lead nowhere; true when the reference can be followed. */
export const acceptReference = (context: ReadContext, reference: string, pointer: string): boolean => {
  const at = below(pointer, '$ref');
  if (!reference.startsWith('#')) {
    refuse(
      context,
      at,
      `the external reference ${reference} cannot be followed; put what it names into this document.`,
    );
    return false;
  }
  if (lookUp(context, reference) !== undefined) return true;
  refuse(context, at, `the reference ${reference} names nothing in this document.`);
  return false;
};

/** Follows references of a part that is not a schema until something else stands there. */
export const dereference = (context: ReadContext, part: Part): Part<JsonObject> | undefined => {
  const seen = new Set<string>();
  let current = part;
  while (isObject(current.value) && typeof current.value['$ref'] === 'string') {
    const reference = current.value['$ref'];
    if (seen.has(reference)) {
      refuse(context, part.pointer, `the reference ${reference} leads back to itself and never ends.`);
      return undefined;
    }
    seen.add(reference);
    if (!acceptReference(context, reference, current.pointer)) return undefined;
    current = { value: lookUp(context, reference) ?? null, pointer: reference };
  }
  if (isObject(current.value)) return { value: current.value, pointer: current.pointer };
  refuse(context, current.pointer, 'must be an object.');
  return undefined;
};

/** The parts of an object or list below a field; an absent field has none. */
export const partsOf = (part: Part<JsonObject>, field: string): readonly (Part & { readonly name: string })[] => {
  const value = part.value[field];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, item]: [string, JsonValue]) => ({
    name,
    value: item,
    pointer: below(part.pointer, field, name),
  }));
};

/** A field when it is text, else the fallback. */
export const textOf = (value: JsonValue | undefined, fallback = ''): string =>
  typeof value === 'string' ? value.trim() : fallback;

/** A schema while it is put together. */
export type MutableSchema = { -readonly [Key in keyof SchemaObject]: SchemaObject[Key] };

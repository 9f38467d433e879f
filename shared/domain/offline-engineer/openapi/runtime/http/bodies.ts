/** Reads request bodies: JSON, forms, and anything else as text. */

import { own } from '../json.ts';
import type { JsonValue } from '../json.ts';
import type { Schema, SchemaRegistry } from '../validation/schema.ts';
import { coerce, kindsOf } from './coercion.ts';
import type { BodyContract } from './operation.ts';

/** What was sent. The fields of a form are taken apart by the server, as they may hold files. */
export interface RawBody {
  readonly mediaType: string;
  readonly text: string;
  readonly form?: readonly (readonly [string, string])[];
}

export type BodyReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsupported'; readonly expected: readonly string[] }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'read'; readonly value: JsonValue; readonly schema: Schema };

/** The body as a value and the schema that its media type has. */
export const readBody = (contract: BodyContract, raw: RawBody, schemas: SchemaRegistry): BodyReading => {
  const expected = Object.keys(contract.content);
  if (raw.text === '' && (raw.form === undefined || raw.form.length === 0)) return { kind: 'absent' };
  const key = raw.mediaType === '' ? expected[0] : matching(expected, raw.mediaType);
  if (key === undefined) return { kind: 'unsupported', expected };
  const schema = own(contract.content, key) ?? true;
  if (raw.form !== undefined) return { kind: 'read', value: formValue(raw.form, schema, schemas), schema };
  if (!isJson(raw.mediaType === '' ? key : raw.mediaType))
    return { kind: 'read', value: raw.text, schema: textSchema(schema, schemas) };
  try {
    return { kind: 'read', value: JSON.parse(raw.text) as JsonValue, schema };
  } catch (error) {
    return {
      kind: 'malformed',
      reason: `is not valid JSON (${error instanceof Error ? error.message : 'unknown error'})`,
    };
  }
};

export const isJson = (mediaType: string): boolean =>
  /[/+]json$/.test(mediaType) || mediaType === '*/*' || mediaType === 'application/*';

const matching = (expected: readonly string[], mediaType: string): string | undefined => {
  const [type] = mediaType.split('/');
  return (
    expected.find((key) => key === mediaType) ??
    (isJson(mediaType) ? expected.find(isJson) : undefined) ??
    expected.find((key) => key === `${type}/*` || key === '*/*')
  );
};

/** A media type whose text is not taken apart (XML, binary) is only checked when its schema speaks of text. */
const textSchema = (schema: Schema, schemas: SchemaRegistry): Schema =>
  kindsOf(schema, schemas).has('string') ? schema : true;

const formValue = (
  form: readonly (readonly [string, string])[],
  schema: Schema,
  schemas: SchemaRegistry,
): JsonValue => {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of form) {
    const key = name.replace(/\[\d*\]$/, '');
    const before = fields.get(key);
    if (before === undefined) fields.set(key, name === key ? value : [value]);
    else fields.set(key, [...(typeof before === 'string' ? [before] : before), value]);
  }
  return coerce(Object.fromEntries(fields), schema, schemas);
};

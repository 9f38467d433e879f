/** Candidates for texts and numbers; the sampler takes the first one that the whole schema allows. */

import type { JsonValue } from '../runtime/json.ts';
import type { SchemaObject } from '../runtime/validation/schema.ts';
import { sampleForPattern } from './patterns.ts';

const two = (number: number): string => String(number % 60).padStart(2, '0');

/** By format; the variant makes values differ where they must. */
const formats: Readonly<Record<string, (variant: number) => string>> = {
  date: (variant) => `2026-03-${two(1 + (variant % 28))}`,
  time: (variant) => `09:${two(variant)}:00Z`,
  'date-time': (variant) => `2026-03-${two(1 + (variant % 28))}T09:${two(30 + (variant % 30))}:00Z`,
  duration: (variant) => `PT${1 + variant}H`,
  email: (variant) => `person${variant === 0 ? '' : variant}@example.com`,
  'idn-email': (variant) => `person${variant === 0 ? '' : variant}@example.com`,
  hostname: (variant) => `host${variant}.example.com`,
  ipv4: (variant) => `192.0.2.${1 + (variant % 250)}`,
  ipv6: (variant) => `2001:db8::${(1 + variant).toString(16)}`,
  uuid: (variant) => `3f2504e0-4f89-41d3-9a0c-${(0x03_05_e8_2c_33_01 + variant).toString(16).padStart(12, '0')}`,
  uri: (variant) => `https://example.com/${variant === 0 ? 'page' : `page-${variant}`}`,
  url: (variant) => `https://example.com/${variant === 0 ? 'page' : `page-${variant}`}`,
  'uri-reference': (variant) => `/page-${variant}`,
  byte: (variant) => ['aGVsbG8=', 'd29ybGQ=', 'c2FtcGxl'][variant % 3] ?? 'aGVsbG8=',
  binary: () => 'binary content',
  password: (variant) => `Correct-horse-${1 + variant}`,
  'json-pointer': (variant) => `/items/${variant}`,
  regex: () => '^[a-z]+$',
};

/** What a field with a telling name may hold. */
const hints: readonly (readonly [RegExp, (variant: number) => string])[] = [
  [/e-?mail/i, formats['email'] ?? String],
  [/(url|uri|link|href|website|image|photo|avatar)s?$/i, formats['url'] ?? String],
  [/(phone|mobile|fax)/i, (variant) => `+49 30 1234${50 + variant}`],
  [/first_?name/i, (variant) => ['Ada', 'Grace', 'Alan', 'Edsger'][variant % 4] ?? 'Ada'],
  [/last_?name|surname/i, (variant) => ['Lovelace', 'Hopper', 'Turing', 'Dijkstra'][variant % 4] ?? 'Lovelace'],
  [/country/i, (variant) => ['DE', 'FR', 'NL', 'SE'][variant % 4] ?? 'DE'],
  [/currency/i, (variant) => ['EUR', 'USD', 'CHF'][variant % 3] ?? 'EUR'],
  [/city/i, (variant) => ['Berlin', 'Paris', 'Oslo'][variant % 3] ?? 'Berlin'],
  [/(language|locale)/i, () => 'en'],
  [/time_?zone/i, () => 'Europe/Berlin'],
  [/colou?r/i, (variant) => ['green', 'blue', 'red'][variant % 3] ?? 'green'],
];

const readable = (hint: string): string =>
  hint
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z\d]+/g, ' ')
    .trim()
    .toLowerCase() || 'text';

/** Texts for a schema, the most natural first; made one at a time, since the first one mostly fits. */
export const stringCandidates = function* (schema: SchemaObject, hint: string, variant: number): Generator<string> {
  for (const text of plainCandidates(schema, hint, variant)) {
    yield text;
    const fitted = fitLength(text, schema, variant);
    if (fitted !== text) yield fitted;
  }
};

const plainCandidates = function* (schema: SchemaObject, hint: string, variant: number): Generator<string> {
  const { format, pattern } = schema;
  if (format !== undefined && Object.hasOwn(formats, format)) yield formats[format]?.(variant) ?? '';
  if (pattern !== undefined) {
    for (let attempt = 0; attempt < 24; attempt += 1) yield sampleForPattern(pattern, attempt + variant);
  }
  const hinted = hints.find(([name]) => name.test(hint));
  if (hinted !== undefined) yield hinted[1](variant);
  const words = readable(hint);
  yield variant === 0 ? words : `${words} ${variant + 1}`;
  yield `${words.charAt(0)}${variant}`;
  for (const text of ['a', 'A', '1', '2026-03-01', 'A1']) yield text + (variant === 0 ? '' : variant);
};

/** The text made as long or as short as the schema wants, still different for different variants. */
const fitLength = (text: string, schema: SchemaObject, variant: number): string => {
  const least = schema.minLength ?? 0;
  const most = schema.maxLength ?? Number.POSITIVE_INFINITY;
  const suffix = variant === 0 ? '' : String(variant);
  const long =
    text.length < least
      ? text.repeat(Math.min(5_000, Math.ceil(least / Math.max(1, text.length)))).slice(0, Math.min(least, 20_000))
      : text;
  if (long.length <= most) return long;
  return suffix === '' || suffix.length >= most ? long.slice(0, most) : long.slice(0, most - suffix.length) + suffix;
};

/** Numbers for a schema. */
export const numberCandidates = (schema: SchemaObject, isInteger: boolean, variant: number): readonly number[] => {
  const step = schema.multipleOf ?? (isInteger ? 1 : undefined);
  const low =
    schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + (step ?? 0.5));
  const high =
    schema.maximum ?? (schema.exclusiveMaximum === undefined ? undefined : schema.exclusiveMaximum - (step ?? 0.5));
  const rounded = (value: number): number => (step === undefined ? value : Math.ceil(value / step - 1e-9) * step);
  const natural = rounded(1 + variant);
  const candidates = [natural];
  if (low !== undefined) candidates.push(rounded(low + variant * (step ?? 1)), low);
  if (high !== undefined)
    candidates.push(high - variant * (step ?? 1), high, step === undefined ? high : Math.floor(high / step) * step);
  if (low !== undefined && high !== undefined) candidates.push((low + high) / 2, rounded((low + high) / 2));
  candidates.push(0, rounded(0.5), 100, 1_000);
  return candidates.map((value) => (isInteger ? value : Number(value.toFixed(6))));
};

/** Values that the document itself gives, in the order of their authority. */
export const givenValues = (schema: SchemaObject): readonly JsonValue[] => [
  ...(schema.const === undefined ? [] : [schema.const]),
  ...(schema.examples ?? []),
  ...(schema.default === undefined || schema.default === null ? [] : [schema.default]),
];

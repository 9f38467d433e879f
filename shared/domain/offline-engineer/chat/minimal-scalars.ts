/** Texts and numbers that keep to a JSON Schema, the smallest first. */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { JsonSchema } from '../../../ports/model-client.ts';
import { textMatching } from './pattern-text.ts';

/** One value of each format that is known to need one. */
const byFormat: Readonly<Record<string, string>> = {
  date: '2000-01-01',
  time: '00:00:00Z',
  'date-time': '2000-01-01T00:00:00Z',
  duration: 'PT0S',
  email: 'nobody@example.com',
  'idn-email': 'nobody@example.com',
  hostname: 'example.com',
  'idn-hostname': 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uri: 'https://example.com/',
  'uri-reference': 'https://example.com/',
  iri: 'https://example.com/',
  'iri-reference': 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  'json-pointer': '/value',
  'relative-json-pointer': '0',
};

const longest = 100_000;
const mostDistinct = 1_000;

const numberOf = (schema: JsonSchema, keyword: string): number | undefined => {
  const value = schema[keyword];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** The format's own value made distinct, where it has a place for more letters. */
const variantOf = (value: string, index: number): string =>
  index === 0
    ? value
    : /[0-9]$/.test(value)
      ? `${value.slice(0, -1)}${index % 10}`
      : value.replace(/^nobody|example/, (word) => `${word}${index}`);

const letters = Array.from('-abcdefghijklmnopqrstuvwxyz');

/** A text that only its number tells from others, `least` characters long or longer. */
const plainText = (index: number, least: number): string => {
  const letter = letters[index % letters.length] ?? '-';
  return letter.repeat(Math.max(least, index === 0 ? 0 : 1 + Math.floor((index - 1) / letters.length)));
};

/** Texts, the shortest first. */
export function* textsFor(schema: JsonSchema, place: string): Generator<Result<string, string>> {
  const { format, pattern } = schema;
  const least = numberOf(schema, 'minLength') ?? 0;
  const most = numberOf(schema, 'maxLength') ?? Infinity;
  if (least > longest) yield err(`${place} must be longer than ${longest} characters`);
  else if (least > most) yield err(`${place} allows no value`);
  else if (typeof pattern === 'string') {
    for (let more = 0; more < 8; more += 1) {
      const text = textMatching(pattern, least + more, most);
      yield text.ok ? text : err(`${place} ${text.error}`);
    }
  } else if (typeof format === 'string' && Object.hasOwn(byFormat, format)) {
    const value = byFormat[format] ?? '';
    if (value.length < least || value.length > most) yield err(`${place} has a format and a length`);
    for (let index = 0; index < mostDistinct; index += 1) yield ok(variantOf(value, index));
  } else {
    for (let index = 0; index < mostDistinct; index += 1) yield ok(plainText(index, least));
  }
}

/** Numbers within the bounds, the one nearest to zero first. */
export function* numbersFor(schema: JsonSchema, isInteger: boolean, place: string): Generator<Result<number, string>> {
  const step = numberOf(schema, 'multipleOf') ?? (isInteger ? 1 : undefined);
  const above = numberOf(schema, 'exclusiveMinimum');
  const below = numberOf(schema, 'exclusiveMaximum');
  const least = Math.max(numberOf(schema, 'minimum') ?? -Infinity, above ?? -Infinity);
  const most = Math.min(numberOf(schema, 'maximum') ?? Infinity, below ?? Infinity);
  const fits = (value: number): boolean =>
    Number.isFinite(value) &&
    value >= least &&
    value <= most &&
    value !== above &&
    value !== below &&
    (!isInteger || Number.isInteger(value));
  const grid = step ?? 1;
  const start = Number.isFinite(least) ? Math.ceil(least / grid) * grid : Math.floor(most / grid) * grid;
  const direction = Number.isFinite(least) ? grid : -grid;
  const near = [
    0,
    Math.ceil(least / grid) * grid,
    (Math.floor(least / grid) + 1) * grid,
    Math.floor(most / grid) * grid,
    (Math.ceil(most / grid) - 1) * grid,
    ...(step === undefined ? [least, most, (least + most) / 2, 0.5, least + 0.5, most - 0.5] : []),
  ].filter(fits);
  const from = Number.isFinite(start) ? start : 0;
  for (const value of new Set(near)) yield ok(value + 0);
  for (let index = 0; index < mostDistinct; index += 1) {
    const value = from + index * (Number.isFinite(start) ? direction : grid);
    if (fits(value) && !near.includes(value)) yield ok(value + 0);
  }
  if (near.length === 0) yield err(`${place} allows no number that is easily found`);
}

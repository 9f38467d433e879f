/** The smallest texts and numbers that keep to a JSON Schema. */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { JsonSchema } from '../../../ports/model-client.ts';

/** One value of each format that is known to need one. */
const byFormat: Readonly<Record<string, string>> = {
  date: '2000-01-01',
  time: '00:00:00Z',
  'date-time': '2000-01-01T00:00:00Z',
  duration: 'PT0S',
  email: 'nobody@example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

const longest = 100_000;

const numberOf = (schema: JsonSchema, keyword: string): number | undefined => {
  const value = schema[keyword];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** A text as short as it may be. Patterns cannot be kept to. */
export const minimalText = (schema: JsonSchema, place: string): Result<string, string> => {
  const { format, pattern } = schema;
  const least = numberOf(schema, 'minLength') ?? 0;
  const text = typeof format === 'string' && Object.hasOwn(byFormat, format) ? (byFormat[format] ?? '') : '';
  if (typeof pattern === 'string' && text === '') return err(`${place} has a pattern`);
  if (least > longest) return err(`${place} must be longer than ${longest} characters`);
  if (text !== '' && text.length < least) return err(`${place} has a format and a length`);
  const most = numberOf(schema, 'maxLength');
  const filled = text === '' ? '-'.repeat(least) : text;
  return most !== undefined && filled.length > most ? err(`${place} allows no value`) : ok(filled);
};

/** The number nearest to zero that is within the bounds. */
export const minimalNumber = (schema: JsonSchema, isInteger: boolean, place: string): Result<number, string> => {
  const step = numberOf(schema, 'multipleOf') ?? (isInteger ? 1 : undefined);
  const above = numberOf(schema, 'exclusiveMinimum');
  const below = numberOf(schema, 'exclusiveMaximum');
  const least = Math.max(numberOf(schema, 'minimum') ?? -Infinity, above ?? -Infinity);
  const most = Math.min(numberOf(schema, 'maximum') ?? Infinity, below ?? Infinity);
  const fits = (value: number): boolean =>
    value >= least && value <= most && value !== above && value !== below && (!isInteger || Number.isInteger(value));
  const grid = step ?? 1;
  const candidates = [
    0,
    Math.ceil(least / grid) * grid,
    (Math.floor(least / grid) + 1) * grid,
    Math.floor(most / grid) * grid,
    (Math.ceil(most / grid) - 1) * grid,
    ...(step === undefined ? [least, most, (least + most) / 2] : []),
  ];
  const value = candidates.find((candidate) => Number.isFinite(candidate) && fits(candidate));
  return value === undefined ? err(`${place} allows no number that is easily found`) : ok(value + 0);
};

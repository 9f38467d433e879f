/**
 * JSON as it is written into rows: bounded, and refused when it would not come back as it went in.
 * A row above 2 MB is accepted by the local runtime and refused in production, hence a limit of our own.
 */

import { createHash } from 'node:crypto';

/** Largest JSON text of one row, in UTF-8 bytes. */
export const maxPayloadBytes = 1_048_576;

/** Deepest nesting of a value that is hashed or kept. */
const maxNestingDepth = 500;

/** A value that cannot be kept as JSON: too large, too deep, or of a kind JSON has no word for. */
export class PayloadRefused extends Error {
  override readonly name = 'PayloadRefused';
}

const encoder = new TextEncoder();

/** Length of the text in UTF-8 bytes. */
const byteLength = (text: string): number => encoder.encode(text).byteLength;

const kindOf = (value: unknown): string | undefined => {
  switch (typeof value) {
    case 'bigint':
    case 'function':
    case 'symbol':
      return typeof value;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'object': {
      if (value === null || Array.isArray(value)) return undefined;
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === null || prototype === Object.prototype) return undefined;
      return value.constructor.name === 'Object' ? undefined : `a ${value.constructor.name}`;
    }
    default:
      return undefined;
  }
};

const check = (value: unknown, path: string, what: string, depth: number): void => {
  const kind = kindOf(value);
  if (kind !== undefined) throw new PayloadRefused(`${what}: ${path} is ${kind}, which JSON cannot keep.`);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= maxNestingDepth) {
    throw new PayloadRefused(`${what} is nested deeper than ${maxNestingDepth} levels.`);
  }
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined && Array.isArray(value)) {
      throw new PayloadRefused(`${what}: ${path}[${key}] is undefined, which JSON cannot keep in an array.`);
    }
    check(entry, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, what, depth + 1);
  }
};

/**
 * The value as JSON; `undefined` becomes `null`.
 * @param what names the value in messages, for example `The payload of event task.created`.
 * @throws PayloadRefused when it holds what JSON cannot keep (Map, Date, NaN, a class instance, …) or is nested too deeply.
 */
export const encodeJson = (value: unknown, what: string): string => {
  check(value, 'value', what, 0);
  return JSON.stringify(value) ?? 'null';
};

/**
 * `encodeJson` within a bound; one row's unless told.
 * @throws PayloadRefused also when the text is above `maxBytes`.
 */
export const encodeRowJson = (value: unknown, what: string, maxBytes = maxPayloadBytes): string => {
  const text = encodeJson(value, what);
  if (!fits(text, maxBytes)) {
    throw new PayloadRefused(`${what} is ${byteLength(text)} bytes of JSON; at most ${maxBytes} can be kept.`);
  }
  return text;
};

/** True when the text has at most that many bytes of UTF-8. */
export const fits = (text: string, maxBytes: number): boolean =>
  // A UTF-16 unit is at most three bytes of UTF-8, so a short text needs no counting.
  text.length * 3 <= maxBytes || (text.length <= maxBytes && byteLength(text) <= maxBytes);

/** UTF-16 units of one part: at most 768 KiB of UTF-8. */
const partLength = 262_144;

/** Cuts a text into parts that fit one row each, without parting a surrogate pair, which UTF-8 could not hold. */
export const cutText = (text: string): string[] => {
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + partLength, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end -= 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
};

/**
 * Reads what `encodeJson` wrote.
 * @throws Error that names the row when the text is not JSON.
 */
export const decodeJson = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Error(`${what} does not parse as JSON.`, { cause: thrown });
  }
};

/** SHA-256 of the text's UTF-8, in hexadecimal. */
export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

const canonical = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return { __proto__: null, ...Object.fromEntries(entries.map(([key, entry]) => [key, canonical(entry)])) };
};

/**
 * SHA-256 in hexadecimal of the value's JSON with sorted keys: equal for equal values, whatever the order of their fields.
 * Synchronous on purpose: an `await` between reading and writing would let other events in.
 * @throws PayloadRefused as `encodeJson`.
 */
export const hashJson = (value: unknown, what: string): string => {
  check(value, 'value', what, 0);
  return hashText(JSON.stringify(canonical(value)) ?? 'null');
};

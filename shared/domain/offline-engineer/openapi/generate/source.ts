/** Writes values as TypeScript source: unquoted names where possible, short parts on one line. */

import type { JsonValue } from '../runtime/json.ts';

/** Code that stands in a value as it is. */
export interface Raw {
  readonly code: string;
  readonly [rawMark]: true;
}

const rawMark = Symbol('raw');

export type SourceValue =
  | JsonValue
  | Raw
  | undefined
  | readonly SourceValue[]
  | { readonly [name: string]: SourceValue };

export const raw = (code: string): Raw => ({ code, [rawMark]: true });

const isRaw = (value: SourceValue): value is Raw => typeof value === 'object' && value !== null && rawMark in value;

const lineWidth = 110;

/** A text literal in single quotes: JSON's escapes, with the quotes exchanged. */
export const quote = (text: string): string => {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", String.raw`\'`);
  return `'${inner.replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`)}'`;
};

/** A property name, quoted only when it must be. `__proto__` is computed, as the plain form would set the prototype. */
export const propertyName = (name: string): string => {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
};

/** The value as source; `indent` is the column at which the surrounding statement stands. */
export const toSource = (value: SourceValue, indent = 0): string => {
  if (value === undefined) return 'undefined';
  if (isRaw(value)) return value.code;
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const parts = isList
    ? (value as readonly SourceValue[]).map((item) => toSource(item, indent + 2))
    : Object.entries(value as Readonly<Record<string, SourceValue>>)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => `${propertyName(name)}: ${toSource(item, indent + 2)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  const line = isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  if (!line.includes('\n') && line.length + indent <= lineWidth) return line;
  const pad = ' '.repeat(indent);
  return `${open}\n${parts.map((part) => `${pad}  ${part},\n`).join('')}${pad}${close}`;
};

/** A text made safe for a block comment, on one line. */
export const commentText = (text: string, maximumLength = 200): string => {
  const line = text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ').trim();
  return line.length > maximumLength ? `${line.slice(0, maximumLength - 1)}…` : line;
};

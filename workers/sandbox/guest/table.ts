/** Tables of tests: rows as lists, objects or a tagged template, and names with their values filled in. */
import { describeValue } from './describe-value.ts';
import type { List } from './primordials.ts';
import { asNumber, asText, bare, isArray, listOf, push, replaceText, splitText } from './primordials.ts';
import { nameText } from './suite.ts';

export interface Row {
  readonly name: string;
  /** Arguments for `each`. */
  readonly values: unknown[];
  /** The row itself, for `for`. */
  readonly row: unknown;
}

/** The rows of `each(list)`, or of the tagged template when `values` has its expressions. */
export function tableRows(table: unknown, values: readonly unknown[], name: unknown): List<Row> {
  const list = isTemplate(table) ? templateRows(table, values) : table;
  if (!isArray(list)) throw new TypeError('each() needs a list of rows or a tagged template');
  const rows: List<Row> = listOf();
  for (let index = 0; index < list.length; index += 1) {
    const row = list[index] as unknown;
    const rowValues = isArray(row) ? (row as unknown[]) : [row];
    push(rows, bare({ name: rowName(nameText(name), rowValues, index), values: rowValues, row }));
  }
  return rows;
}

function isTemplate(table: unknown): table is TemplateStringsArray {
  return isArray(table) && isArray((table as { raw?: unknown }).raw);
}

/** Objects by the headings in the first line: `a | b | expected`. */
function templateRows(template: TemplateStringsArray, values: readonly unknown[]): unknown[] {
  const headings: string[] = [];
  const first = splitText((template[0] ?? '').trim(), '\n')[0] ?? '';
  for (const heading of splitText(first, '|')) headings[headings.length] = heading.trim();
  const rows: unknown[] = [];
  for (let index = 0; index < values.length; index += headings.length) {
    const row: Record<string, unknown> = {};
    for (let column = 0; column < headings.length; column += 1) row[headings[column] ?? ''] = values[index + column];
    rows[rows.length] = row;
  }
  return rows;
}

function rowName(template: string, values: readonly unknown[], index: number): string {
  let used = 0;
  const filled = replaceText(template, /%([sdifjopc#$%])/g, (match, kind) => {
    if (kind === '%') return '%';
    if (kind === '#') return asText(index);
    if (kind === '$') return asText(index + 1);
    if (used >= values.length) return match ?? '';
    const value = values[used];
    used += 1;
    return formatted(kind ?? '', value);
  });
  const [first] = values;
  const holder: unknown = typeof first === 'object' && first !== null ? first : undefined;
  return replaceText(filled, /\$([A-Za-z_][\w.]*|\d+)/g, (match, path) => {
    const value = valueAt(holder ?? values, path ?? '');
    if (value === undefined && !hasPath(holder ?? values, path ?? '')) return match ?? '';
    return typeof value === 'string' ? value : describeValue(value, 100);
  });
}

function formatted(kind: string, value: unknown): string {
  switch (kind) {
    case 's':
      return typeof value === 'string' ? value : describeValue(value, 100);
    case 'd':
    case 'i':
    case 'f': {
      if (typeof value === 'bigint') return `${asText(value)}n`;
      const number = typeof value === 'symbol' ? Number.NaN : asNumber(value);
      return asText(kind === 'i' ? Math.trunc(number) : number);
    }
    case 'c':
      return '';
    default:
      return describeValue(value, 100);
  }
}

function hasPath(holder: unknown, path: string): boolean {
  const [key = ''] = splitText(path, '.');
  return typeof holder === 'object' && holder !== null && key in holder;
}

function valueAt(holder: unknown, path: string): unknown {
  let value = holder;
  for (const key of splitText(path, '.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

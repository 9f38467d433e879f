/**
 * The file that holds one object: lines of JSON. The first says what it is and which migrations its rows have seen, then
 * each row, then where the counters of ids stand, and at last how many lines there were and their hash, so that a file
 * that was cut or changed is seen. A last line more, from the edge, says by a keyed hash which platform wrote it.
 */
import { z } from 'zod';
import { err, ok, type Result } from '../../errors/result.ts';
import type { HashText } from '../replay/canonical.ts';

export const fileFormat = 'aidevos-object-1';

/** Of a whole file; one call between Workers carries at most 32 MB. */
export const maxFileCharacters = 24 * 1_048_576;

/** A cell as JSON has it: bytes are base 64 behind a key. */
type Cell = string | number | null | { readonly base64: string };

const cellSchema = z.union([z.string(), z.number(), z.null(), z.strictObject({ base64: z.base64('must be base 64') })]);

const headerSchema = z.strictObject({
  format: z.literal(fileFormat, `must be ${fileFormat}`),
  object: z.string().max(300),
  exportedAt: z.int().nonnegative(),
  migrations: z.array(z.string().max(200)).max(1_000).readonly(),
});

const rowSchema = z.strictObject({ table: z.string().max(100), row: z.record(z.string().max(100), cellSchema) });
const counterSchema = z.strictObject({ counter: z.string().max(100), value: z.int().nonnegative() });
const endSchema = z.strictObject({ lines: z.int().positive(), sha256: z.string().length(64) });

export type FileHeader = z.infer<typeof headerSchema>;

export interface ObjectFile {
  readonly header: FileHeader;
  readonly rows: readonly {
    readonly line: number;
    readonly table: string;
    readonly row: Readonly<Record<string, Cell>>;
  }[];
  readonly counters: readonly { readonly line: number; readonly counter: string; readonly value: number }[];
}

/** Whether a table's rows go into the file: not the runtime's own, nor what migrations and triggers write. */
export const isExportedTable = (name: string): boolean =>
  !name.startsWith('sqlite_') && !name.startsWith('_cf_') && name !== 'schema_migration' && name !== 'event_kind';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(index, index + 3);
    const word = (first << 16) | (second << 8) | third;
    const digits = [18, 12, 6, 0].map((shift) => alphabet.charAt((word >> shift) & 63));
    const used = Math.min(3, bytes.length - index) + 1;
    text += digits.slice(0, used).join('').padEnd(4, '=');
  }
  return text;
};

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const digits = text.replaceAll('=', '');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let word = 0;
  let place = 0;
  for (const digit of digits) {
    word = ((word << 6) | alphabet.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[place] = (word >> bits) & 255;
    place += 1;
  }
  return bytes;
};

/** A value of a row for the file. */
export const writeCell = (value: ArrayBuffer | string | number | null): Cell =>
  value instanceof ArrayBuffer ? { base64: toBase64(new Uint8Array(value)) } : value;

/** A value of the file for a row. */
export const readCell = (cell: Cell): ArrayBuffer | string | number | null =>
  typeof cell === 'object' && cell !== null ? fromBase64(cell.base64).buffer : cell;

const invalid = (field: string, reason: string): Result<never> =>
  err({ type: 'request.invalid', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });

const parseLine = <Value>(text: string | undefined, line: number, schema: z.ZodType<Value>): Result<Value> => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return invalid(`line ${line}`, 'is not JSON; the file is not an export, or was changed');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return invalid([`line ${line}`, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is not valid');
};

/** Reads a file, or says at which line and field it is none. */
export const readObjectFile = (text: string, hash: HashText): Result<ObjectFile> => {
  if (text.length > maxFileCharacters + 1_000_000)
    return invalid('file', `is longer than ${maxFileCharacters} characters`);
  const lines = text.split('\n').filter((line) => line !== '');
  const header = parseLine(lines[0], 1, headerSchema);
  if (!header.ok) return header;
  const end = parseLine(lines.at(-1), lines.length, endSchema);
  if (!end.ok) return end;
  const body = lines.slice(0, -1);
  if (end.value.lines !== body.length) {
    return invalid(
      `line ${lines.length}.lines`,
      `says ${end.value.lines} and ${body.length} are there; the file was cut or changed`,
    );
  }
  if (hash(body.join('\n')) !== end.value.sha256) {
    return invalid(`line ${lines.length}.sha256`, 'is not the hash of the lines before it; the file was changed');
  }
  const rows: ObjectFile['rows'][number][] = [];
  const counters: ObjectFile['counters'][number][] = [];
  for (const [index, content] of body.entries()) {
    const line = index + 1;
    if (line === 1) continue;
    if (content.startsWith('{"counter":')) {
      const counter = parseLine(content, line, counterSchema);
      if (!counter.ok) return counter;
      counters.push({ line, ...counter.value });
    } else {
      const row = parseLine(content, line, rowSchema);
      if (!row.ok) return row;
      rows.push({ line, ...row.value });
    }
  }
  return ok({ header: header.value, rows, counters });
};

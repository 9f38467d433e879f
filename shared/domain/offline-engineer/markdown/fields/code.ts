/** Reads resources out of code fences: TypeScript and GraphQL types, SQL tables, Prisma models, JSON and YAML samples. */

import { wordsOf } from '../lexicon/names.ts';

/** A resource found in code: its name, and each field as a line in the notation of field lists. */
interface CodeResource {
  readonly name: string | undefined;
  readonly line: number;
  readonly fields: readonly { readonly text: string; readonly line: number }[];
}

const OPENING =
  /^\s*(?:export\s+)?(?:declare\s+)?(?:interface|type|class|model|entity|struct|message|record|table|input)\s+["'`]?(\w+)["'`]?[^{]*\{?\s*$/i;
const SQL_TABLE = /^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?["'`]?(\w+)["'`]?\s*\(?\s*$/i;
const MEMBER =
  /^\s*(?:readonly\s+|public\s+|private\s+)?["'`]?(\w+)["'`]?(\??)\s*:\s*(.+?)[,;]?\s*(?:(?:\/\/|#|--)\s*(.*))?$/;
const SQL_COLUMN = /^\s*["'`]?(\w+)["'`]?\s+([A-Za-z]+(?:\s*\([^()]*\))?)\s*(.*?),?\s*(?:--\s*(.*))?$/;
const IGNORED = new Set(['id', 'createdat', 'updatedat', 'created_at', 'updated_at']);

const typeText = (type: string): string =>
  type
    .replace(/^["'](.*)["']$/, '$1')
    .replace(/^Date$/, 'datetime')
    .replace(/^(?:DateTime)(?=$|[!?\s])/, 'datetime')
    .replace(/^String(?=$|[!?\s])/, 'string')
    .replace(/^(?:ID|Id)(?=$|[!?\s])/, 'string')
    .replace(/^Int(?=$|[!?\s])/, 'integer')
    .replace(/^Float(?=$|[!?\s])/, 'number')
    .replace(/^(?:string\[\]|Array<string>|\[String!?\]!?|String\[\])$/, 'list of strings')
    .replace(/["']/g, '');

const sqlLine = (line: string): string | undefined => {
  const match = SQL_COLUMN.exec(line);
  if (match === null || /^(?:primary|foreign|unique|check|constraint|key|index)$/i.test(match[1] ?? ''))
    return undefined;
  const constraints = (match[3] ?? '')
    .replace(/not\s+null/gi, ', required')
    .replace(/primary\s+key/gi, '')
    .replace(/references\s+["'`]?(\w+)["'`]?\s*(?:\(\w+\))?/gi, ', reference to $1')
    .replace(/on\s+delete\s+cascade/gi, ', cascade')
    .replace(/on\s+delete\s+set\s+null/gi, ', set null')
    .replace(/\bunique\b/gi, ', unique')
    .replace(/default\s+(?:current_timestamp|now\(\))/gi, ', default now')
    .replace(/default\s+/gi, ', default ')
    .replace(
      /check\s*\(\s*\w+\s+in\s*\(([^()]*)\)\s*\)/gi,
      (_whole, list: string) => `, one of (${list.replace(/'/g, '')})`,
    )
    .replace(/check\s*\(\s*\w+\s*(>=|>|<=|<)\s*([\d.]+)\s*\)/gi, ', $1 $2');
  const optional = /not\s+null|primary\s+key/i.test(match[3] ?? '') ? '' : ', optional';
  return `${match[1] ?? ''}: ${match[2] ?? ''}${constraints}${optional}${match[4] === undefined ? '' : `, ${match[4]}`}`;
};

const memberLine = (line: string): { readonly name: string; readonly text: string } | undefined => {
  const match = MEMBER.exec(line);
  if (match === null) return undefined;
  const [, name = '', mark = '', type = '', comment] = match;
  const optional = mark === '?' || /\|\s*(?:null|undefined)\b/.test(type);
  const bare = typeText(type.replace(/\|\s*(?:null|undefined)\b/g, '').trim());
  const required = optional ? ', optional' : /[!]$/.test(bare) ? '' : ', required';
  return { name, text: `${name}: ${bare}${required}${comment === undefined ? '' : `, ${comment}`}` };
};

/** Resources declared by types or tables in the code. */
export const readCodeResources = (lines: readonly string[], firstLine: number): readonly CodeResource[] => {
  const found: { name: string; line: number; fields: { text: string; line: number }[]; sql: boolean }[] = [];
  let open = false;
  lines.forEach((line, index) => {
    const at = firstLine + 1 + index;
    const table = SQL_TABLE.exec(line);
    const opening = table ?? OPENING.exec(line);
    if (opening !== null) {
      found.push({ name: opening[1] ?? '', line: at, fields: [], sql: table !== null });
      open = true;
    } else if (/^\s*[})]/.test(line)) {
      open = false;
    } else if (open) {
      const current = found.at(-1);
      const text = current?.sql === true ? sqlLine(line) : memberLine(line)?.text;
      const name = wordsOf(text?.split(':')[0] ?? '').join('');
      if (current !== undefined && text !== undefined && !IGNORED.has(name)) current.fields.push({ text, line: at });
    }
  });
  return found.map(({ name, line, fields }) => ({ name, line, fields }));
};

const sampleType = (value: string): string => {
  const bare = value.trim().replace(/,$/, '');
  if (/^"\d{4}-\d\d-\d\dT/.test(bare) || /^\d{4}-\d\d-\d\dT/.test(bare)) return 'datetime';
  if (/^"?\d{4}-\d\d-\d\d"?$/.test(bare)) return 'date';
  if (/^-?\d+$/.test(bare)) return 'integer';
  if (/^-?\d+\.\d+$/.test(bare)) return 'number';
  if (/^(?:true|false)$/.test(bare)) return 'boolean';
  if (/^"[^"@\s]+@[^"@\s]+"$/.test(bare)) return 'email';
  if (/^"https?:\/\//.test(bare)) return 'url';
  if (/^\[\s*(?:"[^"]*"(?:\s*,\s*"[^"]*")*)?\s*\]$/.test(bare)) return 'list of strings';
  return /^(?:null|\{|\[)/.test(bare) ? '' : 'string';
};

/** The fields of a JSON sample object: a type from each value. */
export const readJsonSample = (lines: readonly string[], firstLine: number): CodeResource | undefined => {
  if (!/^\s*[{[]/.test(lines.find((line) => line.trim() !== '') ?? '')) return undefined;
  const fields: { text: string; line: number }[] = [];
  lines.forEach((line, index) => {
    const match = /^\s*"(\w+)"\s*:\s*(.+?)\s*$/.exec(line);
    const name = (match?.[1] ?? '').toLowerCase();
    const type = match === null ? '' : sampleType(match[2] ?? '');
    if (match !== null && type !== '' && !IGNORED.has(name))
      fields.push({ text: `${match[1] ?? ''}: ${type}`, line: firstLine + 1 + index });
  });
  return fields.length === 0 ? undefined : { name: undefined, line: firstLine, fields };
};

/** Resources of a YAML sketch: top-level names with indented `field: description` lines. */
export const readYamlResources = (lines: readonly string[], firstLine: number): readonly CodeResource[] => {
  const found: { name: string; line: number; fields: { text: string; line: number }[] }[] = [];
  lines.forEach((line, index) => {
    const at = firstLine + 1 + index;
    const top = /^(\w+):\s*$/.exec(line);
    const field = /^\s+(?:-\s+)?(\w+[?!]?):\s*(\S.*)$/.exec(line);
    if (top !== null) found.push({ name: top[1] ?? '', line: at, fields: [] });
    else if (field !== null && !IGNORED.has((field[1] ?? '').toLowerCase()))
      found.at(-1)?.fields.push({ text: `${field[1] ?? ''}: ${(field[2] ?? '').replace(/\s#\s?/, ', ')}`, line: at });
  });
  return found.filter((resource) => resource.fields.length > 0);
};

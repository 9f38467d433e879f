/** Reads a table whose rows are fields, whatever its columns are called and in whichever order they stand. */

import type { Draft } from '../draft/draft.ts';
import { normalise } from '../lexicon/normal.ts';
import type { FieldLine } from './field-line.ts';
import { describeField } from './field-line.ts';

type Column = 'name' | 'type' | 'required' | 'optional' | 'default' | 'unique' | 'rest' | 'values';

const COLUMNS: readonly (readonly [RegExp, Column])[] = [
  [
    /^(?:fields?|names?|attributes?|property|properties|columns?|key|field name|column name|what|parameter|element|data field|item)$/,
    'name',
  ],
  [/^(?:types?|data ?types?|kind|format|field type|value type)$/, 'type'],
  [/^(?:required|mandatory|req|must|obligatory|req d|needed|required \?|not null|compulsory|is required)$/, 'required'],
  [/^(?:optional|nullable|null)$/, 'optional'],
  [/^(?:default|defaults?|default value|initial value|initial)$/, 'default'],
  [/^(?:unique|is unique)$/, 'unique'],
  [/^(?:values|allowed values|possible values|options|allowed)$/, 'values'],
];

const columnOf = (header: string, index: number): Column => {
  const text = normalise(header).replace(/\?$/, '').trim();
  const known = COLUMNS.find(([pattern]) => pattern.test(text))?.[1];
  return known ?? (index === 0 && text === '' ? 'name' : 'rest');
};

/** Whether the header is that of a table of fields. */
export const isFieldTable = (header: readonly string[]): boolean => {
  const columns = header.map(columnOf);
  const methods = header.some((cell) =>
    /^(?:method|path|endpoint|verb|route|url|http method|http)$/i.test(cell.trim()),
  );
  return !methods && columns[0] === 'name' && header.length > 1;
};

const YES =
  /^(?:yes|y|true|x|✓|✔|✅|☑|required|mandatory|\*|1|pk|unique|always|on create|required on create|●|•)\b|^[✓✔✅☑●•*]/i;
const NO = /^(?:no|n|false|-|–|—|❌|✗|✘|optional|0|never)?$/i;

const columnText = (column: Column, cell: string): string => {
  if (cell === '') return '';
  switch (column) {
    case 'required':
      return YES.test(cell) ? 'required' : NO.test(cell) ? 'optional' : cell;
    case 'optional':
      return YES.test(cell) ? 'optional' : 'required';
    case 'unique':
      return YES.test(cell) ? 'unique' : '';
    case 'default':
      return /^(?:-|–|—|none|n\/a|no default|)$/i.test(cell) ? '' : `default ${cell}`;
    case 'values':
      return /^(?:-|–|—|)$/.test(cell) ? '' : /^[\d.]/.test(cell) ? cell : `one of ${cell}`;
    case 'name':
    case 'type':
    case 'rest':
      return /^(?:-|–|—)$/.test(cell) ? '' : cell;
  }
};

/** The fields of the rows; rows that are not understood are answered by their index. */
export const readFieldTable = (
  draft: Draft,
  header: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly line: number; readonly text: string }[],
): readonly (FieldLine | undefined)[] => {
  const columns = header.map(columnOf);
  return rows.map((row) => {
    const name = row.cells[columns.indexOf('name')] ?? '';
    const typeCell = (row.cells[columns.indexOf('type')] ?? '').trim();
    const isChoice = /^(?:enum|choice|select|enumeration|option|one of)$/i.test(typeCell.replace(/`/g, ''));
    const mark = /^`?[\w ]+`?\s*([?!*])$/.exec(name)?.[1] ?? '';
    const typed = columns.map((column, index) => ({ column, cell: (row.cells[index] ?? '').trim() }));
    const pieces = [
      ...typed.filter(({ column }) => column === 'type' && !isChoice),
      ...typed.filter(({ column }) => column !== 'type' && column !== 'name'),
    ]
      .map(({ column, cell }) =>
        isChoice && column === 'rest' && /[,/|]/.test(cell) ? `one of ${cell}` : columnText(column, cell),
      )
      .filter((piece) => piece !== '');
    const bare = name
      .replace(/`/g, '')
      .replace(/[?!*]+$/, '')
      .trim();
    return describeField(draft, bare, mark, pieces.join('; '), row.text, row.line);
  });
};

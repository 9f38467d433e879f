/** Prints `test/model/<plural>.test.ts`: what each field takes and refuses, at its very bounds. */
import type { Design, FieldDesign, ResourceDesign } from '../design.ts';
import { printInline } from '../literal.ts';
import { docComment, quote } from '../print.ts';
import { acceptsValue } from '../simulation/accepts.ts';
import type { Value } from '../simulation/world.ts';
import { sampleValue } from '../sample/values.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { printSuite } from './test-file.ts';

const modelTestPath = (resource: ResourceDesign): string => `test/model/${resource.plural}.test.ts`;

const aroundBounds = ({ field }: FieldDesign): readonly number[] =>
  [field.minimum, field.maximum].flatMap((bound) => (bound === undefined ? [] : [bound - 1, bound, bound + 1]));

const aroundLengths = (design: FieldDesign): readonly Value[] => {
  const { minLength, maxLength } = design.field;
  const lengths = [minLength, maxLength].flatMap((length) =>
    length === undefined || length > 2000 ? [] : [length - 1, length, length + 1],
  );
  return lengths
    .filter((length) => length >= 0)
    .map((length) =>
      design.type === 'string_list' ? Array.from({ length }, (_, index) => `item-${index + 1}`) : 'x'.repeat(length),
    );
};

const wrongKinds = (field: FieldDesign): readonly Value[] => {
  switch (field.type) {
    case 'integer':
      return ['1', 1.5, true];
    case 'number':
      return ['1', true];
    case 'boolean':
      return ['true', 0];
    case 'date':
      return ['2030-02-30', '30.01.2030', 20300130];
    case 'datetime':
      return ['2030-01-31', '2030-02-30T09:30:00Z', 0];
    case 'email':
      return ['nobody', 'a@b', 7];
    case 'url':
      return ['example.com', 'javascript:alert(1)', 7];
    case 'uuid':
    case 'reference':
      return ['1', 7];
    case 'enum':
      return ['surprise', 7];
    case 'string_list':
      return ['one', 7];
    case 'string':
    case 'text':
      return [
        7,
        true,
        ...(field.field.required ? [' '] : []),
        ...(field.field.pattern === undefined ? [] : ['\u0000']),
      ];
  }
};

const printable = (value: Value): boolean => JSON.stringify(value).length < 90;

const candidates = (field: FieldDesign): readonly Value[] => [
  ...[1, 2].map((number) => sampleValue(field, number)),
  ...(field.type === 'enum' ? (field.field.values ?? []) : []),
  ...(field.type === 'integer' || field.type === 'number' ? aroundBounds(field) : []),
  ...(['string', 'text', 'string_list'].includes(field.type) && field.field.pattern === undefined
    ? aroundLengths(field)
    : []),
  null,
];

const isRefused = (field: FieldDesign, value: Value): boolean =>
  value === null ? !field.isNullable : !acceptsValue(field, value);

const printValue = (value: Value): string => {
  const repeated = typeof value === 'string' && /^x{8,}$/u.test(value);
  return repeated ? `'x'.repeat(${value.length})` : printInline(value);
};

const printCases = (
  fields: readonly FieldDesign[],
  pick: (field: FieldDesign) => readonly Value[],
): readonly string[] =>
  fields.flatMap((field) => {
    const values = new Map(pick(field).map((value) => [JSON.stringify(value), value]));
    return [...values.values()]
      .filter((value) => printable(value) || printValue(value).startsWith("'x'"))
      .map((value) => `    [${quote(field.name)}, ${printValue(value)}],\n`);
  });

const printTable = (camel: string, name: string, cases: readonly string[], isAccepted: boolean): string => {
  if (cases.length === 0) return '';
  return [
    `  const ${name}: readonly (readonly [keyof typeof ${camel}Fields, unknown])[] = [\n${cases.join('')}  ];\n\n`,
    `  for (const [field, value] of ${name}) {\n`,
    `    it(\`${isAccepted ? 'take' : 'refuse'} \${JSON.stringify(value)} as \${field}\`, () => {\n`,
    `      assert.equal(${camel}Fields[field].check(value).ok, ${String(isAccepted)});\n    });\n  }\n`,
  ].join('');
};

/** The tests of a resource's fields, or nothing when it has none of its own. */
export const printModelTests = (
  _design: Design,
  resource: ResourceDesign,
  symbols: SymbolTable,
): SourceFile | undefined => {
  const fields = resource.stored;
  if (fields.length === 0) return undefined;
  const header = docComment(`What the fields of ${resource.pluralWords} take and refuse.`);
  const file = createSourceFile(modelTestPath(resource), symbols, header);
  file.useFrom('node:assert/strict', 'default assert');
  file.useFrom('node:test', 'describe', 'it');
  const camel = resource.camel;
  file.use(`${camel}Fields`);
  const good = printCases(fields, (field) => candidates(field).filter((value) => !isRefused(field, value)));
  const bad = printCases(fields, (field) => [
    ...candidates(field).filter((value) => isRefused(field, value)),
    ...wrongKinds(field),
  ]);
  const flags = fields
    .filter(({ isWritable }) => !isWritable)
    .map(({ name }) => `    assert.equal(${camel}Fields.${name}.isReadOnly, true);\n`);
  const test =
    flags.length === 0
      ? ''
      : `  it('are not for clients to set where the application sets them', () => {\n${flags.join('')}  });\n`;
  file.add(
    printSuite(
      `fields of ${resource.pluralWords}`,
      [printTable(camel, 'accepted', good, true), printTable(camel, 'refused', bad, false), test].filter(
        (part) => part !== '',
      ),
    ),
  );
  return file;
};

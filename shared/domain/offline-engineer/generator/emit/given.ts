/** Prints `test/support/given.ts`: records and bodies for tests, valid unless a test says otherwise. */
import type { Catalogue } from '../scenario/catalogue.ts';
import type { FieldDesign, ResourceDesign } from '../design.ts';
import { camelCase } from '../names.ts';
import { docComment, member, printList, propertyName, quote } from '../print.ts';
import { printInline } from '../literal.ts';
import { demandedFields, isUnique, sampleNumber, sampleValue } from '../sample/values.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { givenPath } from '../symbols.ts';
import type { SymbolTable } from '../symbols.ts';

/** References that a new record must be sent with. */
const demandedReferences = (resource: ResourceDesign): readonly FieldDesign[] =>
  demandedFields(resource).filter(({ type }) => type === 'reference');

const sampleCount = 20;

/** A sample as code that gives another value each time, where values must differ. */
const printUniqueSample = (field: FieldDesign): string => {
  if (field.type === 'uuid') return 'crypto.randomUUID()';
  const samples = Array.from({ length: sampleCount }, (_, index) => sampleValue(field, index + 1));
  const [first, second] = samples;
  const isCounted = samples.every(
    (sample, index) => typeof sample === 'string' && sample === String(first).replace('1', String(index + 1)),
  );
  if (isCounted) return `\`${String(first).replaceAll('`', '\\`').replace('1', '${count}')}\``;
  if (typeof first === 'number' && samples.every((sample, index) => sample === first + index)) {
    return first === 1 ? 'count' : `${first - 1} + count`;
  }
  if (first === second) return printInline(first);
  const distinct = [...new Set(samples.map((sample) => printInline(sample)))];
  return `pick([${distinct.join(', ')}])`;
};

const printPick = `const pick = <Value>(values: readonly [Value, ...(readonly Value[])]): Value =>\n  values[(count - 1) % values.length] ?? values[0];`;

const printBody = (resource: ResourceDesign, catalogue: Catalogue, file: SourceFile): string => {
  const samples = catalogue.samples.get(resource.name) ?? {};
  const demanded = demandedFields(resource).filter(({ type }) => type !== 'reference');
  const extra = Object.keys(samples).flatMap((name) =>
    resource.stored.filter((field) => field.name === name && !demanded.includes(field)),
  );
  const lines = [...demanded, ...extra].map((field) => {
    const sample = samples[field.name];
    const code =
      sample !== undefined
        ? printInline(sample)
        : isUnique(resource, field.name)
          ? printUniqueSample(field)
          : printInline(sampleValue(field, sampleNumber(resource, field, 1)));
    const line = `    ${propertyName(field.name)}: ${code},`;
    return line.length <= 120 || !code.startsWith('pick(')
      ? line
      : `    ${propertyName(field.name)}: ${breakPick(code)},`;
  });
  const references = demandedReferences(resource).map(({ name }) => quote(name));
  const input = file.use(`New${resource.pascal}`);
  const values =
    references.length === 0
      ? `values: Partial<${input}> = {}`
      : `values: Pick<${input}, ${references.join(' | ')}> & Partial<${input}>`;
  const counts = lines.some((line) => line.includes('count') || line.includes('pick('));
  const before = `export const new${resource.pascal}Body = `;
  const signature = printList([values], ['(', ')'], { indent: 0, before, after: `: ${input} => {` });
  const body = lines.length === 0 ? '{ ...values }' : `{\n${lines.join('\n')}\n    ...values,\n  }`;
  const comment = docComment(`What a client sends for a new ${resource.words}.`);
  return `${comment}${before}${signature}: ${input} => {\n${counts ? '  count += 1;\n' : ''}  return ${body};\n};`;
};

const breakPick = (code: string): string => {
  const items = code.slice('pick(['.length, -2).split(', ');
  return `pick([\n${items.map((item) => `      ${item},\n`).join('')}    ])`;
};

const printGive = (
  resource: ResourceDesign,
  catalogue: Catalogue,
  file: SourceFile,
  draftTakesMoment: boolean,
): string => {
  const { entity, pascal, camel } = resource;
  const references = demandedReferences(resource);
  const readOnly = resource.references.filter(({ field }) => !field.isNullable && !references.includes(field));
  const lines = [...references, ...readOnly.map(({ field }) => field)].map((field) => {
    const target = catalogue.design.resource(field.field.reference?.resource ?? '');
    return `  const ${referenceVariable(field)} = ${member('values', field.name)} ?? give${target.pascal}(database).id;\n`;
  });
  const argument = references.map((field) => `${propertyName(field.name)}: ${referenceVariable(field)}`).map(shorten);
  const body = `new${pascal}Body(${argument.length === 0 ? '' : `{ ${argument.join(', ')} }`})`;
  const draft = `${file.use(`draft${pascal}`)}(${body}${draftTakesMoment ? ', moment' : ''})`;
  const fixed = readOnly.map(({ field }) => shorten(`${propertyName(field.name)}: ${referenceVariable(field)}`));
  const parts = [`...identity()`, `...${draft}`, ...fixed, '...values'];
  const before = `  return keep(database, ${file.use(`${camel}Table`)}, `;
  const record = printList(parts, ['{', '}'], { indent: 2, before, after: ');' });
  const head = `export const give${pascal} = (database: ${file.use('Database')}, values: Partial<${file.use(entity)}> = {}): ${entity} => {`;
  return `${docComment(`Stores a ${resource.words} as it is, without asking any rule.`)}${head}\n${lines.join('')}${before}${record});\n};`;
};

const referenceVariable = (field: FieldDesign): string => camelCase(field.name);

const shorten = (entry: string): string => {
  const [name = '', value = ''] = entry.split(': ');
  return name === value ? name : entry;
};

const support = (file: SourceFile): string =>
  `const identity = (): ${file.use('Identity')} => ({
  id: crypto.randomUUID(),
  createdAt: moment.now,
  updatedAt: moment.now,
});

const keep = <Entity extends Identity>(database: Database, table: ${file.use('Table')}<Entity>, entity: Entity): Entity => {
  const store = ${file.use('openStore')}(database, table);
  store.put(entity);
  store.flush();
  return entity;
};`;

/** The file with what tests start from. */
export const printGiven = (
  catalogue: Catalogue,
  symbols: SymbolTable,
  needsMoment: (resource: ResourceDesign) => boolean,
): SourceFile => {
  const header = docComment(
    'Records that tests start from. Each is valid; a test names only the values that it is about.',
  );
  const file = createSourceFile(givenPath, symbols, header);
  const pieces = catalogue.design.resources.flatMap((resource) => [
    printBody(resource, catalogue, file),
    printGive(resource, catalogue, file, needsMoment(resource)),
  ]);
  const text = pieces.join('\n');
  file.add(
    `const moment = ${file.use('readMoment')}(${file.use('createTestClock')}());`,
    /\bcount\b/u.test(text) || text.includes('pick([')
      ? '/** Counts bodies, so that values that must differ do. */\nlet count = 0;'
      : '',
    text.includes('pick([') ? printPick : '',
    support(file),
    ...pieces,
  );
  return file;
};

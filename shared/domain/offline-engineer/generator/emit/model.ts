/** Prints `src/model/<plural>.ts`: the record type, its fields, its table, and what a new record starts with. */
import type { Design, FieldDesign, ResourceDesign } from '../design.ts';
import { compileExpression } from '../expression/compile.ts';
import { asValue, precedences, present, within } from '../expression/compiled.ts';
import type { Compiled, Scope } from '../expression/compiled.ts';
import { valueTypeOf } from '../expression/typing.ts';
import { docComment, member, printList, propertyName, quote } from '../print.ts';
import { printInline } from '../literal.ts';
import { createScope, rootOf } from '../scopes.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { modelPath, valuesName, wordType } from '../symbols.ts';
import type { SymbolTable } from '../symbols.ts';
import { fieldType, isDemanded, printField } from './fields.ts';

const describeField = ({ field }: FieldDesign): string => field.description.trim() || field.source.trim();

const fieldComment = (field: FieldDesign): string => {
  const text = describeField(field);
  return text === '' ? '' : docComment(text, 2);
};

const printWords = (resource: ResourceDesign): readonly string[] =>
  resource.stored
    .filter((field) => field.type === 'enum')
    .flatMap((field) => {
      const before = `export const ${valuesName(resource, field.name)} = `;
      const words = (field.field.values ?? []).map(quote);
      return [
        `${before}${printList(words, ['[', ']'], { indent: 0, before, after: ' as const;' })} as const;`,
        `export type ${wordType(resource, field.name)} = (typeof ${valuesName(resource, field.name)})[number];`,
      ];
    });

const printEntity = (resource: ResourceDesign, file: SourceFile): string => {
  const lines = resource.stored.map(
    (field) =>
      `${fieldComment(field)}  readonly ${propertyName(field.name)}: ${fieldType(field, resource, file.use)};\n`,
  );
  const about = resource.resource.description.trim() || `${resource.words}.`;
  return `${docComment(about)}export interface ${resource.entity} extends ${file.use('Identity')} {\n${lines.join('')}}`;
};

const printInput = (resource: ResourceDesign, file: SourceFile): string => {
  const writable = resource.stored.filter((field) => field.isWritable);
  const lines = writable.map((field) => {
    const mark = isDemanded(field) ? '' : '?';
    return `  readonly ${propertyName(field.name)}${mark}: ${fieldType(field, resource, file.use)};\n`;
  });
  const body = lines.length === 0 ? '' : `\n${lines.join('')}`;
  return `${docComment(`What a client sends for a new ${resource.words}.`)}export interface New${resource.pascal} {${body}}`;
};

const printFields = (resource: ResourceDesign, file: SourceFile): string => {
  const lines = resource.stored.map((field) => {
    const line = `  ${propertyName(field.name)}: ${printField(field, resource, file)},`;
    return line.length <= 120 ? `${line}\n` : `${breakField(line)}\n`;
  });
  const type = `${file.use('Fields')}<${resource.entity}>`;
  return `export const ${resource.camel}Fields: ${type} = {\n${lines.join('')}};`;
};

/** A field whose limits do not fit on its line gets one limit a line. */
const breakField = (line: string): string => {
  const match = /^(?<head>.*?\(\{) (?<limits>.*) (?<tail>\}\)+,)$/u.exec(line);
  const { head, limits, tail } = match?.groups ?? {};
  if (head === undefined || limits === undefined || tail === undefined) return line;
  const parts = limits.split(/, (?=(?:notBlank|minLength|maxLength|minimum|maximum|above|below|pattern): )/u);
  const depth = tail.length - 2;
  if (depth <= 1) return `${head}\n${parts.map((part) => `    ${part},\n`).join('')}  ${tail}`;
  const opened = head.replaceAll('(', '(\n').split('\n');
  const wraps = opened.slice(0, -1).map((part, index) => `${' '.repeat(index === 0 ? 0 : 2 + index * 2)}${part}`);
  const inner = 2 + (opened.length - 1) * 2;
  return [
    ...wraps.slice(0, -1),
    `${wraps.at(-1) ?? ''}{`,
    ...parts.map((part) => `${' '.repeat(inner)}${part},`),
    `${' '.repeat(inner - 2)}}),`,
    ...wraps.slice(1).map((_, index) => `${' '.repeat(inner - 4 - index * 2)}),`),
  ].join('\n');
};

const printTable = (resource: ResourceDesign, file: SourceFile): string => {
  const columns = resource.stored.map((field) => `    ${propertyName(field.name)}: '${field.column}',\n`).join('');
  const unique = resource.resource.unique.flatMap((names) => names.slice(0, 1));
  const indexed = [...new Set([...resource.references.map(({ field }) => field.name), ...unique])].map(quote);
  const fallbacks = resource.stored.flatMap((field) => {
    const start = field.column === 'list' ? [] : field.start?.kind === 'literal' ? field.start.value : null;
    return start === null ? [] : [`${propertyName(field.name)}: ${printInline(start)}`];
  });
  return [
    `export const ${resource.camel}Table: ${file.use('Table')}<${resource.entity}> = {\n`,
    `  name: ${quote(resource.plural.replaceAll('-', '_'))},\n`,
    columns === '' ? '  columns: {},\n' : `  columns: {\n${columns}  },\n`,
    `  indexes: ${printList(indexed, ['[', ']'], { indent: 2, before: '  indexes: ', after: ',' })},\n`,
    `  fallbacks: ${fallbacks.length === 0 ? '{}' : printList(fallbacks, ['{', '}'], { indent: 2, before: '  fallbacks: ', after: ',' })},\n`,
    '};',
  ].join('');
};

/** What a field starts with, as code over `input` and `moment`. */
const compileStart = (
  field: FieldDesign,
  resource: ResourceDesign,
  scope: Scope,
  pending: readonly string[],
): Compiled => {
  const type = valueTypeOf(field.type);
  const sent = member('input', field.name);
  const isOptional = field.isWritable && !isDemanded(field);
  if (isDemanded(field)) return present(sent, type);
  if (!field.start || pending.includes(field.name)) {
    const nothing = field.column === 'list' ? '[]' : 'null';
    const code = isOptional ? `${sent} ?? ${nothing}` : nothing;
    const compiled = present(code, type, isOptional ? precedences.fallback : precedences.primary);
    return { ...compiled, isNullable: nothing === 'null' };
  }
  const record = {
    ...rootOf(resource, 'input'),
    read: (name: string): Compiled | undefined => {
      const other = resource.stored.find((candidate) => candidate.name === name);
      return other && compileStart(other, resource, scope, [...pending, field.name]);
    },
  };
  const start = asValue(compileExpression(field.start, { ...scope, record }));
  if (!isOptional) return start;
  if (!start.isNullable) {
    return present(`${sent} ?? ${within(start, precedences.fallback + 1)}`, type, precedences.fallback);
  }
  const code = `${sent} === undefined ? ${within(start, precedences.ternary)} : ${sent}`;
  return { ...present(code, type, precedences.ternary), isNullable: true };
};

const printDraft = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const scope = createScope(design, file, {}, 'moment');
  const lines = resource.stored.map((field) => {
    const code = compileStart(field, resource, scope, []).code;
    const line = `  ${propertyName(field.name)}: ${code},`;
    return line.length <= 120 ? line : `  ${propertyName(field.name)}:\n    ${code},`;
  });
  const usesInput = lines.some((line) => line.includes('input'));
  const parameters = [
    `${usesInput ? 'input' : '_input'}: New${resource.pascal}`,
    ...(scope.mentions.has('context') ? [`moment: ${file.use('Moment')}`] : []),
  ];
  const type = `Omit<${resource.entity}, keyof ${file.use('Identity')}>`;
  return [
    docComment(`The values of a new ${resource.words}: what was sent, and the defaults for the rest.`),
    `export const draft${resource.pascal} = (${parameters.join(', ')}): ${type} => ({\n${lines.join('\n')}\n});`,
  ].join('');
};

/** Whether the defaults of a new record depend on the time. */
export const draftNeedsMoment = (design: Design, resource: ResourceDesign, symbols: SymbolTable): boolean => {
  const file = createSourceFile(modelPath(resource), symbols, '');
  return printDraft(design, resource, file).includes('moment: ');
};

/** The model file of one resource. */
export const printModel = (design: Design, resource: ResourceDesign, symbols: SymbolTable): SourceFile => {
  const title = resource.pluralWords.charAt(0).toUpperCase() + resource.pluralWords.slice(1);
  const header = docComment(`${title}: the shape of a record, what a client may send, and how it is stored.`);
  const file = createSourceFile(modelPath(resource), symbols, header);
  file.add(
    ...printWords(resource),
    printEntity(resource, file),
    printInput(resource, file),
    printFields(resource, file),
    printTable(resource, file),
    printDraft(design, resource, file),
  );
  return file;
};

/** Prints `src/model/derived/<plural>.ts`: fields that are computed each time a record is read. */
import type { Design, FieldDesign, ResourceDesign } from '../design.ts';
import { computedFunction } from '../expression/access.ts';
import { asCondition, asNumber, asText, asValue, precedences, present, within } from '../expression/compiled.ts';
import type { Compiled, Scope } from '../expression/compiled.ts';
import { computedNeedsContext } from '../needs.ts';
import { docComment, propertyName } from '../print.ts';
import { compileBody, createScope, rootOf } from '../scopes.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { derivedPath } from '../symbols.ts';
import type { SymbolTable } from '../symbols.ts';
import { fieldType } from './fields.ts';

/** A value in the shape that a field of this type takes; `otherwise` is what a field keeps that cannot be empty. */
export const fitCompiled = (compiled: Compiled, field: FieldDesign, scope: Scope, otherwise?: string): Compiled => {
  if (field.type === 'boolean') return asCondition(compiled);
  const value = field.isNullable ? asValue(compiled) : withoutNull(compiled, field, otherwise);
  if (field.type === 'date' && value.type === 'moment') {
    return { ...value, code: `${scope.use('dayOf')}(${value.code})`, precedence: 20 };
  }
  const isFraction = field.type === 'number' && /[*/+-]/u.test(value.code);
  return isFraction ? { ...value, code: `${scope.use('exact')}(${within(value, 0)})`, precedence: 20 } : value;
};

const withoutNull = (compiled: Compiled, field: FieldDesign, otherwise: string | undefined): Compiled => {
  if (field.type === 'integer' || field.type === 'number') return asNumber(compiled);
  if (field.type === 'string' || field.type === 'text') return asText(compiled);
  const value = asValue(compiled);
  if (!value.isNullable || otherwise === undefined) return value;
  return present(`${within(value, precedences.fallback + 1)} ?? ${otherwise}`, value.type, precedences.fallback);
};

const printComputed = (design: Design, resource: ResourceDesign, field: FieldDesign, file: SourceFile): string => {
  const { computed } = field.field;
  if (!computed) return '';
  const scope = createScope(design, file, { record: rootOf(resource, 'record') });
  const { statements, value } = compileBody(computed, scope);
  const { code } = fitCompiled(value, field, scope);
  const record = `${scope.mentions.has('record') ? 'record' : '_record'}: ${file.use(resource.entity)}`;
  const context = computedNeedsContext(resource, field.name, design) ? `, context: ${file.use('Context')}` : '';
  const head = `export const ${computedFunction(resource, field.name)} = (${record}${context}): ${fieldType(field, resource, file.use)} =>`;
  const comment = docComment(`${field.label}: "${field.field.source.trim() || field.field.description.trim()}"`);
  if (statements !== '') return `${comment}${head} {\n${statements}  return ${code};\n};`;
  const single = `${head} ${code};`;
  return `${comment}${single.length <= 120 ? single : `${head}\n  ${code};`}`;
};

/** What takes a record and gives it with its computed fields. */
const printPresent = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const needsContext = resource.computed.some((field) => computedNeedsContext(resource, field.name, design));
  const context = needsContext ? `, context: ${file.use('Context')}` : '';
  const lines = resource.computed.map((field) => {
    const argument = computedNeedsContext(resource, field.name, design) ? 'record, context' : 'record';
    return `  ${propertyName(field.name)}: ${computedFunction(resource, field.name)}(${argument}),\n`;
  });
  const head = `export const present${resource.pascal} = (record: ${resource.entity}${context}): ${resource.pascal}View => ({`;
  return `${docComment('The record as clients see it, with its computed fields.')}${head}\n  ...record,\n${lines.join('')}});`;
};

/** Whether `present…` of this resource takes the context. */
export const presentNeedsContext = (design: Design, resource: ResourceDesign): boolean =>
  resource.computed.some((field) => computedNeedsContext(resource, field.name, design));

/** The file with the computed fields of one resource, which has at least one. */
export const printDerived = (design: Design, resource: ResourceDesign, symbols: SymbolTable): SourceFile => {
  const header = docComment(
    `Fields of ${resource.pluralWords} that are not stored but computed from the present state.`,
  );
  const file = createSourceFile(derivedPath(resource), symbols, header);
  for (const field of resource.computed) file.add(printComputed(design, resource, field, file));
  const members = resource.computed.map(
    (field) => `  readonly ${propertyName(field.name)}: ${fieldType(field, resource, file.use)};\n`,
  );
  file.add(
    `export interface ${resource.pascal}View extends ${file.use(resource.entity)} {\n${members.join('')}}`,
    printPresent(design, resource, file),
  );
  return file;
};

/** Prints `src/resources/<plural>/service.ts`: what can be done with the records, whoever asks for it. */
import { isRemovable } from '../cascades.ts';
import type { Design, ResourceDesign } from '../design.ts';
import { docComment, member, printCall, printList, propertyName, quote } from '../print.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { printAction } from './actions.ts';
import { isDemanded } from './fields.ts';
import { printDelete, printRemove } from './removal.ts';
import type { RulesFile } from './rules.ts';
import {
  callRule,
  changeHead,
  hasUnsound,
  printForbids,
  printSettle,
  requirePrevious,
  servicePath,
  store,
  touchesUnsound,
  unsoundCall,
  viewType,
} from './service-parts.ts';
import type { Printer } from './service-parts.ts';

const printUnsound = (printer: Printer): string => {
  const { design, resource, file } = printer;
  if (!hasUnsound(printer)) return '';
  const references = resource.references.map(({ field, target }) => {
    const stores = member('context.stores', design.resource(target).store);
    return `{ field: ${quote(field.name)}, id: ${member('record', field.name)}, store: ${stores} }`;
  });
  const missing = references.length === 0 ? '' : `  ${file.use('refuseMissing')}(${printReferences(references)});\n`;
  const twins = resource.resource.unique.map((names) => {
    const fields = `[${names.map(quote).join(', ')}]`;
    return `  ${printCall(file.use('refuseTwin'), [store(printer), 'record', fields], '  ', 2)};\n`;
  });
  const comment = docComment(
    `Refuses ${resource.pluralWords} with references that lead nowhere or values that are taken.`,
  );
  const head = `const refuseUnsound = (record: ${file.use(resource.entity)}, context: ${file.use('Context')}): void => {`;
  return `${comment}${head}\n${missing}${twins.join('')}};`;
};

const printReferences = (references: readonly string[]): string => {
  const single = `[${references.join(', ')}]`;
  if (references.length === 1 && single.length < 100) return single;
  return `[\n${references.map((reference) => `    ${reference},\n`).join('')}  ]`;
};

const printCreate = (printer: Printer, draftTakesMoment: boolean): string => {
  const { resource, file, rules } = printer;
  const view = viewType(resource, file);
  const starts = resource.transitions
    .filter((rule) => rule.initial.length > 0)
    .map((rule) => `  ${callRule(printer, rules.start(rule), {})};\n`);
  const draft = `${file.use(`draft${resource.pascal}`)}(input${draftTakesMoment ? ', context' : ''})`;
  return [
    `export const create${resource.pascal} = (context: ${file.use('Context')}, body: unknown): ${view} => {\n`,
    `  const input = ${file.use('readNew')}<${file.use(`New${resource.pascal}`)}>(${file.use(`${resource.camel}Fields`)}, body);\n`,
    `  const times = { createdAt: context.now, updatedAt: context.now };\n`,
    `  const record: ${file.use(resource.entity)} = { ...${draft}, id: crypto.randomUUID(), ...times };\n`,
    unsoundCall(printer),
    ...starts,
    printForbids(printer, 'create', { previous: 'null' }),
    printSettle(printer, 'create', false),
    '};',
  ].join('');
};

const hasFixed = (resource: ResourceDesign): boolean => resource.stored.some(({ field }) => field.immutable === true);

const printSave = (printer: Printer): string => {
  const { resource, file, rules } = printer;
  const { entity, pascal, camel } = resource;
  const parameters = [`context: ${file.use('Context')}`, `previous: ${file.use(entity)}`, `record: ${entity}`];
  const moves = resource.transitions.map((rule) => `  ${callRule(printer, rules.move(rule), {})};\n`);
  const rest = [
    hasFixed(resource) ? `  ${file.use('refuseFixed')}(${file.use(`${camel}Fields`)}, previous, record);\n` : '',
    unsoundCall(printer),
    ...moves,
    printForbids(printer, 'update', {}),
    printSettle(printer, 'update', true),
  ].join('');
  const used = parameters.map((parameter) =>
    parameter.startsWith('previous') && !/\bprevious\b/u.test(rest) ? `_${parameter}` : parameter,
  );
  const before = `const save${pascal} = `;
  const signature = printList(used, ['(', ')'], { indent: 0, before, after: `: ${viewType(resource, file)} => {` });
  return `${docComment('Checks a changed record, and writes it with all that follows from the change.')}${before}${signature}: ${viewType(resource, file)} => {\n${rest}};`;
};

const printUpdate = (printer: Printer): string => {
  const { resource, file } = printer;
  const { pascal, camel } = resource;
  return [
    docComment('Changes the fields that are sent and leaves the others.'),
    changeHead(printer, `update${pascal}`),
    requirePrevious(printer, 'previous'),
    `  const change = ${file.use('readChange')}<${file.use(`New${pascal}`)}>(${file.use(`${camel}Fields`)}, body);\n`,
    `  return save${pascal}(context, previous, { ...previous, ...change, updatedAt: context.now });\n};`,
  ].join('');
};

/** Fields that a full replacement leaves as they are when they are not sent. */
const keptFields = (resource: ResourceDesign): readonly string[] =>
  resource.stored
    .filter((field) => {
      const isFixed = field.field.immutable === true || resource.transitions.some((rule) => rule.field === field.name);
      return !field.isWritable || (isFixed && !isDemanded(field));
    })
    .map((field) => {
      const kept = member('previous', field.name);
      const value = field.isWritable ? `${member('input', field.name)} ?? ${kept}` : kept;
      return `    ${propertyName(field.name)}: ${value},\n`;
    });

const printReplace = (printer: Printer, draftTakesMoment: boolean): string => {
  const { resource, file } = printer;
  const { pascal, camel } = resource;
  return [
    docComment('Replaces all fields that a client may send: those that are not sent go back to their defaults.'),
    changeHead(printer, `replace${pascal}`),
    requirePrevious(printer, 'previous'),
    `  const input = ${file.use('readNew')}<${file.use(`New${pascal}`)}>(${file.use(`${camel}Fields`)}, body);\n`,
    `  return save${pascal}(context, previous, {\n    ...previous,\n`,
    `    ...${file.use(`draft${pascal}`)}(input${draftTakesMoment ? ', context' : ''}),\n`,
    ...keptFields(resource),
    '    updatedAt: context.now,\n  });\n};',
  ].join('');
};

/** The service of one resource. */
export const printService = (
  design: Design,
  resource: ResourceDesign,
  symbols: SymbolTable,
  { rules, draftTakesMoment }: { readonly rules: RulesFile; readonly draftTakesMoment: boolean },
): SourceFile => {
  const header = docComment(
    `What can be done with ${resource.pluralWords}, for the JSON interface and the pages alike. Every function checks all rules before anything is written.`,
  );
  const file = createSourceFile(servicePath(resource), symbols, header);
  const printer: Printer = { design, resource, file, rules };
  const { operations } = resource.resource;
  const isChecked = resource.actions.some((action) => touchesUnsound(resource, action));
  if (operations.includes('create') || operations.includes('update') || isChecked) file.add(printUnsound(printer));
  if (operations.includes('create')) file.add(printCreate(printer, draftTakesMoment));
  if (operations.includes('update')) {
    file.add(printSave(printer), printUpdate(printer), printReplace(printer, draftTakesMoment));
  }
  for (const action of resource.actions) file.add(...printAction(printer, action));
  if (isRemovable(resource)) file.add(printRemove(printer));
  if (operations.includes('delete')) file.add(printDelete(printer));
  return file;
};

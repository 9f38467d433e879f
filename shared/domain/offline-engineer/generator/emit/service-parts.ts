/** What the printers of creation, changes, actions and removal have in common. */
import type { ActionEndpoint, Design, ResourceDesign } from '../design.ts';
import { camelCase, takeName } from '../names.ts';
import { effectsOn, forbidsOn, writtenFields } from '../occasions.ts';
import { member, quote } from '../print.ts';
import type { SourceFile } from '../source-file.ts';
import { presentNeedsContext } from './derived.ts';
import type { RuleFunction } from './parameters.ts';
import { rulesPath } from './rules.ts';
import type { RulesFile } from './rules.ts';

export const servicePath = (resource: ResourceDesign): string => `src/resources/${resource.plural}/service.ts`;

/** The function that carries out an action: `returnLoan`. */
export const actionFunction = (resource: ResourceDesign, action: ActionEndpoint): string => {
  const taken = new Set(
    ['create', 'update', 'replace', 'delete', 'remove', 'save', 'find', 'list'].map(
      (verb) => `${verb}${resource.pascal}`,
    ),
  );
  return takeName(taken, camelCase(`${action.name}-${resource.pascal}`));
};

/** The type that clients see: the record, or the record with its computed fields. */
export const viewType = (resource: ResourceDesign, file: SourceFile): string =>
  file.use(resource.computed.length > 0 ? `${resource.pascal}View` : resource.entity);

/** A record as clients see it. */
export const presented = (design: Design, resource: ResourceDesign, record: string, file: SourceFile): string => {
  if (resource.computed.length === 0) return record;
  const context = presentNeedsContext(design, resource) ? ', context' : '';
  return `${file.use(`present${resource.pascal}`)}(${record}${context})`;
};

/** What the printers of one service share. */
export interface Printer {
  readonly design: Design;
  readonly resource: ResourceDesign;
  readonly file: SourceFile;
  readonly rules: RulesFile;
}

/** The store of the resource, in a request. */
export const store = ({ resource }: Printer): string => member('context.stores', resource.store);

/** A call of a rule's function with these variables. */
export const callRule = (
  { file, resource }: Printer,
  rule: RuleFunction,
  variables: Readonly<Record<string, string>>,
): string => {
  file.know(rule.name, { module: rulesPath(resource), isType: false });
  return `${rule.name}(${rule.parameters.map((name) => variables[name] ?? name).join(', ')})`;
};

/** Whether records must be checked against others at all. */
export const hasUnsound = ({ resource }: Printer): boolean =>
  resource.references.length > 0 || resource.resource.unique.length > 0;

/** Whether an action writes references or unique fields. */
export const touchesUnsound = (resource: ResourceDesign, action: ActionEndpoint): boolean =>
  writtenFields(action).some(
    (field) =>
      resource.references.some((reference) => reference.field.name === field) ||
      resource.resource.unique.some((names) => names.includes(field)),
  );

/** The refusals that speak at an occasion. */
export const printForbids = (printer: Printer, occasion: string, variables: Readonly<Record<string, string>>): string =>
  forbidsOn(printer.resource, occasion)
    .map((rule) => `  ${callRule(printer, printer.rules.forbid(rule), variables)};\n`)
    .join('');

/** The check against other records. */
export const unsoundCall = (printer: Printer): string =>
  hasUnsound(printer) ? '  refuseUnsound(record, context);\n' : '';

/** The end of each change: put the record, let the effects follow, write, and give the result. */
export const printSettle = (printer: Printer, occasion: string, hasPrevious: boolean): string => {
  const lines = [`  ${store(printer)}.put(record);\n`];
  let record = 'record';
  const taken = new Set(['record', 'previous', 'context']);
  for (const rule of effectsOn(printer.resource, occasion)) {
    const effect = printer.rules.effect(rule);
    const call = callRule(printer, effect, { record, previous: hasPrevious ? 'previous' : 'null' });
    if (effect.givesRecord) record = takeName(taken, 'settled');
    lines.push(effect.givesRecord ? `  const ${record} = ${call};\n` : `  ${call};\n`);
  }
  lines.push('  context.commit();\n');
  return `${lines.join('')}  return ${presented(printer.design, printer.resource, record, printer.file)};\n`;
};

/** Finds the record that a request is about. */
export const requirePrevious = ({ resource, file }: Printer, variable: string): string =>
  `  const ${variable} = ${file.use('requireRecord')}(${member('context.stores', resource.store)}, id, ${quote(resource.words)});\n`;

/** The head of a function that changes one record. */
export const changeHead = ({ resource, file }: Printer, name: string): string => {
  const parameters = [`context: ${file.use('Context')}`, 'id: string', 'body: unknown'];
  return `export const ${name} = (${parameters.join(', ')}): ${viewType(resource, file)} => {\n`;
};

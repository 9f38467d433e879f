/** Prints actions: functions that set fields of one record, under rules of their own. */
import { findField } from '../design.ts';
import type { ActionEndpoint, ResourceDesign } from '../design.ts';
import { transitionsOf } from '../occasions.ts';
import { docComment, member, printList, propertyName, quote } from '../print.ts';
import { createScope, rootOf } from '../scopes.ts';
import { printAssignments } from './effects.ts';
import {
  actionFunction,
  callRule,
  changeHead,
  printForbids,
  printSettle,
  requirePrevious,
  touchesUnsound,
  unsoundCall,
} from './service-parts.ts';
import type { Printer } from './service-parts.ts';

const printActionBody = (
  printer: Printer,
  action: ActionEndpoint,
): { readonly declaration: string; readonly read: string } => {
  const { resource, file } = printer;
  if (action.body.length === 0) return { declaration: '', read: `  ${file.use('readNew')}({}, body);\n` };
  const name = `${actionFunction(resource, action)}Body`;
  const fields = file.use(`${resource.camel}Fields`);
  const lines = action.body.map(
    ({ field, required }) =>
      `  ${propertyName(field)}: ${file.use('inAction')}(${member(fields, field)}, ${String(required)}),\n`,
  );
  const pick = (required: boolean): string =>
    action.body
      .filter((entry) => entry.required === required)
      .map(({ field }) => quote(field))
      .join(' | ');
  const entity = file.use(resource.entity);
  const types = [
    ...(pick(true) === '' ? [] : [`Pick<${entity}, ${pick(true)}>`]),
    ...(pick(false) === '' ? [] : [`Partial<Pick<${entity}, ${pick(false)}>>`]),
  ];
  return {
    declaration: `const ${name} = {\n${lines.join('')}};`,
    read: `  const sent = ${file.use('readNew')}<${types.join(' & ')}>(${name}, body);\n`,
  };
};

/** The pieces of one action: the fields of its body, and the function. */
export const printAction = (printer: Printer, action: ActionEndpoint): readonly string[] => {
  const { design, resource, file, rules } = printer;
  const { declaration, read } = printActionBody(printer, action);
  const current = action.body.length === 0 ? 'previous' : 'current';
  const scope = createScope(design, file, {
    record: rootOf(resource, current),
    previous: rootOf(resource, 'previous'),
  });
  const entries = printAssignments(action.assign, rootOf(resource, current), scope);
  const before = `  const record: ${file.use(resource.entity)} = `;
  const all = [`...${current}`, ...entries, 'updatedAt: context.now'];
  const assigned = action.assign.map(({ field }) => field).filter((field) => isBounded(resource, field));
  const bounds = assigned.map((field) => `${propertyName(field)}: ${member('record', field)}`).join(', ');
  const moves = transitionsOf(resource, action).map((rule) => `  ${callRule(printer, rules.move(rule), {})};\n`);
  return [
    declaration,
    [
      docComment(action.source.trim() === '' ? `${action.method} ${action.path}` : `"${action.source.trim()}"`),
      changeHead(printer, actionFunction(resource, action)),
      requirePrevious(printer, 'previous'),
      read,
      current === 'current' ? `  const current: ${resource.entity} = { ...previous, ...sent };\n` : '',
      `${before}${printList(all, ['{', '}'], { indent: 2, before, after: ';' })};\n`,
      bounds === ''
        ? ''
        : `  ${file.use('refuseOutOfBounds')}(${quote(resource.words)}, ${file.use(`${resource.camel}Fields`)}, { ${bounds} });\n`,
      touchesUnsound(resource, action) ? unsoundCall(printer) : '',
      ...moves,
      printForbids(printer, action.name, {}),
      printSettle(printer, action.name, true),
      '};',
    ].join(''),
  ];
};

const isBounded = (resource: ResourceDesign, name: string): boolean => {
  const field = findField(resource, name)?.field;
  return field?.type === 'integer' || field?.minimum !== undefined || field?.maximum !== undefined;
};

/** Prints `src/resources/<plural>/service.ts`: what can be done with the records, whoever asks for it. */
import { isRemovable, removedWith } from '../cascades.ts';
import { findField, referencesTo } from '../design.ts';
import type { ActionEndpoint, Design, ResourceDesign } from '../design.ts';
import { camelCase, takeName } from '../names.ts';
import { effectsOn, forbidsOn, transitionsOf, writtenFields } from '../occasions.ts';
import { docComment, member, printCall, printList, propertyName, quote } from '../print.ts';
import { createScope, rootOf } from '../scopes.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { presentNeedsContext } from './derived.ts';
import { printAssignments } from './effects.ts';
import { isDemanded } from './fields.ts';
import type { RuleFunction } from './parameters.ts';
import { rulesPath } from './rules.ts';
import type { RulesFile } from './rules.ts';

export const servicePath = (resource: ResourceDesign): string => `src/resources/${resource.plural}/service.ts`;

/** The function that carries out an action: `returnLoan`. */
export const actionFunction = (resource: ResourceDesign, action: ActionEndpoint): string => {
  const taken = new Set(['create', 'update', 'replace', 'delete', 'remove', 'save', 'find', 'list'].map((verb) => `${verb}${resource.pascal}`));
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

interface Printer {
  readonly design: Design;
  readonly resource: ResourceDesign;
  readonly file: SourceFile;
  readonly rules: RulesFile;
}

const store = ({ resource }: Printer): string => member('context.stores', resource.store);

const callRule = ({ file, resource }: Printer, rule: RuleFunction, variables: Readonly<Record<string, string>>): string => {
  file.know(rule.name, { module: rulesPath(resource), isType: false });
  return `${rule.name}(${rule.parameters.map((name) => variables[name] ?? name).join(', ')})`;
};

const hasUnsound = ({ resource }: Printer): boolean =>
  resource.references.length > 0 || resource.resource.unique.length > 0;

const printUnsound = (printer: Printer): string => {
  const { design, resource, file } = printer;
  if (!hasUnsound(printer)) return '';
  const references = resource.references.map(({ field, target }) => {
    const stores = member('context.stores', design.resource(target).store);
    return `{ field: ${quote(field.name)}, id: ${member('record', field.name)}, store: ${stores} }`;
  });
  const missing =
    references.length === 0
      ? ''
      : `  ${file.use('refuseMissing')}(${printReferences(references)});\n`;
  const twins = resource.resource.unique.map((names) => {
    const fields = `[${names.map(quote).join(', ')}]`;
    return `  ${printCall(file.use('refuseTwin'), [store(printer), 'record', fields], '  ', 2)};\n`;
  });
  const comment = docComment(`Refuses ${resource.pluralWords} with references that lead nowhere or values that are taken.`);
  const head = `const refuseUnsound = (record: ${file.use(resource.entity)}, context: ${file.use('Context')}): void => {`;
  return `${comment}${head}\n${missing}${twins.join('')}};`;
};

const printReferences = (references: readonly string[]): string => {
  const single = `[${references.join(', ')}]`;
  if (references.length === 1 && single.length < 100) return single;
  return `[\n${references.map((reference) => `    ${reference},\n`).join('')}  ]`;
};

/** The end of each change: put the record, let the effects follow, write, and give the result. */
const printSettle = (printer: Printer, occasion: string, hasPrevious: boolean): string => {
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

const printForbids = (printer: Printer, occasion: string, variables: Readonly<Record<string, string>>): string =>
  forbidsOn(printer.resource, occasion)
    .map((rule) => `  ${callRule(printer, printer.rules.forbid(rule), variables)};\n`)
    .join('');

const unsoundCall = (printer: Printer): string => (hasUnsound(printer) ? '  refuseUnsound(record, context);\n' : '');

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

const hasFixed = (resource: ResourceDesign): boolean =>
  resource.stored.some(({ field }) => field.immutable === true);

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

const requirePrevious = ({ resource, file }: Printer, variable: string): string =>
  `  const ${variable} = ${file.use('requireRecord')}(${member('context.stores', resource.store)}, id, ${quote(resource.words)});\n`;

const changeHead = ({ resource, file }: Printer, name: string): string => {
  const parameters = [`context: ${file.use('Context')}`, 'id: string', 'body: unknown'];
  return `export const ${name} = (${parameters.join(', ')}): ${viewType(resource, file)} => {\n`;
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

const printDependents = (printer: Printer): string => {
  const { design, resource, file } = printer;
  const children = removedWith(design, resource);
  return referencesTo(design, resource)
    .map(({ from, field, onDelete }) => {
      const stores = member('context.stores', from.store);
      const found = `${stores}.find({ ${propertyName(field.name)}: id })`;
      if (onDelete === 'restrict') {
        const call = printCall(file.use('refuseInUse'), [quote(resource.words), quote(from.pluralWords), found], '  ', 2);
        return { rank: 0, code: `  ${call};\n` };
      }
      const variable = camelCase(`dependent-${from.name}`);
      const head = `  for (const ${variable} of ${found}) `;
      if (onDelete === 'set_null') {
        const emptied = `{ ...${variable}, ${propertyName(field.name)}: null, updatedAt: context.now }`;
        return { rank: 2, code: `${head}{\n    ${stores}.put(${emptied});\n  }\n` };
      }
      const remove = `remove${from.pascal}`;
      if (children.includes(from)) file.know(remove, { module: servicePath(from), isType: false });
      const isPlain = !children.includes(from) && from.name !== resource.name;
      const action = isPlain ? `${stores}.delete(${variable}.id);` : `${remove}(context, ${variable}.id);`;
      const line = `${head}${action}\n`;
      return { rank: 2, code: line.length <= 121 ? line : `${head}{\n    ${action}\n  }\n` };
    })
    .sort((left, right) => left.rank - right.rank)
    .reduce((text, { rank, code }, index, all) => {
      const isFirstAfter = rank === 2 && all[index - 1]?.rank !== 2;
      return `${text}${isFirstAfter ? deletion(printer) : ''}${code}`;
    }, '');
};

const deletion = (printer: Printer): string => `  ${store(printer)}.delete(id);\n`;

const printRemove = (printer: Printer): string => {
  const { resource, file } = printer;
  const dependents = printDependents(printer);
  const variables = { previous: 'record' };
  const rest = [
    printForbids(printer, 'delete', variables),
    dependents,
    dependents.includes(deletion(printer)) ? '' : deletion(printer),
    ...effectsOn(resource, 'delete').map(
      (rule) => `  ${callRule(printer, printer.rules.effect(rule), variables)};\n`,
    ),
  ].join('');
  const require = requirePrevious(printer, 'record');
  return [
    docComment(`Removes one ${resource.words} and what goes with it, without writing yet.`),
    `export const remove${resource.pascal} = (context: ${file.use('Context')}, id: string): void => {\n`,
    /\brecord\b/u.test(rest) ? require : require.replace('const record = ', ''),
    rest,
    '};',
  ].join('');
};

const printDelete = ({ resource, file }: Printer): string =>
  `export const delete${resource.pascal} = (context: ${file.use('Context')}, id: string): void => {\n  remove${resource.pascal}(context, id);\n  context.commit();\n};`;

const printActionBody = (printer: Printer, action: ActionEndpoint): { readonly declaration: string; readonly read: string } => {
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

const printAction = (printer: Printer, action: ActionEndpoint): readonly string[] => {
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

/** Whether an action writes references or unique fields. */
const touchesUnsound = (resource: ResourceDesign, action: ActionEndpoint): boolean =>
  writtenFields(action).some(
    (field) =>
      resource.references.some((reference) => reference.field.name === field) ||
      resource.resource.unique.some((names) => names.includes(field)),
  );

const isBounded = (resource: ResourceDesign, name: string): boolean => {
  const field = findField(resource, name)?.field;
  return field?.type === 'integer' || field?.minimum !== undefined || field?.maximum !== undefined;
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

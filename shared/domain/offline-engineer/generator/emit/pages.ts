/** Prints `src/pages/<plural>.ts`: what the pages of one resource show, and which functions they call. */
import { findField } from '../design.ts';
import type { ActionEndpoint, Design, FieldDesign, ResourceDesign } from '../design.ts';
import { inWords, sentenceCase } from '../names.ts';
import { docComment, lineWidth, member, quote } from '../print.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { valuesName } from '../symbols.ts';
import type { SymbolTable } from '../symbols.ts';
import { isDemanded } from './fields.ts';
import { listsPath } from './lists.ts';
import { listShapeName, routesPath } from './routes.ts';
import { actionFunction, servicePath, viewType } from './service-parts.ts';

export const pagesPath = (resource: ResourceDesign): string => `src/pages/${resource.plural}.ts`;

const inputs = {
  string: 'text',
  text: 'textarea',
  integer: 'number',
  number: 'number',
  boolean: 'checkbox',
  date: 'date',
  datetime: 'datetime-local',
  email: 'email',
  url: 'url',
  uuid: 'text',
  enum: 'select',
  reference: 'select',
  string_list: 'list',
} as const;

/** The field that stands for a record; the id where the model names none that is stored. */
const labelField = (resource: ResourceDesign): FieldDesign | undefined => {
  const field = findField(resource, resource.resource.labelField);
  return field?.isComputed === false ? field : undefined;
};

const printOptions = (design: Design, resource: ResourceDesign, field: FieldDesign, file: SourceFile): string => {
  if (field.type === 'enum') return `${file.use('words')}(${file.use(valuesName(resource, field.name))})`;
  const target = design.resource(field.field.reference?.resource ?? '');
  const found = `${member('context.stores', target.store)}.find()`;
  return `${file.use('choices')}(${found}, (choice) => ${member('choice', labelField(target)?.name ?? 'id')})`;
};

interface Options {
  readonly isDemanded: boolean;
  readonly canBeFixed: boolean;
}

const printFormField = (
  design: Design,
  resource: ResourceDesign,
  field: FieldDesign,
  file: SourceFile,
  options: Options,
): string => {
  const isChosen = field.type === 'enum' || field.type === 'reference';
  const lines = [
    `name: ${quote(field.name)}`,
    `label: ${quote(field.label)}`,
    `input: ${quote(inputs[field.type])}`,
    `isRequired: ${String(options.isDemanded)}`,
    `isNullable: ${String(field.isNullable)}`,
    ...(options.canBeFixed && field.field.immutable === true ? ['isFixed: true'] : []),
    ...(field.type === 'integer' ? ["step: '1'"] : []),
    ...(isChosen ? [`options: ${printOptions(design, resource, field, file)}`] : []),
  ];
  return `  {\n${lines.map((line) => `    ${line},\n`).join('')}  },\n`;
};

const printForm = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const fields = resource.stored
    .filter((field) => field.isWritable)
    .map((field) => printFormField(design, resource, field, file, { isDemanded: isDemanded(field), canBeFixed: true }));
  const text = fields.join('');
  const parameter = text.includes('context.') ? 'context' : '_context';
  file.use('Context');
  return `const ${resource.camel}Form = (${parameter}: Context): readonly ${file.use('FormField')}[] => [\n${text}];`;
};

const printColumn = (design: Design, field: FieldDesign, file: SourceFile): string => {
  const target =
    field.field.reference && !field.isComputed ? design.resource(field.field.reference.resource) : undefined;
  const label = target && labelField(target);
  const value = member('record', field.name);
  const shown = target && label ? member(`${member('context.stores', target.store)}.at(${value})?`, label.name) : value;
  const show = `(record) => ${file.use('showValue')}(${shown})`;
  const line = `  { label: ${quote(field.label)}, show: ${show} },`;
  return line.length <= 120 ? `${line}\n` : `  {\n    label: ${quote(field.label)},\n    show: ${show},\n  },\n`;
};

const orderedColumns = (resource: ResourceDesign): readonly FieldDesign[] => {
  const label = findField(resource, resource.resource.labelField);
  const rest = resource.fields.filter((field) => field !== label);
  return label ? [label, ...rest] : rest;
};

const printColumns = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const text = orderedColumns(resource)
    .map((field) => printColumn(design, field, file))
    .join('');
  const lines = text === '' ? "  { label: 'Id', show: (record) => record.id },\n" : text;
  const parameter = text.includes('context.') ? 'context' : '_context';
  const head = `const ${resource.camel}Columns = (${parameter}: Context): readonly ${file.use('Column')}<${viewType(resource, file)}>[] =>`;
  const single = `${head} [${lines.trim().slice(0, -1)}];`;
  const isSingle = lines.split('\n').length === 2 && single.length <= lineWidth;
  return isSingle ? single : `${head} [\n${lines}];`;
};

const printActionFields = (
  design: Design,
  resource: ResourceDesign,
  action: ActionEndpoint,
  file: SourceFile,
): string => {
  const fields = action.body.flatMap(({ field: name, required }) => {
    const field = findField(resource, name);
    return field ? [printFormField(design, resource, field, file, { isDemanded: required, canBeFixed: false })] : [];
  });
  if (fields.length === 0) return '[]';
  return `[\n${fields.join('').replaceAll(/^(?=.)/gmu, '    ')}    ]`;
};

const printActions = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  if (resource.actions.length === 0) return '';
  const entries = resource.actions.map((action) => {
    const run = file.know(actionFunction(resource, action), { module: servicePath(resource), isType: false });
    const label = sentenceCase(inWords(action.name));
    const fields = printActionFields(design, resource, action, file);
    return `  {\n    name: ${quote(action.name)},\n    label: ${quote(label)},\n    fields: ${fields},\n    run: ${run},\n  },\n`;
  });
  const text = entries.join('');
  const parameter = text.includes('context.') ? 'context' : '_context';
  return `const ${resource.camel}Actions = (${parameter}: Context): readonly ${file.use('PageAction')}<${viewType(resource, file)}, Context>[] => [\n${text}];`;
};

const printOperation = (
  resource: ResourceDesign,
  file: SourceFile,
  operation: 'create' | 'update' | 'delete',
): string => {
  if (!resource.resource.operations.includes(operation)) return '';
  const name = file.know(`${operation}${resource.pascal}`, { module: servicePath(resource), isType: false });
  return `    ${operation === 'delete' ? 'remove' : operation}: ${name},\n`;
};

/** The pages of one resource. */
export const printPages = (design: Design, resource: ResourceDesign, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile(pagesPath(resource), symbols, docComment(`The pages of ${resource.pluralWords}.`));
  const title = sentenceCase(resource.pluralWords);
  const form = printForm(design, resource, file);
  const isEdited = resource.resource.operations.some((operation) => operation === 'create' || operation === 'update');
  const list = file.know(`list${resource.pascalPlural}`, { module: listsPath(resource), isType: false });
  const find = file.know(`find${resource.pascal}`, { module: listsPath(resource), isType: false });
  const shape = file.know(listShapeName(resource), { module: routesPath(resource), isType: false });
  const actions = printActions(design, resource, file);
  file.add(isEdited ? form : '', printColumns(design, resource, file), actions);
  const head = `export const ${resource.camel}Pages = (environment: ${file.use('Environment')}): readonly ${file.use('Route')}[] =>`;
  file.add(
    [
      `${head}\n  ${file.use('createResourcePages')}<${viewType(resource, file)}, Context>({\n`,
      `    name: ${quote(resource.plural)},\n    title: ${quote(title)},\n    singular: ${quote(resource.words)},\n`,
      `    open: () => ${file.use('openContext')}(environment),\n    shape: ${shape},\n`,
      `    columns: ${resource.camel}Columns,\n    fields: ${isEdited ? `${resource.camel}Form` : '() => []'},\n`,
      `    list: ${list},\n    find: ${find},\n`,
      printOperation(resource, file, 'create'),
      printOperation(resource, file, 'update'),
      printOperation(resource, file, 'delete'),
      `    actions: ${actions === '' ? '() => []' : `${resource.camel}Actions`},\n  });`,
    ].join(''),
  );
  return file;
};

/** `src/page-kit/site.ts`: the title and the links of all pages. */
export const printSite = (design: Design, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile(
    'src/page-kit/site.ts',
    symbols,
    docComment('What the pages are called and where they are.'),
  );
  const links = design.resources
    .filter(({ resource }) => resource.hasPage)
    .map(
      (resource) =>
        `    { path: ${quote(`pages/${resource.plural}`)}, title: ${quote(sentenceCase(resource.pluralWords))} },\n`,
    );
  const description = quote(design.model.description.trim());
  const descriptionLine = `  description: ${description},`;
  file.add(
    [
      'interface Site {\n  readonly title: string;\n  readonly description: string;\n  /** Relative to the address the application is mounted at. */\n  readonly links: readonly { readonly path: string; readonly title: string }[];\n}\n\n',
      `export const site: Site = {\n  title: ${quote(design.model.title)},\n`,
      descriptionLine.length <= 120 ? `${descriptionLine}\n` : `  description:\n    ${description},\n`,
      links.length === 0 ? '  links: [],\n};' : `  links: [\n${links.join('')}  ],\n};`,
    ].join(''),
  );
  return file;
};

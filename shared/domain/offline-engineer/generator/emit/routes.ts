/** Prints `src/resources/<plural>/routes.ts`: the JSON interface of one resource. */
import { findField } from '../design.ts';
import type { ActionEndpoint, Design, ListEndpoint, ResourceDesign } from '../design.ts';
import { docComment, member, printList, propertyName, quote } from '../print.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { listFunction, listsPath } from './lists.ts';
import { actionFunction, servicePath } from './service-parts.ts';

export const routesPath = (resource: ResourceDesign): string => `src/resources/${resource.plural}/routes.ts`;

/** The constant that says what may be asked of the list: `bookList`. */
export const listShapeName = (resource: ResourceDesign): string => `${resource.camel}List`;

const computedKinds = { text: 'text', integer: 'integer', real: 'decimal', boolean: 'flag', list: 'list' } as const;

const printShape = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const { filterable, sortable, searchable } = resource.resource;
  const filters = filterable.flatMap((name) => {
    const field = findField(resource, name);
    if (!field) return [];
    const kind = field.isComputed
      ? `${file.use(computedKinds[field.column])}()`
      : member(file.use(`${resource.camel}Fields`), name);
    return [`    ${propertyName(name)}: ${kind},\n`];
  });
  const names = (list: readonly string[], key: string): string =>
    `  ${key}: ${printList(list.map(quote), ['[', ']'], { indent: 2, before: `  ${key}: `, after: ',' })},\n`;
  const { defaultLimit, maxLimit } = design.model.pagination;
  return [
    `export const ${listShapeName(resource)}: ${file.use('ListShape')} = {\n`,
    filters.length === 0 ? '  filters: {},\n' : `  filters: {\n${filters.join('')}  },\n`,
    names(sortableFields(resource, sortable), 'sortable'),
    names(searchableFields(resource, searchable), 'searchable'),
    `  defaultLimit: ${defaultLimit},\n  maximumLimit: ${maxLimit},\n};`,
  ].join('');
};

/** What a list can be sorted by: what the model says, and the times that every record has. */
export const sortableFields = (resource: ResourceDesign, sortable = resource.resource.sortable): readonly string[] => [
  ...new Set([...sortable.filter((name) => findField(resource, name)?.column !== 'list'), 'createdAt', 'updatedAt']),
];

/** What `q` looks in: stored fields only. */
export const searchableFields = (
  resource: ResourceDesign,
  searchable = resource.resource.searchable,
): readonly string[] => searchable.filter((name) => findField(resource, name)?.isComputed === false);

const printRoute = (method: string, path: string, handle: string): string =>
  `  {\n    method: ${quote(method)},\n    path: ${quote(path)},\n    handle: ${handle},\n  },\n`;

const pathParameter = (path: string): string => /:(?<name>\w+)/u.exec(path)?.groups?.['name'] ?? 'id';

const idOf = (path: string): string => `parameters[${quote(pathParameter(path))}] ?? ''`;

const printListRoute = (resource: ResourceDesign, file: SourceFile, path: string, endpoint?: ListEndpoint): string => {
  const name = endpoint ? listFunction(resource, endpoint) : `list${resource.pascalPlural}`;
  const query = `${file.use('readListQuery')}(url, ${listShapeName(resource)})`;
  file.know(name, { module: listsPath(resource), isType: false });
  const hasParent = endpoint?.parent !== undefined;
  const values = ['openContext(environment)', ...(hasParent ? [idOf(path)] : []), query];
  file.use('openContext');
  const parameters = hasParent ? '{ url, parameters }' : '{ url }';
  const code = `${file.use('json')}(${name}(${values.join(', ')}))`;
  const single = `    handle: (${parameters}) => ${code},`;
  return printRoute('GET', path, `(${parameters}) =>${single.length <= 120 ? ' ' : '\n      '}${code}`);
};

const printFindRoute = (resource: ResourceDesign, file: SourceFile): string => {
  const name = file.know(`find${resource.pascal}`, { module: listsPath(resource), isType: false });
  const code = `${file.use('json')}(${name}(${file.use('openContext')}(environment), parameters['id'] ?? ''))`;
  return printRoute('GET', `/${resource.plural}/:id`, `({ parameters }) => ${code}`);
};

const useService = (resource: ResourceDesign, file: SourceFile, name: string): string =>
  file.know(name, { module: servicePath(resource), isType: false });

const printCreateRoute = (resource: ResourceDesign, file: SourceFile): string => {
  const create = useService(resource, file, `create${resource.pascal}`);
  const handle = [
    'async ({ request, prefix }) => {\n',
    `      const body = await ${file.use('readJson')}(request);\n`,
    `      const record = ${create}(${file.use('openContext')}(environment), body);\n`,
    `      return ${file.use('created')}(record, \`\${prefix}/${resource.plural}/\${record.id}\`);\n`,
    '    }',
  ].join('');
  return printRoute('POST', `/${resource.plural}`, handle);
};

const printChangeRoute = (
  resource: ResourceDesign,
  file: SourceFile,
  change: { readonly method: string; readonly path: string; readonly name: string; readonly reader: string },
): string => {
  const name = useService(resource, file, change.name);
  const handle = [
    'async ({ request, parameters }) => {\n',
    `      const body = await ${file.use(change.reader)}(request);\n`,
    `      return ${file.use('json')}(${name}(${file.use('openContext')}(environment), ${idOf(change.path)}, body));\n`,
    '    }',
  ].join('');
  return printRoute(change.method, change.path, handle);
};

const printActionRoute = (resource: ResourceDesign, file: SourceFile, action: ActionEndpoint): string =>
  printChangeRoute(resource, file, {
    method: action.method,
    path: action.path,
    name: actionFunction(resource, action),
    reader: action.body.some(({ required }) => required) ? 'readJson' : 'readOptionalJson',
  });

const printDeleteRoute = (resource: ResourceDesign, file: SourceFile): string => {
  const name = useService(resource, file, `delete${resource.pascal}`);
  const handle = [
    '({ parameters }) => {\n',
    `      ${name}(${file.use('openContext')}(environment), parameters['id'] ?? '');\n`,
    `      return ${file.use('noContent')}();\n`,
    '    }',
  ].join('');
  return printRoute('DELETE', `/${resource.plural}/:id`, handle);
};

const printOwnRoutes = (resource: ResourceDesign, file: SourceFile): readonly string[] => {
  const { operations } = resource.resource;
  const path = `/${resource.plural}/:id`;
  const reader = 'readJson';
  return [
    ...(operations.includes('list') ? [printListRoute(resource, file, `/${resource.plural}`)] : []),
    ...(operations.includes('create') ? [printCreateRoute(resource, file)] : []),
    ...(operations.includes('read') ? [printFindRoute(resource, file)] : []),
    ...(operations.includes('update')
      ? [
          printChangeRoute(resource, file, { method: 'PATCH', path, name: `update${resource.pascal}`, reader }),
          printChangeRoute(resource, file, { method: 'PUT', path, name: `replace${resource.pascal}`, reader }),
        ]
      : []),
    ...(operations.includes('delete') ? [printDeleteRoute(resource, file)] : []),
  ];
};

/** The routes of one resource. */
export const printRoutes = (design: Design, resource: ResourceDesign, symbols: SymbolTable): SourceFile => {
  const header = docComment(`The JSON interface of ${resource.pluralWords}.`);
  const file = createSourceFile(routesPath(resource), symbols, header);
  const routes = [
    ...printOwnRoutes(resource, file),
    ...resource.actions.map((action) => printActionRoute(resource, file, action)),
    ...resource.lists.map((endpoint) => printListRoute(resource, file, endpoint.path, endpoint)),
  ];
  const usesShape = routes.some((route) => route.includes(listShapeName(resource))) || resource.resource.hasPage;
  const head = `export const ${resource.camel}Routes = (${routes.some((route) => route.includes('environment')) ? 'environment' : '_environment'}: ${file.use('Environment')}): readonly ${file.use('Route')}[] => [`;
  if (usesShape) file.add(printShape(design, resource, file));
  file.add(`${head}\n${routes.join('')}];`);
  return file;
};

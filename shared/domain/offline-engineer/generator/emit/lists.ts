/** Prints `src/resources/<plural>/lists.ts`: reading one record, pages of records, and the narrowed lists. */
import type { Design, ListEndpoint, ResourceDesign } from '../design.ts';
import { compileSelection } from '../expression/aggregate.ts';
import { compileExpression } from '../expression/compile.ts';
import { camelCase, pascalCase, takeName } from '../names.ts';
import { docComment, member, printCalls, propertyName, quote } from '../print.ts';
import type { Expression } from '../../app-model.ts';
import { createScope, rootOf } from '../scopes.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { presented, viewType } from './service-parts.ts';

export const listsPath = (resource: ResourceDesign): string => `src/resources/${resource.plural}/lists.ts`;

/** The function behind a narrowed list: `listMemberLoans`. */
export const listFunction = (resource: ResourceDesign, endpoint: ListEndpoint): string => {
  const taken = new Set([`list${resource.pascalPlural}`]);
  const name = pascalCase(endpoint.name);
  return takeName(
    taken,
    camelCase(
      `list-${name.toLowerCase().includes(resource.pascalPlural.toLowerCase()) ? name : `${name}-${resource.plural}`}`,
    ),
  );
};

const printFind = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const found = `${file.use('requireRecord')}(${member('context.stores', resource.store)}, id, ${quote(resource.words)})`;
  const head = `export const find${resource.pascal} = (context: ${file.use('Context')}, id: string): ${viewType(resource, file)} =>`;
  const code = presented(design, resource, found, file);
  const single = `${head} ${code};`;
  return single.length <= 120 ? single : `${head}\n  ${code};`;
};

const presentAll = (design: Design, resource: ResourceDesign, items: string, file: SourceFile): string =>
  resource.computed.length === 0 ? items : `${items}.map((record) => ${presented(design, resource, 'record', file)})`;

/** Computed fields that a list may be filtered or sorted by. */
const derivedListFields = ({ resource, computed }: ResourceDesign): readonly string[] =>
  computed
    .map(({ name }) => name)
    .filter((name) => resource.filterable.includes(name) || resource.sortable.includes(name));

const printList = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const head = `export const list${resource.pascalPlural} = (context: ${file.use('Context')}, request: ${file.use('PageRequest')}): ${file.use('Page')}<${viewType(resource, file)}> =>`;
  const stores = member('context.stores', resource.store);
  if (resource.computed.length === 0) {
    const single = `${head} ${stores}.page(request);`;
    return single.length <= 120 ? single : `${head}\n  ${stores}.page(request);`;
  }
  const derived = derivedListFields(resource);
  const lines: string[] = [];
  if (derived.length > 0) {
    const all = presentAll(design, resource, `${stores}.find()`, file);
    lines.push(
      `  if (${file.use('usesFields')}(request, [${derived.map(quote).join(', ')}])) {\n`,
      `    const records = ${all};\n    return ${file.use('selectPage')}(records, request);\n  }\n`,
    );
  }
  lines.push(
    `  const page = ${stores}.page(request);\n`,
    `  return { ...page, items: ${presentAll(design, resource, 'page.items', file)} };\n`,
  );
  return `${head} {\n${lines.join('')}};`;
};

const parentCondition = (endpoint: ListEndpoint): Expression | undefined =>
  endpoint.parent
    ? {
        kind: 'binary',
        operator: '==',
        left: { kind: 'field', of: 'item', path: [endpoint.parent.field] },
        right: { kind: 'field', of: 'record', path: ['id'] },
      }
    : undefined;

const both = (left: Expression | undefined, right: Expression | undefined): Expression | undefined =>
  left && right ? { kind: 'binary', operator: 'and', left, right } : (left ?? right);

const printNarrowed = (design: Design, resource: ResourceDesign, endpoint: ListEndpoint, file: SourceFile): string => {
  const parent = endpoint.parent ? design.resource(endpoint.parent.resource) : undefined;
  const scope = createScope(design, file, parent ? { record: rootOf(parent, 'parent') } : {});
  const where = both(parentCondition(endpoint), endpoint.where);
  const lines: string[] = [];
  const context = `context: ${file.use('Context')}`;
  const parameters = [context, ...(parent ? ['id: string'] : []), `request: ${file.use('PageRequest')}`];
  const isPlain = endpoint.where === undefined && endpoint.parent !== undefined;
  if (parent) {
    const found = `${file.use('requireRecord')}(${member('context.stores', parent.store)}, id, ${quote(parent.words)})`;
    lines.push(isPlain ? `  ${found};\n` : `  const parent = ${found};\n`);
  }
  const stores = member('context.stores', resource.store);
  if (isPlain && endpoint.parent) {
    const narrowed = `{ ...request.filters, ${propertyName(endpoint.parent.field)}: id }`;
    lines.push(
      `  const page = list${resource.pascalPlural}(context, { ...request, filters: ${narrowed} });\n  return page;\n`,
    );
  } else {
    const { head, calls } = where
      ? compileSelection(resource, where, scope, compileExpression)
      : { head: stores, calls: [{ name: 'find', argument: '' }] };
    const mapped =
      resource.computed.length === 0
        ? calls
        : [...calls, { name: 'map', argument: `(record) => ${presented(design, resource, 'record', file)}` }];
    const before = '  const records = ';
    lines.push(`${before}${printCalls(head, mapped, { indent: 2, before, after: ';' })};\n`);
    lines.push(`  return ${file.use('selectPage')}(records, request);\n`);
  }
  const result = `${file.use('Page')}<${viewType(resource, file)}>`;
  const name = listFunction(resource, endpoint);
  const body = lines.join('').replace(/ {2}const page = (?<call>.*);\n {2}return page;\n/u, '  return $<call>;\n');
  const comment = docComment(endpoint.source.trim() === '' ? `GET ${endpoint.path}` : `"${endpoint.source.trim()}"`);
  return `${comment}export const ${name} = (${parameters.join(', ')}): ${result} => {\n${body}};`;
};

/** The reading side of one resource. */
export const printLists = (design: Design, resource: ResourceDesign, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile(listsPath(resource), symbols, docComment(`Reading ${resource.pluralWords}.`));
  file.add(printFind(design, resource, file), printList(design, resource, file));
  for (const endpoint of resource.lists) file.add(printNarrowed(design, resource, endpoint, file));
  return file;
};

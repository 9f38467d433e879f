/** Prints `src/endpoints/<name>.ts`: endpoints that answer figures about many records. */
import { findField } from '../design.ts';
import type { Design, FiguresEndpoint, ResourceDesign } from '../design.ts';
import { asValue } from '../expression/compiled.ts';
import type { Scope } from '../expression/compiled.ts';
import { camelCase, kebabCase } from '../names.ts';
import { docComment, member, propertyName, quote } from '../print.ts';
import { compileBody, createScope, rootOf } from '../scopes.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { valuesName } from '../symbols.ts';
import type { SymbolTable } from '../symbols.ts';

export const figuresPath = (endpoint: FiguresEndpoint): string => `src/endpoints/${kebabCase(endpoint.name)}.ts`;

export const figuresRoutes = (endpoint: FiguresEndpoint): string => `${camelCase(endpoint.name)}Routes`;

type FigureValue = FiguresEndpoint['values'][number];

/** The records that are counted: all of them, or those that belong to the parent. */
const countedRecords = (resource: ResourceDesign, parent: ResourceDesign | undefined): string => {
  const reference = resource.references.find(({ target }) => target === parent?.name);
  const criteria = reference ? `{ ${propertyName(reference.field.name)}: record.id }` : '';
  return `${member('context.stores', resource.store)}.find(${criteria})`;
};

interface PrintedValue {
  readonly statements: string;
  readonly code: string;
}

const printValue = (
  value: FigureValue,
  parent: ResourceDesign | undefined,
  scope: Scope,
  taken: Set<string>,
): PrintedValue => {
  if ('expression' in value) {
    const body = compileBody(value.expression, scope, taken);
    return { statements: body.statements, code: asValue(body.value).code };
  }
  const resource = scope.design.resource(value.countBy.resource);
  const field = findField(resource, value.countBy.field);
  scope.mentions.add('context');
  const values = `${countedRecords(resource, parent)}.map((item) => ${member('item', value.countBy.field)})`;
  const words = field?.type === 'enum' && !field.isComputed ? scope.use(valuesName(resource, field.name)) : '';
  const count = scope.use('countEach');
  // A call with a function inside of its first argument is broken up when there is a second argument.
  const code = words === '' ? `${count}(${values})` : `${count}(\n      ${values},\n      ${words},\n    )`;
  return { statements: '', code };
};

/** The file of one figures endpoint. */
export const printFigures = (design: Design, endpoint: FiguresEndpoint, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile(figuresPath(endpoint), symbols, docComment(`The figures behind GET ${endpoint.path}.`));
  const parent = endpoint.parent ? design.resource(endpoint.parent.resource) : undefined;
  const scope = createScope(design, file, parent ? { record: rootOf(parent, 'record') } : {});
  const taken = new Set(['record', 'item', 'context']);
  const values = endpoint.values.map((value) => ({ name: value.name, ...printValue(value, parent, scope, taken) }));
  const statements = values.map((value) => value.statements).join('');
  const lines = values.map(({ name, code }) => {
    const line = `    ${propertyName(name)}: ${code},`;
    return line.length <= 120 || line.includes('\n') ? `${line}\n` : `${line.replace(': ', ':\n      ')}\n`;
  });
  const name = camelCase(`compute-${endpoint.name}`);
  const parameters = [...(parent ? [`record: ${file.use(parent.entity)}`] : []), `context: ${file.use('Context')}`];
  const comment = docComment(endpoint.source.trim() === '' ? `GET ${endpoint.path}` : `"${endpoint.source.trim()}"`);
  file.add(
    `${comment}export const ${name} = (${parameters.join(', ')}) => {\n${statements}  return {\n${lines.join('')}  };\n};`,
  );
  const parameter = /:(?<name>\w+)/u.exec(endpoint.path)?.groups?.['name'] ?? 'id';
  const handle = parent
    ? [
        '({ parameters }) => {\n',
        `      const context = ${file.use('openContext')}(environment);\n`,
        `      const record = ${file.use('requireRecord')}(${member('context.stores', parent.store)}, parameters[${quote(parameter)}] ?? '', ${quote(parent.words)});\n`,
        `      return ${file.use('json')}(${name}(record, context));\n    }`,
      ].join('')
    : `() => ${file.use('json')}(${name}(${file.use('openContext')}(environment)))`;
  const head = `export const ${figuresRoutes(endpoint)} = (environment: ${file.use('Environment')}): readonly ${file.use('Route')}[] => [`;
  file.add(`${head}\n  {\n    method: 'GET',\n    path: ${quote(endpoint.path)},\n    handle: ${handle},\n  },\n];`);
  return file;
};

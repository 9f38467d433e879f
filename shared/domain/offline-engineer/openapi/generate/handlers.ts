/** The side of an operation that acts, as source. */

import type { Behaviour, ScopePart } from '../plan/behaviours.ts';
import type { OperationPlan } from '../plan/operations.ts';
import type { SchemaRegistry } from '../runtime/validation/schema.ts';
import { pageExpression } from './pages.ts';
import { propertyName, quote, toSource } from './source.ts';
import {
  answerWith,
  argument,
  at,
  constantOf,
  fieldsIn,
  importFrom,
  sourcesOf,
  variableOf,
  wrapped,
} from './handler-parts.ts';
import type { Draft, HandlerSource } from './handler-parts.ts';

/** Writes the handler of one operation. */
export const handlerSource = (plan: OperationPlan, schemas: SchemaRegistry): HandlerSource => {
  const draft: Draft = { lines: [], answers: new Set(), collections: new Set(), others: new Map() };
  const scope = writeScope(plan.scope, plan.behaviour, draft);
  writeBehaviour(plan, scope, draft, schemas);
  const code = draft.lines.join('\n');
  return {
    uses: ['path', 'query', 'fields', 'body', 'store'].filter((name) =>
      new RegExp(`\\b${name}(\\.|\\[|,|\\)|$)`, 'm').test(code),
    ),
    lines: draft.lines,
    answers: [...draft.answers],
    collections: [...draft.collections],
    others: Object.fromEntries([...draft.others].map(([module, names]) => [module, [...names]])),
  };
};

/** Checks of enclosing records, and the argument that narrows the collection to them. */
const writeScope = (scope: readonly ScopePart[], behaviour: Behaviour, draft: Draft): string => {
  const isEcho = behaviour.kind === 'echo' || behaviour.kind === 'count' || behaviour.kind.startsWith('singleton');
  const owner =
    behaviour.kind === 'action' ? behaviour.idParameter : behaviour.kind === 'echo' ? behaviour.idParameter : undefined;
  const relevant = scope.filter((part) => part.parameter !== owner);
  for (const { collection, parameter, isChecked } of relevant) {
    if (collection !== undefined && isChecked) {
      draft.answers.add('notFound');
      draft.lines.push(
        `if (store.find(${constantOf(draft, collection)}, ${at('path', parameter)}) === undefined) {`,
        `  return notFound(${quote(collection.title)}, ${at('path', parameter)});`,
        '}',
      );
    }
  }
  if (isEcho || relevant.length === 0) return '';
  importFrom(draft, 'store/collection.ts', 'scopeOf');
  return `scopeOf({ ${relevant.map((part) => `${propertyName(part.resource)}: ${at('path', part.parameter)}`).join(', ')} })`;
};

const writeBehaviour = (plan: OperationPlan, scope: string, draft: Draft, schemas: SchemaRegistry): void => {
  const { behaviour } = plan;
  switch (behaviour.kind) {
    case 'list':
      return writeList(plan, behaviour, scope, draft, schemas);
    case 'create':
      return writeCreate(plan, behaviour, scope, draft);
    case 'create_many':
      return writeCreateMany(behaviour, scope, draft);
    case 'read':
    case 'delete':
      return writeReadOrDelete(plan, behaviour, scope, draft);
    case 'replace':
    case 'update':
      return writeChange(plan, behaviour, scope, draft);
    case 'action':
      return writeAction(plan, behaviour, scope, draft);
    case 'singleton_read':
    case 'singleton_write':
      return writeSingleton(plan, behaviour, draft);
    case 'count':
      return writeCount(behaviour, draft);
    case 'echo':
      return writeEcho(plan, behaviour, draft);
  }
};

const writeList = (
  plan: OperationPlan,
  behaviour: Extract<Behaviour, { kind: 'list' }>,
  scope: string,
  draft: Draft,
  schemas: SchemaRegistry,
): void => {
  const { filters, limit, offset, page, cursor, search, sort } = behaviour.parameters;
  const named = { limit, offset, page, cursor, search, sort };
  const asked = Object.entries(named).flatMap(([meaning, parameter]) =>
    parameter === undefined ? [] : [`${meaning}: ${at('query', parameter)}`],
  );
  const filtered = Object.entries(filters).map(
    ([parameter, field]) => `${propertyName(field)}: ${at('query', parameter)}`,
  );
  if (filtered.length > 0) asked.unshift(`filters: { ${filtered.join(', ')} }`);
  draft.answers.add('success');
  importFrom(draft, 'store/listing.ts', 'selectPage');
  const records = `store.list(${constantOf(draft, behaviour.collection)}${argument(scope)})`;
  const request = asked.length === 0 ? '{}' : `{\n${asked.map((part) => `  ${part},\n`).join('')}}`;
  draft.lines.push(...`const page = selectPage(${records}, ${request});`.split('\n'));
  const value = behaviour.wrapper === undefined ? 'page.items' : pageExpression(plan, behaviour.wrapper, schemas);
  draft.lines.push(...`return success(${value});`.split('\n'));
};

const writeCreate = (
  plan: OperationPlan,
  behaviour: Extract<Behaviour, { kind: 'create' }>,
  scope: string,
  draft: Draft,
): void => {
  const { collection } = behaviour;
  draft.answers.add('conflict');
  const declaresConflict = plan.operation.responses.some(({ status }) => status === '409' || status === '4XX');
  const method = declaresConflict || !collection.acceptsId ? 'create' : 'put';
  const values = fieldsIn(behaviour.bodyWrapper, draft);
  const constant = constantOf(draft, collection);
  if (method === 'put') {
    draft.answers.delete('conflict');
    draft.lines.push(`const ${variableOf(collection)} = store.put(${constant}, ${values}${argument(scope)});`);
    draft.lines.push(`return ${answerWith(plan, collection, variableOf(collection), behaviour.wrapper, draft)};`);
    return;
  }
  draft.lines.push(
    `const creation = store.create(${constant}, ${values}${argument(scope)});`,
    `if (creation.taken) return conflict(\`There is already a ${collection.title.replaceAll('`', '')} \${creation.id}.\`);`,
    `return ${answerWith(plan, collection, 'creation.record', behaviour.wrapper, draft)};`,
  );
};

const writeCreateMany = (behaviour: Extract<Behaviour, { kind: 'create_many' }>, scope: string, draft: Draft): void => {
  draft.answers.add('success');
  importFrom(draft, 'json.ts', 'objectsIn');
  const list = behaviour.bodyWrapper === undefined ? 'body' : at('fields', behaviour.bodyWrapper);
  draft.lines.push(
    `const records = objectsIn(${list}).map((values) => store.put(${constantOf(draft, behaviour.collection)}, values${argument(scope)}));`,
    `return success(${behaviour.answersList ? wrapped('records', behaviour.wrapper) : 'records.at(-1)'});`,
  );
};

const writeReadOrDelete = (
  plan: OperationPlan,
  behaviour: Extract<Behaviour, { kind: 'read' | 'delete' }>,
  scope: string,
  draft: Draft,
): void => {
  const { collection, idParameter, isLenient } = behaviour;
  const id = at('path', idParameter);
  const method = behaviour.kind === 'read' ? 'find' : 'remove';
  const variable = variableOf(collection);
  draft.answers.add(isLenient ? 'echo' : 'notFound');
  const missing = isLenient ? `echo(${sourcesOf(plan).join(', ')})` : `notFound(${quote(collection.title)}, ${id})`;
  draft.lines.push(
    `const ${variable} = store.${method}(${constantOf(draft, collection)}, ${id}${argument(scope)});`,
    `return ${variable} === undefined ? ${missing} : ${answerWith(plan, collection, variable, behaviour.wrapper, draft)};`,
  );
};

const writeChange = (
  plan: OperationPlan,
  behaviour: Extract<Behaviour, { kind: 'replace' | 'update' }>,
  scope: string,
  draft: Draft,
): void => {
  const { collection, idParameter } = behaviour;
  const values = fieldsIn(behaviour.bodyWrapper, draft);
  const id = idParameter === undefined ? at(values, collection.idField ?? 'id') : at('path', idParameter);
  const variable = variableOf(collection);
  if (idParameter === undefined) {
    draft.answers.add('invalid');
    draft.lines.push(
      `if (${id} === undefined) return invalid([{ path: [${quote(collection.idField ?? 'id')}], reason: 'is required' }]);`,
    );
  }
  const change = `store.${behaviour.kind}(${constantOf(draft, collection)}, ${id}, ${values}${argument(scope)})`;
  if (behaviour.createsMissing && collection.idField !== undefined) {
    const named = `{ ...${values}, ${propertyName(collection.idField)}: ${id} ?? null }`;
    draft.lines.push(
      `const ${variable} = ${change} ?? store.put(${collection.constant}, ${named}${argument(scope)});`,
      `return ${answerWith(plan, collection, variable, behaviour.wrapper, draft)};`,
    );
    return;
  }
  draft.answers.add('notFound');
  draft.lines.push(
    `const ${variable} = ${change};`,
    `return ${variable} === undefined ? notFound(${quote(collection.title)}, ${id}) : ${answerWith(plan, collection, variable, behaviour.wrapper, draft)};`,
  );
};

const writeAction = (
  plan: OperationPlan,
  behaviour: Extract<Behaviour, { kind: 'action' }>,
  scope: string,
  draft: Draft,
): void => {
  const { collection, idParameter, fields, queryFields, assignment } = behaviour;
  const picked: string[] = [];
  if (queryFields.length > 0) picked.push(`...pickFields(query, ${toSource(queryFields)})`);
  if (fields.length > 0) picked.push(`...pickFields(fields, ${toSource(fields)})`);
  if (picked.length > 0) importFrom(draft, 'json.ts', 'pickFields');
  if (assignment !== undefined) picked.push(`${propertyName(assignment.field)}: ${toSource(assignment.value)}`);
  const changes = picked.length === 0 ? '{}' : `{ ${picked.join(', ')} }`;
  const variable = variableOf(collection);
  draft.answers.add('notFound');
  draft.lines.push(
    `const ${variable} = store.update(${constantOf(draft, collection)}, ${at('path', idParameter)}, ${changes}${argument(scope)});`,
    `return ${variable} === undefined ? notFound(${quote(collection.title)}, ${at('path', idParameter)}) : ${answerWith(plan, collection, variable, behaviour.wrapper, draft)};`,
  );
};

const writeSingleton = (
  plan: OperationPlan,
  behaviour: Extract<Behaviour, { kind: 'singleton_read' | 'singleton_write' }>,
  draft: Draft,
): void => {
  const ids = plan.scope.map((part) => `${propertyName(part.resource)}: ${at('path', part.parameter)}`);
  if (ids.length > 0) importFrom(draft, 'store/collection.ts', 'scopeOf');
  const scope = ids.length === 0 ? '' : `, scopeOf({ ${ids.join(', ')} })`;
  draft.answers.add('success');
  const name = quote(behaviour.name);
  if (behaviour.kind === 'singleton_read') draft.lines.push(`return success(store.document(${name}${scope}));`);
  else
    draft.lines.push(
      `return success(store.${behaviour.merges ? 'mergeDocument' : 'putDocument'}(${name}, fields${scope}));`,
    );
};

const writeCount = ({ counting }: Extract<Behaviour, { kind: 'count' }>, draft: Draft): void => {
  draft.answers.add('success');
  if (counting.kind === 'by_value') {
    importFrom(draft, 'store/listing.ts', 'countBy');
    draft.lines.push(
      `return success(countBy(store.list(${constantOf(draft, counting.collection)}), ${quote(counting.field)}));`,
    );
    return;
  }
  draft.lines.push('return success({');
  for (const { property, collection } of counting.totals) {
    draft.lines.push(`  ${propertyName(property)}: store.list(${constantOf(draft, collection)}).length,`);
  }
  draft.lines.push('});');
};

const writeEcho = (
  plan: OperationPlan,
  { collection, idParameter }: Extract<Behaviour, { kind: 'echo' }>,
  draft: Draft,
): void => {
  draft.answers.add('echo');
  const sources = sourcesOf(plan);
  if (collection === undefined || idParameter === undefined) {
    draft.lines.push(`return echo(${sources.join(', ')});`);
    return;
  }
  const variable = variableOf(collection);
  const id = at('path', idParameter);
  draft.answers.add('notFound');
  const known = ['fields', variable, 'path', 'query'].filter((name) => name === variable || sources.includes(name));
  draft.lines.push(
    `const ${variable} = store.find(${constantOf(draft, collection)}, ${id});`,
    `return ${variable} === undefined ? notFound(${quote(collection.title)}, ${id}) : echo(${known.join(', ')});`,
  );
};

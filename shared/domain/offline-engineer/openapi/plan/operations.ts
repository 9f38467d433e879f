/** Decides, for every operation, how it answers: from which collection, or from its schema. */

import type { ApiOperation } from '../model.ts';
import { own } from '../runtime/json.ts';
import type { Schema, SchemaRegistry } from '../runtime/validation/schema.ts';
import { flattenObject } from '../sample/merge.ts';
import { assignmentFor } from './actions.ts';
import type { CollectionPlan } from './collections.ts';
import type { ShapedOperation } from './members.ts';
import { countingOf } from './counting.ts';
import { onlyDeclared, referencesOf, successOf } from './forms.ts';
import type { Form, Success } from './forms.ts';
import { listParameters } from './list-parameters.ts';
import { collectionKey } from './paths.ts';
import type { Behaviour, ScopePart } from './behaviours.ts';

export interface OperationPlan {
  readonly operation: ApiOperation;
  readonly shaped: ShapedOperation;
  readonly success: Success;
  readonly behaviour: Behaviour;
  readonly scope: readonly ScopePart[];
}

interface Surroundings {
  readonly shaped: readonly ShapedOperation[];
  readonly collections: readonly CollectionPlan[];
  readonly schemas: SchemaRegistry;
}

/** The behaviour of every operation, in the document's order. */
export const planOperations = (surroundings: Surroundings): readonly OperationPlan[] =>
  surroundings.shaped.map((shaped) => {
    const collection = collectionAt(surroundings, shaped);
    const behaviour = behaviourOf(surroundings, shaped, collection);
    return {
      operation: shaped.operation,
      shaped,
      success: behaviour.kind === 'echo' ? onlyDeclared(shaped.operation) : successOf(shaped.operation),
      behaviour,
      scope: scopeParts(surroundings, shaped),
    };
  });

const collectionAt = (
  { collections }: Surroundings,
  { shape, answer }: ShapedOperation,
): CollectionPlan | undefined => {
  const key = collectionKey(shape.collectionPath);
  const direct = collections.find((one) => one.key === key);
  if (direct !== undefined) return direct;
  const references =
    answer.kind === 'list' ? referencesOf(answer.item) : answer.kind === 'object' ? referencesOf(answer.schema) : [];
  return collections.find(
    (one) =>
      one.key.split('/').at(-1) === key.split('/').at(-1) &&
      one.references.some((reference) => references.includes(reference)),
  );
};

/** Whether the document says how this operation answers for something that is not there. */
const declaresMissing = (operation: ApiOperation): boolean => {
  const statuses = operation.responses.map(({ status }) => status);
  return (
    statuses.includes('404') ||
    statuses.includes('4XX') ||
    (statuses.includes('default') && statuses.some((status) => status.startsWith('2')))
  );
};

const scopeParts = ({ collections }: Surroundings, { operation, shape }: ShapedOperation): readonly ScopePart[] =>
  shape.enclosing.map(({ resource, parameter, collectionPath }) => {
    const collection = collections.find((one) => one.key === collectionKey(collectionPath));
    const isChecked = collection !== undefined && collection.canCreate && declaresMissing(operation);
    return { resource, parameter, ...(collection === undefined ? {} : { collection }), isChecked };
  });

const behaviourOf = (
  surroundings: Surroundings,
  shaped: ShapedOperation,
  collection: CollectionPlan | undefined,
): Behaviour => {
  const direct = collection === undefined ? undefined : directBehaviour(surroundings, shaped, collection);
  return (
    direct ??
    relatedBehaviour(surroundings, shaped) ??
    singletonBehaviour(surroundings, shaped) ??
    otherBehaviour(surroundings, shaped)
  );
};

/** Operations on the path of a collection or of its items. */
const directBehaviour = (
  surroundings: Surroundings,
  shaped: ShapedOperation,
  collection: CollectionPlan,
): Behaviour | undefined =>
  shaped.shape.isItem
    ? itemBehaviour(surroundings, shaped, collection, shaped.shape.itemParameter ?? 'id')
    : collectionBehaviour(surroundings, shaped, collection);

const wrapperOf = (form: Form): { readonly wrapper?: string } =>
  form.kind === 'other' || form.wrapper === undefined ? {} : { wrapper: form.wrapper };

const bodyWrapperOf = (form: Form): { readonly bodyWrapper?: string } =>
  form.kind === 'other' || form.wrapper === undefined ? {} : { bodyWrapper: form.wrapper };

const collectionBehaviour = (
  surroundings: Surroundings,
  shaped: ShapedOperation,
  collection: CollectionPlan,
): Behaviour | undefined => {
  const { operation, answer, body } = shaped;
  const { method } = operation;
  const bodyWrapped = bodyWrapperOf(body);
  if (method === 'get' && answer.kind === 'list') return listBehaviour(surroundings, shaped, collection);
  if (method === 'post' && body.kind === 'object') {
    return { kind: 'create', collection, ...bodyWrapped, ...(answer.kind === 'object' ? wrapperOf(answer) : {}) };
  }
  if (method === 'post' && body.kind === 'list') {
    const answersList = answer.kind === 'list';
    return { kind: 'create_many', collection, ...bodyWrapped, ...wrapperOf(answer), answersList };
  }
  const { idField } = collection;
  if ((method !== 'put' && method !== 'patch') || body.kind !== 'object' || idField === undefined) return undefined;
  const namesRecord = own(flattenObject(body.schema, surroundings.schemas).properties ?? {}, idField) !== undefined;
  if (!namesRecord) return undefined;
  const kind = method === 'put' ? 'replace' : 'update';
  return { kind, collection, ...bodyWrapped, ...wrapperOf(answer), createsMissing: false };
};

const itemBehaviour = (
  surroundings: Surroundings,
  shaped: ShapedOperation,
  collection: CollectionPlan,
  idParameter: string,
): Behaviour | undefined => {
  const { operation, answer, body } = shaped;
  const { method } = operation;
  const wrapped = wrapperOf(answer);
  if (method === 'get' && answer.kind === 'list') return undefined;
  if (method === 'get' || method === 'head' || method === 'delete') {
    const isLenient = !collection.canCreate && !declaresMissing(operation);
    return { kind: method === 'delete' ? 'delete' : 'read', collection, idParameter, ...wrapped, isLenient };
  }
  if (method === 'post') return actionBehaviour(surroundings, shaped, collection, idParameter, '');
  const isChange = (method === 'put' || method === 'patch') && (body.kind === 'object' || operation.body === undefined);
  if (!isChange) return undefined;
  const declares = (wanted: string): boolean => operation.responses.some(({ status }) => status === wanted);
  const createsMissing = method === 'put' && declares('201') && !declares('404');
  const kind = method === 'put' && operation.body !== undefined ? 'replace' : 'update';
  return { kind, collection, idParameter, ...bodyWrapperOf(body), ...wrapped, createsMissing };
};

const listBehaviour = (
  { schemas }: Surroundings,
  { operation, answer }: ShapedOperation,
  collection: CollectionPlan,
): Behaviour => ({
  kind: 'list',
  collection,
  parameters: listParameters(operation, collection, schemas),
  ...(answer.kind === 'list' && answer.wrapper !== undefined ? { wrapper: answer.wrapper } : {}),
});

/** Operations elsewhere whose bodies or answers are records of a collection. */
const relatedBehaviour = (surroundings: Surroundings, shaped: ShapedOperation): Behaviour | undefined => {
  const { operation, answer, body, shape } = shaped;
  const { collections } = surroundings;
  const speaksOf = (schema: Schema): CollectionPlan | undefined => {
    const references = referencesOf(schema);
    const known = collections.filter((one) => one.references.some((reference) => references.includes(reference)));
    return known.find((one) => collectionKey(shape.collectionPath).startsWith(one.key)) ?? known[0];
  };
  if (operation.method === 'get' && answer.kind === 'list') {
    const collection = speaksOf(answer.item);
    if (collection !== undefined) return listBehaviour(surroundings, shaped, collection);
  }
  if (operation.method === 'post' && body.kind === 'list') {
    const collection = speaksOf(body.item);
    if (collection !== undefined) return { kind: 'create_many', collection, answersList: answer.kind === 'list' };
  }
  const enclosing = shape.enclosing.at(-1);
  const owner =
    enclosing === undefined
      ? undefined
      : collections.find((one) => one.key === collectionKey(enclosing.collectionPath));
  const verb = shape.segments.at(-1) ?? '';
  const isAction = ['post', 'put', 'patch', 'delete'].includes(operation.method) && !shape.isItem;
  if (owner === undefined || enclosing === undefined || !isAction) return undefined;
  const answersRecord = answer.kind === 'object' && speaksOf(answer.schema) === owner;
  const assignment = assignmentFor(owner, verb, surroundings.schemas);
  return answersRecord || (assignment !== undefined && answer.kind === 'other')
    ? actionBehaviour(surroundings, shaped, owner, enclosing.parameter, verb)
    : undefined;
};

const actionBehaviour = (
  { schemas }: Surroundings,
  { operation, body, answer }: ShapedOperation,
  collection: CollectionPlan,
  idParameter: string,
  verb: string,
): Behaviour => {
  const sent = body.kind === 'object' ? Object.keys(flattenObject(body.schema, schemas).properties ?? {}) : [];
  const assignment = operation.method === 'delete' ? undefined : assignmentFor(collection, verb, schemas);
  const isKnown = (name: string): boolean =>
    own(collection.properties, name) !== undefined && name !== collection.idField;
  return {
    kind: 'action',
    collection,
    idParameter,
    fields: sent.filter(isKnown),
    queryFields: operation.parameters
      .filter((one) => one.in === 'query')
      .map((one) => one.name)
      .filter(isKnown),
    ...(assignment === undefined ? {} : { assignment }),
    ...(answer.kind === 'object' && answer.wrapper !== undefined ? { wrapper: answer.wrapper } : {}),
  };
};

/** One document under one path: `GET` and `PUT /settings`. */
const singletonBehaviour = ({ shaped }: Surroundings, one: ShapedOperation): Behaviour | undefined => {
  const { operation, shape, body } = one;
  const { path } = operation;
  if (shape.isItem) return undefined;
  const siblings = shaped.filter((other) => other.operation.path === path);
  const isReadable = siblings.some((other) => other.operation.method === 'get' && other.answer.kind === 'object');
  const isWritable = siblings.some(
    (other) => ['put', 'patch'].includes(other.operation.method) && other.body.kind === 'object',
  );
  if (!isReadable || !isWritable) return undefined;
  if (operation.method === 'get') return { kind: 'singleton_read', name: path, merges: false };
  const writes = ['put', 'patch', 'post'].includes(operation.method) && body.kind === 'object';
  return writes ? { kind: 'singleton_write', name: path, merges: operation.method !== 'put' } : undefined;
};

const otherBehaviour = ({ collections, schemas }: Surroundings, { operation, shape }: ShapedOperation): Behaviour => {
  const content = successOf(operation).content;
  const counting =
    content === undefined || operation.method !== 'get'
      ? undefined
      : countingOf(operation, content.schema, collections, schemas);
  if (counting !== undefined) return { kind: 'count', counting };
  const enclosing = shape.enclosing.at(-1);
  const owner =
    enclosing === undefined
      ? undefined
      : collections.find((one) => one.key === collectionKey(enclosing.collectionPath));
  if (owner === undefined || enclosing === undefined || !owner.canCreate || !declaresMissing(operation))
    return { kind: 'echo' };
  return { kind: 'echo', collection: owner, idParameter: enclosing.parameter };
};

/** True when the answer is a record of the collection, and not a message about it. */
export const answersRecord = (plan: Pick<OperationPlan, 'shaped'>, collection: CollectionPlan): boolean => {
  const { answer } = plan.shaped;
  if (answer.kind !== 'object') return false;
  if (referencesOf(answer.schema).some((reference) => collection.references.includes(reference))) return true;
  const names = typeof answer.schema === 'boolean' ? [] : Object.keys(answer.schema.properties ?? {});
  const known = names.filter((name) => own(collection.properties, name) !== undefined).length;
  return answer.wrapper === undefined ? known * 2 > names.length : names.length === 0 || known > 0;
};

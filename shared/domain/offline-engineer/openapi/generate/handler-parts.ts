/** What the handlers of all kinds of operations are written with. */

import type { CollectionPlan } from '../plan/collections.ts';
import { answersRecord } from '../plan/operations.ts';
import type { OperationPlan } from '../plan/operations.ts';
import { camelCase } from '../read/names.ts';
import { propertyName, quote } from './source.ts';

/** The statements of `handle`, the request's parts that they use, and what they import. */
export interface HandlerSource {
  readonly uses: readonly string[];
  readonly lines: readonly string[];
  /** What comes from `src/http/operation.ts`. */
  readonly answers: readonly string[];
  readonly collections: readonly CollectionPlan[];
  /** Names from other modules: `selectPage` from `store/listing.ts`. */
  readonly others: Readonly<Record<string, readonly string[]>>;
}

export interface Draft {
  readonly lines: string[];
  readonly answers: Set<string>;
  readonly collections: Set<CollectionPlan>;
  readonly others: Map<string, Set<string>>;
}

export const importFrom = (draft: Draft, module: string, name: string): void => {
  draft.others.set(module, new Set([...(draft.others.get(module) ?? []), name]));
};

export const constantOf = (draft: Draft, collection: CollectionPlan): string => {
  draft.collections.add(collection);
  return collection.constant;
};

export const variableOf = (collection: CollectionPlan): string => {
  const name = camelCase(collection.title, 'record');
  return ['path', 'query', 'fields', 'body', 'store', 'page', 'request', collection.constant].includes(name)
    ? `${name}Record`
    : name;
};

export const at = (part: string, name: string): string => `${part}[${quote(name)}]`;

export const argument = (scope: string): string => (scope === '' ? '' : `, ${scope}`);

export const wrapped = (value: string, wrapper: string | undefined): string =>
  wrapper === undefined
    ? value
    : propertyName(wrapper) === value
      ? `{ ${value} }`
      : `{ ${propertyName(wrapper)}: ${value} }`;

export const fieldsIn = (wrapper: string | undefined, draft: Draft): string => {
  if (wrapper === undefined) return 'fields';
  importFrom(draft, 'json.ts', 'objectIn');
  return `objectIn(fields, ${quote(wrapper)})`;
};

/** The record where the answer is one; where it is something else, what both have under the same name. */
export const answerWith = (
  plan: OperationPlan,
  collection: CollectionPlan,
  record: string,
  wrapper: string | undefined,
  draft: Draft,
): string => {
  if (plan.success.content === undefined || answersRecord(plan, collection)) {
    draft.answers.add('success');
    return `success(${wrapped(record, wrapper)})`;
  }
  draft.answers.add('echo');
  return `echo(${[record, ...sourcesOf(plan)].join(', ')})`;
};

/** Parts of the request that an answer may repeat. */
export const sourcesOf = ({ operation }: OperationPlan): readonly string[] => [
  ...(operation.body === undefined ? [] : ['fields']),
  ...(operation.parameters.some((one) => one.in === 'path') ? ['path'] : []),
  ...(operation.parameters.some((one) => one.in === 'query') ? ['query'] : []),
];

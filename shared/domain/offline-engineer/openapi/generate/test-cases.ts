/** What the tests of operations are made of: what is stored before, and the request that is sent. */

import type { CollectionPlan } from '../plan/collections.ts';
import type { OperationPlan } from '../plan/operations.ts';
import { isObject } from '../runtime/json.ts';
import type { JsonValue } from '../runtime/json.ts';
import { arrange } from './arrangements.ts';
import type { Arrangement } from './arrangements.ts';
import type { OperationSurroundings } from './operations.ts';
import { bodyValue } from './requests.ts';
import type { SampleRequest } from './requests.ts';
import { toSource } from './source.ts';

/** One test: a name and its statements. */
export interface TestCase {
  readonly name: string;
  readonly lines: readonly string[];
}

export interface Writer extends OperationSurroundings {
  readonly collections: Set<CollectionPlan>;
}

export const targetOf = ({
  behaviour,
}: OperationPlan): { readonly collection: CollectionPlan; readonly idParameter?: string } | undefined => {
  switch (behaviour.kind) {
    case 'read':
    case 'delete':
    case 'action':
      return { collection: behaviour.collection, idParameter: behaviour.idParameter };
    case 'replace':
    case 'update':
      return {
        collection: behaviour.collection,
        ...(behaviour.idParameter === undefined ? {} : { idParameter: behaviour.idParameter }),
      };
    case 'list':
      return { collection: behaviour.collection };
    case 'echo':
      return behaviour.collection === undefined || behaviour.idParameter === undefined
        ? undefined
        : { collection: behaviour.collection, idParameter: behaviour.idParameter };
    default:
      return undefined;
  }
};

export const prepare = (plan: OperationPlan, writer: Writer): Arrangement => {
  const arrangement = arrange(plan, targetOf(plan), writer.sampler, writer.schemas);
  return arrangement;
};

export const note = (arrangement: Arrangement, writer: Writer): void => {
  for (const collection of arrangement.lines.length === 0 ? [] : arrangement.collections)
    writer.collections.add(collection);
};

export const sendLine = (request: SampleRequest): string => `const reply = app.send(${toSource({ ...request })});`;

/** The body of a request that should succeed; where the body names the record, it names the stored one. */
export const validBody = (plan: OperationPlan, arrangement: Arrangement, writer: Writer): JsonValue | undefined => {
  const { behaviour } = plan;
  if (behaviour.kind !== 'replace' && behaviour.kind !== 'update') return bodyValue(plan.operation, writer.sampler);
  const value = bodyValue(plan.operation, writer.sampler, 1);
  const { idField } = behaviour.collection;
  const wrapper = behaviour.bodyWrapper;
  const inner = isObject(value) && wrapper !== undefined ? value[wrapper] : value;
  const isNamed = behaviour.idParameter === undefined || (isObject(inner) && idField !== undefined && idField in inner);
  if (!isNamed || !isObject(value) || !isObject(inner) || arrangement.id === undefined) return value;
  const named = { ...inner, [idField ?? 'id']: arrangement.id };
  return wrapper === undefined ? named : { ...value, [wrapper]: named };
};

/** Tests of filters. */

import type { CollectionPlan } from '../plan/collections.ts';
import type { OperationPlan } from '../plan/operations.ts';
import { isJson } from '../runtime/http/bodies.ts';
import type { JsonValue } from '../runtime/json.ts';
import { parameterValue, sampleRequest } from './requests.ts';
import type { SampleRequest } from './requests.ts';
import { quote } from './source.ts';
import { note, prepare, sendLine } from './test-cases.ts';
import type { TestCase, Writer } from './test-cases.ts';

/** A filter on a field lets a record through that has the value, and keeps out one that has another. */
export const filterCases = (plan: OperationPlan, writer: Writer): readonly TestCase[] => {
  const { behaviour, operation, success } = plan;
  if (behaviour.kind !== 'list' || behaviour.collection.initial.length > 0) return [];
  if (success.content === undefined || !isJson(success.content.mediaType)) return [];
  const filter = findFilter(plan, behaviour.collection, behaviour.parameters.filters, writer);
  if (filter === undefined) return [];
  const arrangement = prepare(plan, writer);
  const send = (value: JsonValue): SampleRequest | undefined =>
    sampleRequest(
      operation,
      { path: arrangement.path, query: { [filter.parameter]: value }, hasCredentials: true },
      writer.sampler,
    );
  const [matching, different] = [send(filter.value), send(filter.other)];
  if (matching === undefined || different === undefined) return [];
  note(arrangement, writer);
  const length =
    behaviour.wrapper === undefined
      ? '(jsonOf(reply) as readonly unknown[]).length'
      : `(jsonOf(reply) as Readonly<Record<string, readonly unknown[]>>)[${quote(behaviour.wrapper)}]?.length`;
  const lines = (request: SampleRequest, count: number): readonly string[] => [
    ...arrangement.lines,
    sendLine(request),
    `assertDeclared(${operation.id}, reply, ${success.status});`,
    `assert.equal(${length}, ${count});`,
  ];
  return [
    { name: `finds by ${filter.parameter}`, lines: lines(matching, 1) },
    { name: `leaves out another ${filter.parameter}`, lines: lines(different, 0) },
  ];
};

interface Filter {
  readonly parameter: string;
  readonly value: JsonValue;
  readonly other: JsonValue;
}

/** The first filter on a plain field that can be tried alone, with a value that the example has and one that it has not. */
const findFilter = (
  { operation }: OperationPlan,
  collection: CollectionPlan,
  filters: Readonly<Record<string, string>>,
  { sampler }: Writer,
): Filter | undefined => {
  const required = operation.parameters.filter((one) => one.in === 'query' && one.required);
  for (const [name, field] of Object.entries(filters)) {
    const parameter = operation.parameters.find((one) => one.in === 'query' && one.name === name);
    const value = collection.example[field];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const isAlone = required.every((one) => one === parameter);
    if (parameter !== undefined && isPlain && isAlone && sampler.isValid(parameter.schema, value, 'request')) {
      const other = [1, 2, 3]
        .map((variant) => parameterValue(parameter, sampler, variant))
        .find((one) => one !== undefined && JSON.stringify(one) !== JSON.stringify(value));
      if (other !== undefined) return { parameter: name, value, other };
    }
  }
  return undefined;
};

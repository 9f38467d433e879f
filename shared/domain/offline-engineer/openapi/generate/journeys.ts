/** The life of a record over HTTP, for collections whose records can be created and read by the id that comes back. */

import type { CollectionPlan } from '../plan/collections.ts';
import type { OperationPlan } from '../plan/operations.ts';
import type { ApiPlan } from '../plan/plan.ts';
import { isJson } from '../runtime/http/bodies.ts';
import type { JsonValue } from '../runtime/json.ts';
import { bodyContent, bodyValue, sampleRequest } from './requests.ts';
import type { SampleRequest } from './requests.ts';

export interface Journey {
  readonly collection: CollectionPlan;
  readonly create: Step;
  readonly read: Step;
  readonly list?: Step;
  readonly remove?: Step;
  /** Dotted path of the id in the answer to the creation. */
  readonly idPath: string;
  /** A field of the body that the answers must repeat. */
  readonly kept?: { readonly name: string; readonly value: JsonValue };
  readonly readWrapper?: string;
}

export interface Step {
  readonly plan: OperationPlan;
  readonly request: SampleRequest;
}

/** Stands for the id in the path of a request. */
export const idPlaceholder = '__id__';

/** The journeys that the API allows, without enclosing resources, whose records would have to exist first. */
export const findJourneys = (plan: ApiPlan): readonly Journey[] =>
  plan.collections.flatMap((collection): readonly Journey[] => {
    const { idField } = collection;
    const create = stepFor(plan, collection, 'create');
    const read = stepFor(plan, collection, 'read');
    if (idField === undefined || create === undefined || read === undefined || !repeats(plan, create.plan, idField))
      return [];
    const list = stepFor(plan, collection, 'list');
    const remove = stepFor(plan, collection, 'delete');
    const { behaviour } = create.plan;
    const wrapper = behaviour.kind === 'create' ? behaviour.wrapper : undefined;
    const kept = keptField(plan, create, read, collection);
    const readWrapper = read.plan.behaviour.kind === 'read' ? read.plan.behaviour.wrapper : undefined;
    return [
      {
        collection,
        create,
        read,
        ...(list === undefined ? {} : { list }),
        ...(remove === undefined ? {} : { remove }),
        idPath: wrapper === undefined ? idField : `${wrapper}.${idField}`,
        ...(kept === undefined ? {} : { kept }),
        ...(readWrapper === undefined ? {} : { readWrapper }),
      },
    ];
  });

const stepFor = (
  plan: ApiPlan,
  collection: CollectionPlan,
  kind: 'create' | 'read' | 'list' | 'delete',
): Step | undefined => {
  for (const candidate of plan.operations) {
    const { behaviour, operation, scope } = candidate;
    const isOurs =
      behaviour.kind === kind &&
      'collection' in behaviour &&
      behaviour.collection === collection &&
      scope.length === 0 &&
      operation.method !== 'head';
    if (isOurs) {
      const body = operation.body === undefined ? undefined : bodyValue(operation, plan.sampler);
      const content = bodyContent(operation);
      const path: Readonly<Record<string, JsonValue>> =
        'idParameter' in behaviour && behaviour.idParameter !== undefined
          ? { [behaviour.idParameter]: idPlaceholder }
          : {};
      const isSendable =
        operation.body === undefined || (body !== undefined && content !== undefined && isJson(content.mediaType));
      const request = isSendable
        ? sampleRequest(
            operation,
            { path, hasCredentials: true, ...(body === undefined ? {} : { body }) },
            plan.sampler,
          )
        : undefined;
      if (request !== undefined && (kind !== 'list' || !hasFilters(candidate))) return { plan: candidate, request };
    }
  }
  return undefined;
};

/** Required filters could hide the record. */
const hasFilters = ({ operation }: OperationPlan): boolean =>
  operation.parameters.some((one) => one.in === 'query' && one.required);

/** True when the answer shows the id. */
const repeats = (plan: ApiPlan, { success, behaviour }: OperationPlan, idField: string): boolean => {
  if (success.content === undefined || !isJson(success.content.mediaType) || behaviour.kind !== 'create') return false;
  const example = plan.sampler.sample(success.content.schema, {
    direction: 'response',
    extent: 'full',
    hint: 'value',
    variant: 0,
  });
  const inner =
    behaviour.wrapper === undefined
      ? example
      : (example as Readonly<Record<string, JsonValue>> | undefined)?.[behaviour.wrapper];
  return typeof inner === 'object' && inner !== null && idField in inner;
};

/** The first plain field of the body that the answer to a read has too. */
const keptField = (
  plan: ApiPlan,
  create: Step,
  read: Step,
  collection: CollectionPlan,
): { readonly name: string; readonly value: JsonValue } | undefined => {
  const wrapper = create.plan.behaviour.kind === 'create' ? create.plan.behaviour.bodyWrapper : undefined;
  const json = create.request.json;
  const sent = wrapper === undefined ? json : (json as Readonly<Record<string, JsonValue>> | undefined)?.[wrapper];
  const schema = read.plan.success.content?.schema;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent) || schema === undefined) return undefined;
  const example = plan.sampler.sample(schema, { direction: 'response', extent: 'full', hint: 'value', variant: 0 });
  const readWrapper = read.plan.behaviour.kind === 'read' ? read.plan.behaviour.wrapper : undefined;
  const shown =
    readWrapper === undefined ? example : (example as Readonly<Record<string, JsonValue>> | undefined)?.[readWrapper];
  const found = Object.entries(sent as Readonly<Record<string, JsonValue>>).find(
    ([name, value]) =>
      name !== collection.idField &&
      !collection.updatedFields.includes(name) &&
      typeof value !== 'object' &&
      typeof shown === 'object' &&
      shown !== null &&
      name in shown,
  );
  return found === undefined ? undefined : { name: found[0], value: found[1] };
};

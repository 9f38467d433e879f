/** Everything that is decided before a line is written. */

import type { ApiModel } from '../model.ts';
import type { SchemaRegistry } from '../runtime/validation/schema.ts';
import { createSampler } from '../sample/sampler.ts';
import type { Sampler } from '../sample/sampler.ts';
import { findCollections, shapeOperations } from './collections.ts';
import type { CollectionPlan } from './collections.ts';
import { planOperations } from './operations.ts';
import type { OperationPlan } from './operations.ts';
import { relaxModel } from './relax.ts';

export interface GroupPlan {
  readonly name: string;
  readonly title: string;
  readonly plans: readonly OperationPlan[];
}

export interface ApiPlan {
  readonly model: ApiModel;
  readonly schemas: SchemaRegistry;
  readonly sampler: Sampler;
  readonly collections: readonly CollectionPlan[];
  readonly operations: readonly OperationPlan[];
  readonly groups: readonly GroupPlan[];
}

/** Plans the application. */
export const createPlan = (given: ApiModel): ApiPlan => {
  const model = relaxModel(given);
  const schemas: SchemaRegistry = Object.fromEntries(model.schemas.map((named) => [named.reference, named.schema]));
  const sampler = createSampler(schemas);
  const shaped = shapeOperations(model, schemas);
  const collections = findCollections(model, shaped, schemas, sampler);
  const operations = planOperations({ shaped, collections, schemas });
  const names = [...new Set(operations.map(({ operation }) => operation.group))];
  const groups = names.map((name) => {
    const plans = operations.filter(({ operation }) => operation.group === name);
    return { name, title: plans[0]?.operation.groupTitle ?? name, plans };
  });
  return { model, schemas, sampler, collections, operations, groups };
};

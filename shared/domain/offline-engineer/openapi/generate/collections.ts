/** `src/store/collections.ts`: what is stored. */

import type { CollectionPlan } from '../plan/collections.ts';
import { schemaSource } from './schemas.ts';
import { toSource } from './source.ts';

/** The module with every collection; without any it says so. */
export const collectionsModule = (
  collections: readonly CollectionPlan[],
): string => `/** The collections of records that the operations create, list, read, change and delete. */

${collections.length === 0 ? '// No operation of this API speaks of records that could be stored.\nexport {};\n' : "import type { Collection } from './collection.ts';\n"}${collections.map(collectionSource).join('')}`;

const collectionSource = (plan: CollectionPlan): string => `
export const ${plan.constant}: Collection = ${toSource({
  name: plan.name,
  title: plan.title,
  ...(plan.idField === undefined ? {} : { idField: plan.idField }),
  idSchema: schemaSource(plan.idSchema),
  acceptsId: plan.acceptsId,
  schema: schemaSource(plan.schema),
  example: plan.example,
  createdFields: plan.createdFields,
  updatedFields: plan.updatedFields,
  serverFields: plan.serverFields,
  scopeFields: plan.scopeFields,
  initial: plan.initial,
})};
`;

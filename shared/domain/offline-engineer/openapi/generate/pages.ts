/** How a list's wrapper says where in the whole the page stands: `{ data: [...], total, page }`. */

import type { OperationPlan } from '../plan/operations.ts';
import { isObjectSchema } from '../plan/forms.ts';
import type { SchemaObject, SchemaRegistry } from '../runtime/validation/schema.ts';
import { flattenObject } from '../sample/merge.ts';
import { raw, toSource } from './source.ts';
import type { SourceValue } from './source.ts';

const figures: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [
    /^(total|count|total_?(count|items|results|elements|records)|item_?count|full_?count|size_?total)$/i,
    'page.total',
    ['integer', 'number'],
  ],
  [/^(limit|per_?page|page_?size|size)$/i, 'page.limit', ['integer', 'number']],
  [/^(offset|skip|start)$/i, 'page.offset', ['integer', 'number']],
  [/^(page|page_?number|current_?page)$/i, 'page.page', ['integer', 'number']],
  [/^(pages|total_?pages|page_?count|last_?page)$/i, 'page.pages', ['integer', 'number']],
  [/^(has_?(more|next)(_?page)?)$/i, 'page.hasMore', ['boolean']],
  [/^(next_?cursor|next_?token|next_?page_?token|cursor)$/i, 'page.nextCursor', ['string', 'null']],
];

/** The expression for the whole answer. */
export const pageExpression = (plan: OperationPlan, wrapper: string, schemas: SchemaRegistry): string => {
  const schema = plan.success.content?.schema ?? {};
  const value = describe(flattenObject(schema, schemas), schemas, 0);
  return toSource({ [wrapper]: raw('page.items'), ...value }, 0);
};

const describe = (flat: SchemaObject, schemas: SchemaRegistry, depth: number): Readonly<Record<string, SourceValue>> =>
  Object.fromEntries(
    Object.entries(flat.properties ?? {}).flatMap(([name, property]): [string, SourceValue][] => {
      const inner = flattenObject(property, schemas);
      const figure = figures.find(
        ([names, , types]) => names.test(name) && typesOf(inner).some((type) => types.includes(type)),
      );
      if (figure !== undefined) {
        const isNullable = !figure[1].endsWith('nextCursor') || typesOf(inner).includes('null');
        return [[name, raw(isNullable ? figure[1] : `${figure[1]} ?? ''`)]];
      }
      const isMeta =
        depth === 0 && isObjectSchema(inner) && /^(meta|_?meta_?data|pagination|paging|page|page_?info)$/i.test(name);
      const nested = isMeta ? describe(inner, schemas, 1) : {};
      return Object.keys(nested).length === 0 ? [] : [[name, nested]];
    }),
  );

const typesOf = (schema: SchemaObject): readonly string[] =>
  typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);

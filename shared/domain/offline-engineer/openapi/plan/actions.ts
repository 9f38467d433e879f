/** What an action such as `POST /orders/{id}/cancel` changes: a status that its verb names, or a flag. */

import type { SchemaRegistry } from '../runtime/validation/schema.ts';
import { flattenObject } from '../sample/merge.ts';
import type { CollectionPlan } from './collections.ts';

export interface Assignment {
  readonly field: string;
  readonly value: string | boolean;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, '');

/** `cancel` also stands for `cancelled`, `close` for `closed`, `publish` for `published`, `complete` for `done`. */
const names = (verb: string, word: string): boolean => {
  const [stem, value] = [plain(verb).replace(/e$/, ''), plain(word)];
  if (stem.length < 3) return false;
  return (
    (value.startsWith(stem) && value.length <= stem.length + 5) ||
    (/^(complet|finish)/.test(stem) && value === 'done') ||
    (stem === 'pay' && value === 'paid')
  );
};

/** The field and value that the verb names, undefined when it names none. */
export const assignmentFor = (
  collection: Pick<CollectionPlan, 'properties'>,
  verb: string,
  schemas: SchemaRegistry,
): Assignment | undefined => {
  if (verb === '' || verb.includes('{')) return undefined;
  for (const [field, property] of Object.entries(collection.properties)) {
    const { enum: values, type } = flattenObject(property, schemas);
    const value = (values ?? []).find((one) => typeof one === 'string' && names(verb, one));
    if (typeof value === 'string') return { field, value };
    if (type === 'boolean' && names(verb, field.replace(/^is_?/i, ''))) return { field, value: true };
  }
  return undefined;
};

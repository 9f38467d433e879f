/**
 * A figure over other records cannot be asked of an item inside another list, so it becomes a computed field of the
 * item's resource, and the list asks for that field.
 */

import type { Expression } from '../../app-model.ts';
import type { Draft, Entity } from '../draft/draft.ts';
import { fieldOf, newField } from '../draft/draft.ts';
import { camelCase, wordsOf } from '../lexicon/names.ts';

const SMALL_WORDS = new Set([
  'the',
  'a',
  'an',
  'of',
  'its',
  'all',
  'number',
  'that',
  'are',
  'is',
  'have',
  'has',
  'which',
  'for',
]);

/** A field name from the words of a phrase: `the number of open loans` → `openLoans`. */
const nameFor = (text: string): readonly string[] => {
  const words = wordsOf(text)
    .filter((word) => !SMALL_WORDS.has(word))
    .slice(0, 6);
  return words;
};

const isYesNo = (expression: Expression): boolean =>
  expression.kind === 'not' ||
  expression.kind === 'one_of' ||
  (expression.kind === 'binary' && !['+', '-', '*', '/'].includes(expression.operator));

/** Puts the figure on the entity's resource, once, and answers the expression that reads it. */
export const liftFigure = (
  draft: Draft,
  entity: Entity,
  text: string,
  read: (record: Entity) => Expression | undefined,
): Expression | undefined => {
  const owner = draft.resources.find((resource) => resource.name === entity.resource.name);
  const words = nameFor(text);
  if (owner === undefined || words.length === 0) return undefined;
  const computed = read({ resource: owner, of: 'record', path: [] });
  if (computed === undefined) return undefined;
  const same = owner.fields.find(
    (field) => field.computed !== undefined && JSON.stringify(field.computed) === JSON.stringify(computed),
  );
  if (same !== undefined) return fieldOf(entity, same.name);
  const name = camelCase(words);
  if (owner.fields.some((field) => field.name === name)) return undefined;
  owner.fields.push({
    ...newField(words, owner.source, owner.line),
    type: isYesNo(computed)
      ? 'boolean'
      : computed.kind === 'aggregate' && computed.function === 'count'
        ? 'integer'
        : 'number',
    computed,
    readOnly: true,
    required: false,
  });
  return fieldOf(entity, name);
};

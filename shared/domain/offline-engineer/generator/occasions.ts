/** Which rules speak at which occasion: on `create`, `update`, `delete`, or an action by its name. */
import type { Expression } from '../app-model.ts';
import type { ActionEndpoint, EffectRule, ForbidRule, ResourceDesign, TransitionRule } from './design.ts';

interface Mention {
  readonly of: 'record' | 'previous' | 'item';
  readonly name: string;
}

/** The first steps of all paths in an expression. */
export const mentionedFields = (expression: Expression): readonly Mention[] => {
  switch (expression.kind) {
    case 'field':
      return [{ of: expression.of, name: expression.path[0] ?? 'id' }];
    case 'binary':
      return [...mentionedFields(expression.left), ...mentionedFields(expression.right)];
    case 'not':
    case 'one_of':
    case 'length':
      return mentionedFields(expression.operand);
    case 'date_add':
      return [...mentionedFields(expression.base), ...mentionedFields(expression.amount)];
    case 'aggregate':
      return [expression.where, expression.value].flatMap((part) => (part ? mentionedFields(part) : []));
    case 'literal':
    case 'now':
    case 'today':
      return [];
  }
};

/** The fields that an action writes. */
export const writtenFields = (action: ActionEndpoint): readonly string[] => [
  ...action.body.map(({ field }) => field),
  ...action.assign.map(({ field }) => field),
];

/**
 * Whether an action must also keep to a rule about updates: when the rule is about the state of the record alone and
 * speaks of a field that the action writes.
 */
const isInvariantOf = (rule: ForbidRule, action: ActionEndpoint): boolean => {
  const mentions = mentionedFields(rule.when);
  const written = writtenFields(action);
  const isAboutState = mentions.every(({ of }) => of !== 'previous');
  return isAboutState && mentions.some(({ of, name }) => of === 'record' && written.includes(name));
};

/** The refusals that speak at an occasion. */
export const forbidsOn = (resource: ResourceDesign, occasion: string): readonly ForbidRule[] => {
  const action = resource.actions.find(({ name }) => name === occasion);
  return resource.forbids.filter(
    (rule) => rule.on.includes(occasion) || (action && rule.on.includes('update') && isInvariantOf(rule, action)),
  );
};

/** The effects that follow an occasion. */
export const effectsOn = (resource: ResourceDesign, occasion: string): readonly EffectRule[] =>
  resource.effects.filter((rule) => rule.on.includes(occasion));

/** The transitions that an action may break. */
export const transitionsOf = (resource: ResourceDesign, action: ActionEndpoint): readonly TransitionRule[] =>
  resource.transitions.filter(({ field }) => writtenFields(action).includes(field));

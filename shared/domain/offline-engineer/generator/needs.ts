/** Whether an expression needs more than the record itself: other records, or the time. */
import type { Expression } from '../app-model.ts';
import { findField } from './design.ts';
import type { Design, ResourceDesign } from './design.ts';

/** Whether code for this expression speaks of the context. `visited` guards against fields that need each other. */
export const needsContext = (
  expression: Expression,
  resource: ResourceDesign,
  design: Design,
  visited: readonly string[] = [],
): boolean => {
  const needs = (part: Expression): boolean => needsContext(part, resource, design, visited);
  switch (expression.kind) {
    case 'now':
    case 'today':
    case 'aggregate':
      return true;
    case 'field': {
      const field = findField(resource, expression.path[0] ?? 'id');
      if (expression.path.length > 1) return true;
      if (!field?.field.computed || visited.includes(field.name)) return false;
      return needsContext(field.field.computed, resource, design, [...visited, field.name]);
    }
    case 'binary':
      return needs(expression.left) || needs(expression.right);
    case 'not':
    case 'one_of':
    case 'length':
      return needs(expression.operand);
    case 'date_add':
      return needs(expression.base) || needs(expression.amount);
    case 'literal':
      return false;
  }
};

/** Whether the function that computes this field takes the context. */
export const computedNeedsContext = (resource: ResourceDesign, name: string, design: Design): boolean => {
  const computed = findField(resource, name)?.field.computed;
  return computed !== undefined && needsContext(computed, resource, design, [name]);
};

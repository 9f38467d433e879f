/** Writes models down in a short notation, so that tests say what a sentence came to mean. */

import type { Result } from '../../../../errors/result.ts';
import type { AppModel, Endpoint, Expression, Field, Misunderstanding, Resource } from '../../app-model.ts';

/** `(count(loan | item.bookId == id) > 0)`. */
export const show = (expression: Expression): string => {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'field':
      return `${expression.of === 'record' ? '' : `${expression.of}.`}${expression.path.join('.')}`;
    case 'now':
    case 'today':
      return expression.kind;
    case 'binary':
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case 'not':
      return `!${show(expression.operand)}`;
    case 'one_of':
      return `${show(expression.operand)} in [${expression.values.join(', ')}]`;
    case 'date_add':
      return `(${show(expression.base)} + ${show(expression.amount)} ${expression.unit})`;
    case 'length':
      return `length(${show(expression.operand)})`;
    case 'aggregate': {
      const value = expression.value === undefined ? '' : ` of ${show(expression.value)}`;
      const where = expression.where === undefined ? '' : ` | ${show(expression.where)}`;
      return `${expression.function}(${expression.resource}${value}${where})`;
    }
  }
};

/** The model, or a failed test that names every sentence that was refused. */
export const modelOf = (result: Result<AppModel, readonly Misunderstanding[]>): AppModel => {
  if (!result.ok)
    throw new Error(
      result.error.map(({ line, sentence, reason }) => `${String(line)}: ${sentence} (${reason})`).join('\n'),
    );
  return result.value;
};

export const resourceOf = (model: AppModel, name: string): Resource => {
  const found = model.resources.find((resource) => resource.name === name);
  if (found === undefined)
    throw new Error(`no resource ${name} among ${model.resources.map((resource) => resource.name).join(', ')}`);
  return found;
};

export const fieldOf = (model: AppModel, resource: string, name: string): Field => {
  const fields = resourceOf(model, resource).fields;
  const found = fields.find((field) => field.name === name);
  if (found === undefined) throw new Error(`no field ${name} among ${fields.map((field) => field.name).join(', ')}`);
  return found;
};

/** All rules as lines: `loan on create: <condition>`, `issue.status: open>done`, `loan on return: returnDate = today`. */
export const ruleLines = (model: AppModel): readonly string[] =>
  model.rules.map((rule) => {
    switch (rule.kind) {
      case 'forbid':
        return `${rule.resource} not on ${rule.on.join(', ')}: ${show(rule.when)}`;
      case 'transition':
        return `${rule.resource}.${rule.field} from ${rule.initial.join(', ')}: ${Object.entries(rule.moves)
          .map(([from, to]) => `${from}>${to.join('|')}`)
          .join(' ')}`;
      case 'effect': {
        const assigned = rule.assign.map(
          ({ through, field, value }) => `${through === undefined ? '' : `${through}.`}${field} = ${show(value)}`,
        );
        return `${rule.resource} on ${rule.on.join(', ')}${rule.when === undefined ? '' : ` when ${show(rule.when)}`}: ${assigned.join('; ')}`;
      }
    }
  });

const endpointLine = (endpoint: Endpoint): string => {
  const head = `${endpoint.method} ${endpoint.path}`;
  switch (endpoint.kind) {
    case 'action':
      return `${head} {${endpoint.body.map(({ field, required }) => `${field}${required ? '' : '?'}`).join(', ')}} ${endpoint.assign.map(({ field, value }) => `${field} = ${show(value)}`).join('; ')}`.trim();
    case 'list':
      return `${head} ${endpoint.resource}${endpoint.parent === undefined ? '' : ` by ${endpoint.parent.field}`}${endpoint.where === undefined ? '' : ` where ${show(endpoint.where)}`}`;
    case 'figures':
      return `${head} ${endpoint.values.map((value) => ('countBy' in value ? `${value.name} = ${value.countBy.resource} by ${value.countBy.field}` : `${value.name} = ${show(value.expression)}`)).join('; ')}`;
  }
};

export const endpointLines = (model: AppModel): readonly string[] => model.endpoints.map(endpointLine);

/** What is computed, as `resource.field = expression`. */
export const computedLines = (model: AppModel): readonly string[] =>
  model.resources.flatMap((resource) =>
    resource.fields.flatMap((field) =>
      field.computed === undefined ? [] : [`${resource.name}.${field.name} = ${show(field.computed)}`],
    ),
  );

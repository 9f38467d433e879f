/** What was decided on the reader's behalf, where the specification leaves it open. */
import type { Expression } from '../app-model.ts';
import { referencesTo } from './design.ts';
import type { Design } from './design.ts';
import type { Catalogue } from './scenario/catalogue.ts';
import { canBeSampled } from './sample/values.ts';
import { wholePattern } from './emit/fields.ts';

const subtracts = (expression: Expression): boolean => {
  switch (expression.kind) {
    case 'binary':
      return expression.operator === '-' || subtracts(expression.left) || subtracts(expression.right);
    case 'not':
    case 'one_of':
    case 'length':
      return subtracts(expression.operand);
    default:
      return false;
  }
};

const aboutFields = (design: Design): readonly string[] =>
  design.resources.flatMap((resource) =>
    resource.fields.flatMap((field) => {
      const name = `${field.name} of ${resource.pluralWords}`;
      const { pattern } = field.field;
      return [
        ...(pattern !== undefined && !wholePattern(pattern)
          ? [`The pattern of ${name} is not a regular expression and is not checked: ${pattern}`]
          : []),
        ...(pattern !== undefined && wholePattern(pattern) && !canBeSampled(field)
          ? [`No sample could be made for the pattern of ${name}; it is checked, but tests leave it out.`]
          : []),
        ...(field.type === 'boolean' && !field.field.required && field.field.default === undefined && !field.isComputed
          ? [`${name} starts as false.`]
          : []),
        ...(field.field.reference?.onDelete === 'set_null' && !field.isNullable
          ? [`${name} cannot be emptied, so the record it names cannot be deleted while it is named.`]
          : []),
      ];
    }),
  );

const aboutRules = (catalogue: Catalogue): readonly string[] =>
  catalogue.resources.flatMap(({ resource, rules, effects, created }) => [
    ...(created || !resource.resource.operations.includes('create')
      ? []
      : [`No ${resource.words} could be imagined that all rules allow; its tests leave creation out.`]),
    ...resource.forbids
      .filter((rule) => !rules.some((scenario) => scenario.rule === rule))
      .map((rule) => `No example was found for "${rule.source.trim()}"; the rule is built, but no test shows it.`),
    ...resource.effects
      .filter((rule) => !effects.some((scenario) => scenario.rule === rule))
      .map((rule) => `No example was found for "${rule.source.trim()}"; the effect is built, but no test shows it.`),
  ]);

/** All assumptions, as sentences. */
export const listAssumptions = (catalogue: Catalogue): readonly string[] => {
  const { design } = catalogue;
  const expressions = design.model.rules.flatMap((rule) => (rule.kind === 'forbid' ? [rule.when] : []));
  const computed = design.resources.flatMap((resource) =>
    resource.computed.flatMap(({ field }) => field.computed ?? []),
  );
  const cascades = design.resources.some((resource) =>
    referencesTo(design, resource).some(({ onDelete }) => onDelete === 'cascade'),
  );
  return [
    ...new Set([
      'Times are kept in UTC, and "today" is the day in UTC.',
      'A required text must not be blank.',
      'A value that is missing is neither less nor more than another one, and counts as 0 in sums.',
      ...([...expressions, ...computed].some(subtracts)
        ? ['The difference of two dates is counted in days, that of two moments in hours.']
        : []),
      ...(cascades ? ['Records that are deleted along with another one follow their own rules and effects.'] : []),
      ...(design.model.unheard ?? []).map(
        (sentence) => `"${sentence}" was taken for a description; nothing was built for it.`,
      ),
      ...aboutFields(design),
      ...aboutRules(catalogue),
    ]),
  ];
};

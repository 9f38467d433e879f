/**
 * What can be varied when a situation is sought: fields of the record, of the records it refers to, of other records
 * that a condition counts, and how many of those there are.
 */
import type { Expression } from '../../app-model.ts';
import { findField } from '../design.ts';
import type { ActionEndpoint, Design, EffectRule, FieldDesign, ForbidRule, ResourceDesign } from '../design.ts';
import { demandedFields, sampleNumber, sampleValue } from '../sample/values.ts';
import { candidateValues, mergeHints, readHints } from './candidates.ts';
import type { Hints } from './candidates.ts';
import type { Slot, Slots } from './scenario.ts';

/** Something that can be set to one of several values; the first one is the default. */
export interface Knob {
  readonly place: string;
  readonly field: string;
  readonly candidates: readonly Slot[];
}

interface PlannedGiven {
  readonly resource: ResourceDesign;
  readonly values: Record<string, Slot>;
}

export interface Plan {
  readonly design: Design;
  readonly resource: ResourceDesign;
  readonly occasion: string;
  readonly action: ActionEndpoint | undefined;
  readonly now: string;
  readonly givens: Map<string, PlannedGiven>;
  /** Records of which there may be any number; the place is the name of the group. */
  readonly groups: Map<string, PlannedGiven>;
  readonly knobs: Map<string, Knob>;
  /** Which knobs each rule depends on; those of the references in unique sets stand under the list of those sets. */
  readonly knobsOf: Map<object, Set<string>>;
  /** The knobs of the rule at hand, while a plan is made. */
  readonly touched: Set<string>;
  /** What is sent: the place `body`. */
  readonly body: Record<string, Slot>;
  /** Sample values of each resource that make a new record acceptable. */
  readonly samples: ReadonlyMap<string, Slots>;
}

export const countField = '#count';

const counts = (hints: Hints): readonly number[] => [
  ...new Set(
    [0, 1, 2, 3, ...hints.numbers.flatMap((number) => [number, number - 1, number + 1])].filter(
      (count) => Number.isInteger(count) && count >= 0 && count <= 200,
    ),
  ),
];

/** Makes sure that a record of this resource is given, and the ones that it needs. */
const ensureGiven = (plan: Plan, resource: ResourceDesign, prefix = '', depth = 0): string => {
  const label = prefix === '' ? resource.variable : `${prefix}${resource.pascal}`;
  if (plan.givens.has(label) || depth > 8) return label;
  const values = requiredReferences(plan, resource, depth);
  plan.givens.set(label, { resource, values });
  return label;
};

/** The references that a record cannot be without. */
const requiredReferences = (plan: Plan, resource: ResourceDesign, depth = 0): Record<string, Slot> => {
  const values: Record<string, Slot> = {};
  for (const { field, target } of resource.references) {
    if (!field.isNullable)
      values[field.name] = { given: ensureGiven(plan, plan.design.resource(target), '', depth + 1) };
  }
  return values;
};

/** Where the fields of `record`, `previous` and `item` are set. */
interface Subjects {
  readonly record?: Subject;
  readonly previous?: Subject;
  readonly item?: Subject;
}

interface Subject {
  readonly resource: ResourceDesign;
  /** Places where a field can be set, the stronger first. */
  readonly places: readonly string[];
}

const addKnob = (plan: Plan, place: string, field: string, candidates: readonly Slot[]): void => {
  const key = `${place}.${field}`;
  plan.touched.add(key);
  const known = plan.knobs.get(key);
  const all = [...(known?.candidates ?? []), ...candidates];
  const unique = [...new Map(all.map((candidate) => [JSON.stringify(candidate), candidate])).values()];
  plan.knobs.set(key, { place, field, candidates: unique });
};

const isSettable = (plan: Plan, place: string, field: FieldDesign): boolean => {
  if (place !== 'body') return true;
  return plan.action ? plan.action.body.some((entry) => entry.field === field.name) : field.isWritable;
};

const referenceCandidates = (plan: Plan, field: FieldDesign, target: ResourceDesign): readonly Slot[] => [
  { given: ensureGiven(plan, target) },
  { given: ensureGiven(plan, target, 'other') },
  ...(field.isNullable ? [null] : []),
];

const collectField = (plan: Plan, subject: Subject, path: readonly string[], hints: Hints): void => {
  const [name = 'id', ...rest] = path;
  const field = findField(subject.resource, name);
  if (!field) return;
  if (field.field.computed) {
    collectKnobs(plan, field.field.computed, { record: subject }, mergeHints(hints, readHints(field.field.computed)));
    return;
  }
  const target = field.field.reference && plan.design.resource(field.field.reference.resource);
  for (const place of subject.places.filter((candidate) => isSettable(plan, candidate, field))) {
    const candidates = target ? referenceCandidates(plan, field, target) : candidateValues(field, hints, plan.now);
    addKnob(plan, place, name, candidates);
  }
  if (target && rest.length > 0) {
    collectField(plan, { resource: target, places: [ensureGiven(plan, target)] }, rest, hints);
  }
};

const collectAggregate = (
  plan: Plan,
  expression: Extract<Expression, { kind: 'aggregate' }>,
  subjects: Subjects,
  hints: Hints,
): void => {
  const resource = plan.design.resource(expression.resource);
  const group = `some${resource.pascalPlural}`;
  if (!plan.groups.has(group)) {
    const body = resource.name === plan.resource.name ? plan.body : {};
    const shared = Object.fromEntries(
      Object.entries(body).filter(([name]) => findField(resource, name) && plan.occasion === 'create'),
    );
    plan.groups.set(group, { resource, values: { ...shared, ...requiredReferences(plan, resource) } });
  }
  addKnob(plan, group, countField, counts(hints));
  const inner: Subjects = { ...subjects, item: { resource, places: [group] } };
  for (const part of [expression.where, expression.value]) if (part) collectKnobs(plan, part, inner, hints);
};

/** Adds a knob for everything that an expression depends on. */
const collectKnobs = (plan: Plan, expression: Expression, subjects: Subjects, hints: Hints): void => {
  const collect = (part: Expression): void => {
    collectKnobs(plan, part, subjects, hints);
  };
  switch (expression.kind) {
    case 'field': {
      const subject = subjects[expression.of];
      if (subject) collectField(plan, subject, expression.path, hints);
      return;
    }
    case 'binary':
      collect(expression.left);
      collect(expression.right);
      return;
    case 'not':
    case 'one_of':
    case 'length':
      collect(expression.operand);
      return;
    case 'date_add':
      collect(expression.base);
      collect(expression.amount);
      return;
    case 'aggregate':
      collectAggregate(plan, expression, subjects, hints);
      return;
    case 'literal':
    case 'now':
    case 'today':
  }
};

/** A field that can be changed without much consequence, with another value than the sample. */
const harmlessChange = (resource: ResourceDesign): Record<string, Slot> => {
  const isHarmless = (field: FieldDesign): boolean =>
    field.isWritable &&
    field.field.immutable !== true &&
    field.type !== 'reference' &&
    !resource.transitions.some((rule) => rule.field === field.name) &&
    !resource.resource.unique.some((names) => names.includes(field.name));
  const ranked = [
    'string',
    'text',
    'integer',
    'number',
    'boolean',
    'enum',
    'email',
    'url',
    'string_list',
    'date',
    'datetime',
  ];
  const [field] = resource.stored
    .filter(isHarmless)
    .sort((left, right) => ranked.indexOf(left.type) - ranked.indexOf(right.type));
  return field ? { [field.name]: sampleValue(field, 2) } : {};
};

const actionBody = (plan: Plan, action: ActionEndpoint): Record<string, Slot> => {
  const body: Record<string, Slot> = {};
  for (const { field: name, required } of action.body) {
    const field = findField(plan.resource, name);
    if (!field || !required) continue;
    const target = field.field.reference && plan.design.resource(field.field.reference.resource);
    body[name] = target
      ? { given: ensureGiven(plan, target) }
      : sampleValue(field, sampleNumber(plan.resource, field, 1));
  }
  return body;
};

const collectEffect = (plan: Plan, rule: EffectRule, subjects: Subjects): void => {
  if (rule.when) collectKnobs(plan, rule.when, subjects, readHints(rule.when));
  for (const { through, field, value } of rule.assign) {
    const target = through === undefined ? undefined : findField(plan.resource, through)?.field.reference?.resource;
    const item: Subject =
      target === undefined
        ? { resource: plan.resource, places: subjects.record?.places ?? [] }
        : { resource: plan.design.resource(target), places: [ensureGiven(plan, plan.design.resource(target))] };
    if (through !== undefined && subjects.record) collectField(plan, subjects.record, [through], readHints(value));
    collectField(plan, item, [field], readHints(value));
    collectKnobs(plan, value, { ...subjects, item }, readHints(value));
  }
};

/** What a plan is about. */
interface PlanOptions {
  readonly now: string;
  readonly samples: ReadonlyMap<string, Slots>;
  readonly conditions?: readonly Expression[];
  /** Refusals, each with its own knobs. */
  readonly forbids?: readonly ForbidRule[];
  /** Effects whose results must stay within bounds. */
  readonly effects?: readonly EffectRule[];
}

/** Adds the knobs of everything that speaks at the occasion, and notes which belong to what. */
const collectOccasion = (plan: Plan, subjects: Subjects, options: PlanOptions): void => {
  const { resource } = plan;
  plan.touched.clear();
  for (const { field } of resource.references) {
    if (resource.resource.unique.some((names) => names.includes(field.name))) {
      if (subjects.record) collectField(plan, subjects.record, [field.name], readHints(undefined));
    }
  }
  plan.knobsOf.set(resource.resource.unique, new Set(plan.touched));
  for (const rule of options.forbids ?? []) {
    plan.touched.clear();
    collectKnobs(plan, rule.when, subjects, readHints(rule.when));
    plan.knobsOf.set(rule, new Set(plan.touched));
  }
  for (const rule of options.effects ?? []) {
    plan.touched.clear();
    collectEffect(plan, rule, subjects);
    plan.knobsOf.set(rule, new Set(plan.touched));
  }
};

/** Starts a plan for a request of this kind, varied by what the conditions speak of. */
export const createPlan = (design: Design, resource: ResourceDesign, occasion: string, options: PlanOptions): Plan => {
  const action = resource.actions.find(({ name }) => name === occasion);
  const plan: Plan = {
    design,
    resource,
    occasion,
    action,
    now: options.now,
    givens: new Map(),
    groups: new Map(),
    knobs: new Map(),
    knobsOf: new Map(),
    touched: new Set(),
    body: {},
    samples: options.samples,
  };
  if (occasion === 'create')
    Object.assign(plan.body, requiredReferences(plan, resource), options.samples.get(resource.name));
  else ensureGiven(plan, resource);
  if (occasion === 'update') Object.assign(plan.body, harmlessChange(resource));
  if (action) Object.assign(plan.body, actionBody(plan, action));
  const subject = resource.variable;
  const places = occasion === 'create' ? ['body'] : occasion === 'delete' ? [subject] : ['body', subject];
  const subjects: Subjects = {
    record: { resource, places },
    ...(occasion === 'create' ? {} : { previous: { resource, places: [subject] } }),
  };
  for (const condition of options.conditions ?? []) collectKnobs(plan, condition, subjects, readHints(condition));
  collectOccasion(plan, subjects, options);
  return plan;
};

/** The fields of a body that are sent although nobody asked for them in particular. */
export const sampleBody = (resource: ResourceDesign, number: number, samples: ReadonlyMap<string, Slots>): Slots => {
  const body: Record<string, Slot> = {};
  for (const field of demandedFields(resource)) {
    if (field.type !== 'reference') body[field.name] = sampleValue(field, sampleNumber(resource, field, number));
  }
  return { ...body, ...samples.get(resource.name) };
};

/** A whole body: the sample with what a scenario sends. */
export const fullBodySlots = (resource: ResourceDesign, body: Slots, samples: ReadonlyMap<string, Slots>): Slots => ({
  ...sampleBody(resource, 1, samples),
  ...body,
});

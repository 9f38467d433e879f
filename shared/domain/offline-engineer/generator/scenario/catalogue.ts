/**
 * The scenarios that show what the specification says: for each rule one that it refuses and a neighbouring one that
 * it lets pass, for each effect, action and computed field what comes out. All of them were imagined, so that a test
 * made from one is known to arrange what the rule speaks of.
 */
import type { ActionEndpoint, Design, EffectRule, FieldDesign, ForbidRule, ResourceDesign } from '../design.ts';
import { effectsOn, forbidsOn } from '../occasions.ts';
import { evaluate, readField } from '../simulation/evaluate.ts';
import { recordAt } from '../simulation/world.ts';
import type { Value } from '../simulation/world.ts';
import { playDirectly } from './build.ts';
import type { Assignment, Play } from './build.ts';
import { createPlan } from './plan.ts';
import type { Plan } from './plan.ts';
import type { Slot, Slots } from './scenario.ts';
import { isGivenSlot } from './scenario.ts';
import { search, vary } from './search.ts';
import type { Found } from './search.ts';

/** The moment at which the clock of the tests stands. */
export const testNow = '2030-01-15T12:00:00.000Z';

export interface RuleScenario {
  readonly rule: ForbidRule;
  readonly occasion: string;
  readonly refused: Play;
  readonly refusedBy: Assignment;
  readonly allowed?: Play;
  readonly allowedBy?: Assignment;
}

export interface EffectScenario {
  readonly rule: EffectRule;
  readonly occasion: string;
  readonly applied: Play;
  readonly appliedBy: Assignment;
  readonly spared?: Play;
}

export interface ComputedScenario {
  readonly field: FieldDesign;
  readonly plays: readonly { readonly play: Play; readonly value: Value }[];
}

export interface ResourceScenarios {
  readonly resource: ResourceDesign;
  /** What makes a request of each kind acceptable. */
  readonly accepted: ReadonlyMap<string, Found>;
  /** A new record that is accepted. */
  readonly created?: Play;
  readonly updated?: Play;
  readonly deleted?: Play;
  readonly actions: ReadonlyMap<ActionEndpoint, Play>;
  readonly rules: readonly RuleScenario[];
  readonly effects: readonly EffectScenario[];
  readonly computed: readonly ComputedScenario[];
}

export interface Catalogue {
  readonly design: Design;
  /** What a new record of each resource is sent with beyond plain samples, to be accepted. */
  readonly samples: ReadonlyMap<string, Slots>;
  readonly resources: readonly ResourceScenarios[];
}

type Samples = Map<string, Slots>;
type ReadonlySamples = ReadonlyMap<string, Slots>;

const isAccepted = (play: Play): boolean => play.outcome.ok;

/** Everything that can be varied around a request of this kind. */
export const planOccasion = (
  design: Design,
  resource: ResourceDesign,
  occasion: string,
  samples: ReadonlySamples,
): Plan =>
  createPlan(design, resource, occasion, {
    now: testNow,
    samples,
    forbids: forbidsOn(resource, occasion),
    effects: effectsOn(resource, occasion),
  });

const findAccepted = (plan: Plan): Found | undefined =>
  search({ plan, play: playDirectly, isReached: isAccepted, budget: 400 });

/** The chosen values of the body, which become part of the samples. */
const bodyValues = (assignment: Assignment): Slots => {
  const values: Record<string, Slot> = {};
  for (const [key, slot] of assignment) {
    const [place, field = ''] = key.split('.');
    if (place === 'body' && !isGivenSlot(slot)) values[field] = slot;
  }
  return values;
};

const isRefusedBy =
  (rule: ForbidRule) =>
  (play: Play): boolean =>
    !play.outcome.ok && play.outcome.cause.kind === 'rule' && play.outcome.cause.rule === rule;

const findRule = (plan: Plan, rule: ForbidRule, start: Assignment): RuleScenario | undefined => {
  const quest = { plan, play: playDirectly, start };
  const refused = search({ ...quest, rule, isReached: isRefusedBy(rule), budget: 400 });
  if (!refused) return undefined;
  const allowed = search({ ...quest, start: refused.assignment, isReached: isAccepted, budget: 200 });
  return {
    rule,
    occasion: plan.occasion,
    refusedBy: refused.assignment,
    refused: refused.play,
    ...(allowed ? { allowed: allowed.play, allowedBy: allowed.assignment } : {}),
  };
};

const applies =
  (rule: EffectRule, resource: ResourceDesign) =>
  (play: Play): boolean => {
    if (!play.outcome.ok) return false;
    if (!rule.when) return true;
    const { record } = play.outcome;
    const previous = recordAt(play.before, resource.name, record.id);
    const world = play.before;
    return (
      evaluate(rule.when, { world, record: { resource, record }, previous: { resource, record: previous } }) === true
    );
  };

const findEffect = (plan: Plan, rule: EffectRule, start: Assignment): EffectScenario | undefined => {
  const { resource, occasion } = plan;
  const doesApply = applies(rule, resource);
  const quest = { plan, play: playDirectly };
  const applied = search({ ...quest, rule, start, isReached: doesApply, budget: 300 });
  if (!applied) return undefined;
  const isSpared = (play: Play): boolean => play.outcome.ok && !doesApply(play);
  const spared = rule.when
    ? search({ ...quest, start: applied.assignment, isReached: isSpared, budget: 150 })
    : undefined;
  return {
    rule,
    occasion,
    appliedBy: applied.assignment,
    applied: applied.play,
    ...(spared ? { spared: spared.play } : {}),
  };
};

/** Two situations in which a computed field has different values. */
const findComputed = (
  design: Design,
  resource: ResourceDesign,
  field: FieldDesign,
  samples: Samples,
): ComputedScenario => {
  const { computed } = field.field;
  const options = { now: testNow, samples, conditions: computed ? [computed] : [] };
  const plan = createPlan(design, resource, 'delete', options);
  const valueIn = (play: Play): Value => {
    const record = recordAt(play.before, resource.name, play.ids.get(resource.variable));
    return readField({ resource, record }, field.name, play.before);
  };
  const first = playDirectly(plan, new Map());
  const start = valueIn(first);
  const isDifferent = (play: Play): boolean => {
    const value = valueIn(play);
    return value !== start && value !== 0 && value !== null;
  };
  const quest = { plan, play: playDirectly };
  const second = vary(quest, isDifferent, new Map());
  const isThird = (play: Play): boolean =>
    second !== undefined && isDifferent(play) && valueIn(play) !== valueIn(second.play);
  const third = second && vary(quest, isThird, second.assignment);
  const plays = [first, ...(second ? [second.play] : []), ...(third ? [third.play] : [])];
  return { field, plays: plays.map((play) => ({ play, value: valueIn(play) })) };
};

const occasionsOf = (resource: ResourceDesign): readonly string[] => [
  ...resource.resource.operations.filter((operation) => operation !== 'list' && operation !== 'read'),
  ...resource.actions.map(({ name }) => name),
];

const describeResource = (design: Design, resource: ResourceDesign, samples: Samples): ResourceScenarios => {
  const accepted = new Map<string, Found>();
  const rules: RuleScenario[] = [];
  const effects: EffectScenario[] = [];
  for (const occasion of occasionsOf(resource)) {
    const plan = planOccasion(design, resource, occasion, samples);
    const found = findAccepted(plan);
    if (found) accepted.set(occasion, found);
    const start = found?.assignment ?? new Map();
    rules.push(...forbidsOn(resource, occasion).flatMap((rule) => findRule(plan, rule, start) ?? []));
    effects.push(...effectsOn(resource, occasion).flatMap((rule) => findEffect(plan, rule, start) ?? []));
  }
  return {
    resource,
    accepted,
    actions: new Map(
      resource.actions.flatMap((action) => {
        const play = accepted.get(action.name)?.play;
        return play ? [[action, play] as const] : [];
      }),
    ),
    rules,
    effects,
    computed: resource.computed.map((field) => findComputed(design, resource, field, samples)),
    ...optional('created', accepted.get('create')?.play),
    ...optional('updated', accepted.get('update')?.play),
    ...optional('deleted', accepted.get('delete')?.play),
  };
};

const optional = <Name extends string>(name: Name, play: Play | undefined): { readonly [Key in Name]?: Play } =>
  // SAFETY: the object has the one key of its type, or none.
  (play ? { [name]: play } : {}) as { readonly [Key in Name]?: Play };

/** Works out the scenarios of an application. */
export const createCatalogue = (design: Design): Catalogue => {
  const samples: Samples = new Map();
  for (const resource of design.resources) {
    const found = findAccepted(planOccasion(design, resource, 'create', samples));
    if (found) samples.set(resource.name, bodyValues(found.assignment));
  }
  const resources = design.resources.map((resource) => describeResource(design, resource, samples));
  return { design, samples, resources };
};

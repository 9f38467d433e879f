/**
 * The scenarios that show what the specification says: for each rule one that it refuses and a neighbouring one that
 * it lets pass, for each effect, action and computed field what comes out. All of them were imagined, so that a test
 * made from one is known to arrange what the rule speaks of.
 */
import type { Expression } from '../../app-model.ts';
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
import { search } from './search.ts';
import type { Found } from './search.ts';

/** The moment at which the clock of the tests stands. */
export const testNow = '2030-01-15T12:00:00.000Z';

export interface RuleScenario {
  readonly rule: ForbidRule;
  readonly occasion: string;
  readonly refused: Play;
  readonly allowed?: Play;
}

export interface EffectScenario {
  readonly rule: EffectRule;
  readonly occasion: string;
  readonly applied: Play;
  readonly spared?: Play;
}

export interface ComputedScenario {
  readonly field: FieldDesign;
  readonly plays: readonly { readonly play: Play; readonly value: Value }[];
}

export interface ResourceScenarios {
  readonly resource: ResourceDesign;
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

const isAccepted = (play: Play): boolean => play.outcome.ok;

const findAccepted = (
  design: Design,
  resource: ResourceDesign,
  occasion: string,
  samples: Samples,
  start: Assignment,
): Found | undefined => {
  const conditions = forbidsOn(resource, occasion).map(({ when }) => when);
  const options = { now: testNow, samples, conditions, effects: effectsOn(resource, occasion) };
  return search(createPlan(design, resource, occasion, options), playDirectly, isAccepted, start);
};

/** The chosen values of the body, which become part of the samples. */
const bodyValues = (assignment: Assignment): Slots => {
  const values: Record<string, Slot> = {};
  for (const [key, slot] of assignment) {
    const [place, field = ''] = key.split('.');
    if (place === 'body' && !isGivenSlot(slot)) values[field] = slot;
  }
  return values;
};

const isRefusedBy = (rule: ForbidRule) => (play: Play): boolean =>
  !play.outcome.ok && play.outcome.cause.kind === 'rule' && play.outcome.cause.rule === rule;

const planFor = (
  design: Design,
  resource: ResourceDesign,
  occasion: string,
  samples: Samples,
  conditions: readonly Expression[],
  effects: readonly EffectRule[] = [],
): Plan => createPlan(design, resource, occasion, { now: testNow, samples, conditions, effects });

const findRule = (
  design: Design,
  resource: ResourceDesign,
  rule: ForbidRule,
  occasion: string,
  context: { readonly samples: Samples; readonly start: Assignment },
): RuleScenario | undefined => {
  const all = forbidsOn(resource, occasion);
  const narrow = planFor(design, resource, occasion, context.samples, [rule.when]);
  const others = all.filter((other) => other !== rule).map(({ when }) => when);
  const wide = planFor(design, resource, occasion, context.samples, [rule.when, ...others], effectsOn(resource, occasion));
  const refused =
    search(narrow, playDirectly, isRefusedBy(rule), context.start, 500) ??
    search(wide, playDirectly, isRefusedBy(rule), context.start, 900);
  if (!refused) return undefined;
  const allowed =
    search(narrow, playDirectly, isAccepted, refused.assignment, 300) ??
    search(wide, playDirectly, isAccepted, refused.assignment, 600) ??
    search(wide, playDirectly, isAccepted, context.start, 300);
  return { rule, occasion, refused: refused.play, ...(allowed ? { allowed: allowed.play } : {}) };
};

const applies = (rule: EffectRule, resource: ResourceDesign) => (play: Play): boolean => {
  if (!play.outcome.ok) return false;
  if (!rule.when) return true;
  const { record } = play.outcome;
  const previous = recordAt(play.before, resource.name, record.id);
  const world = play.before;
  return evaluate(rule.when, { world, record: { resource, record }, previous: { resource, record: previous } }) === true;
};

const findEffect = (
  design: Design,
  resource: ResourceDesign,
  rule: EffectRule,
  occasion: string,
  context: { readonly samples: Samples; readonly start: Assignment },
): EffectScenario | undefined => {
  const conditions = forbidsOn(resource, occasion).map(({ when }) => when);
  const plan = planFor(design, resource, occasion, context.samples, conditions, effectsOn(resource, occasion));
  const doesApply = applies(rule, resource);
  const applied = search(plan, playDirectly, doesApply, context.start);
  if (!applied) return undefined;
  const isSpared = (play: Play): boolean => play.outcome.ok && !doesApply(play);
  const spared = rule.when ? search(plan, playDirectly, isSpared, applied.assignment, 400) : undefined;
  return { rule, occasion, applied: applied.play, ...(spared ? { spared: spared.play } : {}) };
};

/** Two situations in which a computed field has different values. */
const findComputed = (
  design: Design,
  resource: ResourceDesign,
  field: FieldDesign,
  samples: Samples,
): ComputedScenario => {
  const { computed } = field.field;
  const plan = planFor(design, resource, 'delete', samples, computed ? [computed] : []);
  const valueIn = (play: Play): Value => {
    const record = recordAt(play.before, resource.name, play.ids.get(resource.camel));
    return readField({ resource, record }, field.name, play.before);
  };
  const first = playDirectly(plan, new Map());
  const start = valueIn(first);
  const isDifferent = (play: Play): boolean => {
    const value = valueIn(play);
    return value !== start && value !== 0 && value !== null;
  };
  const second = search(plan, playDirectly, isDifferent, new Map(), 400);
  const third = second && search(plan, playDirectly, (play) => isDifferent(play) && valueIn(play) !== valueIn(second.play), second.assignment, 200);
  const plays = [first, ...(second ? [second.play] : []), ...(third ? [third.play] : [])];
  return { field, plays: plays.map((play) => ({ play, value: valueIn(play) })) };
};

const occasionsOf = (resource: ResourceDesign): readonly string[] => [
  ...resource.resource.operations.filter((operation) => operation !== 'list' && operation !== 'read'),
  ...resource.actions.map(({ name }) => name),
];

const describeResource = (design: Design, resource: ResourceDesign, samples: Samples, created: Found | undefined): ResourceScenarios => {
  const accepted = new Map<string, Found>();
  if (created) accepted.set('create', created);
  for (const occasion of occasionsOf(resource)) {
    const found = accepted.get(occasion) ?? findAccepted(design, resource, occasion, samples, new Map());
    if (found) accepted.set(occasion, found);
  }
  const context = (occasion: string) => ({ samples, start: accepted.get(occasion)?.assignment ?? new Map() });
  const rules = occasionsOf(resource).flatMap((occasion) =>
    forbidsOn(resource, occasion).map((rule) => findRule(design, resource, rule, occasion, context(occasion))),
  );
  const effects = occasionsOf(resource).flatMap((occasion) =>
    effectsOn(resource, occasion).map((rule) => findEffect(design, resource, rule, occasion, context(occasion))),
  );
  const [updated, deleted] = [accepted.get('update')?.play, accepted.get('delete')?.play];
  return {
    resource,
    ...(created ? { created: created.play } : {}),
    ...(updated ? { updated } : {}),
    ...(deleted ? { deleted } : {}),
    actions: new Map(
      resource.actions.flatMap((action) => {
        const play = accepted.get(action.name)?.play;
        return play ? [[action, play] as const] : [];
      }),
    ),
    rules: rules.filter((scenario) => scenario !== undefined),
    effects: effects.filter((scenario) => scenario !== undefined),
    computed: resource.computed.map((field) => findComputed(design, resource, field, samples)),
  };
};

/** Works out the scenarios of an application. */
export const createCatalogue = (design: Design): Catalogue => {
  const samples: Samples = new Map();
  const created = design.resources.map((resource) => {
    const found = findAccepted(design, resource, 'create', samples, new Map());
    if (found) samples.set(resource.name, bodyValues(found.assignment));
    return found;
  });
  const resources = design.resources.map((resource, index) =>
    describeResource(design, resource, samples, created[index]),
  );
  return { design, samples, resources };
};

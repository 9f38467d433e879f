/** Turns a plan with chosen values into a scenario, and imagines what would happen. */
import type { ResourceDesign } from '../design.ts';
import { isDemanded } from '../emit/fields.ts';
import { isUnique, sampleNumber, sampleValue } from '../sample/values.ts';
import { simulateAction, simulateCreate, simulateDelete, simulateUpdate, draft } from '../simulation/operations.ts';
import type { Outcome } from '../simulation/operations.ts';
import { simulatedId } from '../simulation/world.ts';
import type { SimulatedRecord, Value, Values, World } from '../simulation/world.ts';
import { countField, sampleBody } from './plan.ts';
import type { Plan } from './plan.ts';
import { isGivenSlot } from './scenario.ts';
import type { Act, Given, Scenario, Slot, Slots } from './scenario.ts';

/** Chosen values by `place.field`. */
export type Assignment = ReadonlyMap<string, Slot>;

export interface Play {
  readonly scenario: Scenario;
  /** The world before the request. */
  readonly before: World;
  readonly ids: ReadonlyMap<string, string>;
  readonly outcome: Outcome;
}

const chosenAt = (assignment: Assignment, place: string): Slots => {
  const values: Record<string, Slot> = {};
  for (const [key, slot] of assignment) {
    const [knobPlace, field = ''] = key.split('.');
    if (knobPlace === place && field !== countField) values[field] = slot;
  }
  return values;
};

/**
 * Values that differ from record to record, written out where a condition depends on them: elsewhere the tests count
 * for themselves.
 */
const dependedUpon = (plan: Plan, resource: ResourceDesign, place: string, number: number): Slots => {
  const values: Record<string, Slot> = {};
  for (const field of resource.stored) {
    if (!plan.knobs.has(`${place}.${field.name}`) || !isUnique(resource, field.name)) continue;
    const isSampled = isDemanded(field) && field.type !== 'reference';
    if (isSampled) values[field.name] = sampleValue(field, sampleNumber(resource, field, number));
  }
  return values;
};

const listGivens = (plan: Plan, assignment: Assignment): readonly Given[] => {
  const givens = [...plan.givens].map(([label, { resource, values }], index) => ({
    label,
    resource: resource.name,
    values: { ...values, ...dependedUpon(plan, resource, label, index + 1), ...chosenAt(assignment, label) },
  }));
  const members = [...plan.groups].flatMap(([group, { resource, values }]) => {
    const count = assignment.get(`${group}.${countField}`);
    return Array.from({ length: typeof count === 'number' ? count : 0 }, (_, index) => ({
      label: `${resource.variable}${index + 1}`,
      resource: resource.name,
      values: { ...values, ...dependedUpon(plan, resource, group, 20 + index), ...chosenAt(assignment, group) },
    }));
  });
  return [...givens, ...members];
};

const neededLabels = (givens: readonly Given[], slots: Slots, found: Set<string>): void => {
  for (const slot of Object.values(slots)) {
    if (!isGivenSlot(slot) || found.has(slot.given)) continue;
    const given = givens.find(({ label }) => label === slot.given);
    if (!given) continue;
    neededLabels(givens, given.values, found);
    found.add(slot.given);
  }
};

/** The givens that matter, each after those it refers to. */
const orderGivens = (plan: Plan, givens: readonly Given[], act: Act): readonly Given[] => {
  const found = new Set<string>();
  neededLabels(givens, 'body' in act ? act.body : {}, found);
  const target = 'target' in act ? [{ given: act.target }] : [];
  neededLabels(givens, Object.fromEntries(target.entries()), found);
  for (const given of givens.filter(({ label }) => !plan.givens.has(label))) {
    neededLabels(givens, given.values, found);
    found.add(given.label);
  }
  return [...found].flatMap((label) => givens.find((given) => given.label === label) ?? []);
};

const toAct = (plan: Plan, assignment: Assignment): Act => {
  const unique = plan.occasion === 'create' ? dependedUpon(plan, plan.resource, 'body', 40) : {};
  const body = { ...unique, ...plan.body, ...chosenAt(assignment, 'body') };
  const target = plan.resource.variable;
  if (plan.action) return { kind: 'action', target, action: plan.action, body };
  if (plan.occasion === 'create') return { kind: 'create', body };
  return plan.occasion === 'delete' ? { kind: 'delete', target } : { kind: 'update', target, body };
};

/** Slots with the ids of the records they name. */
export const resolveSlots = (slots: Slots, ids: ReadonlyMap<string, string>): Values => {
  const values: Record<string, Value> = {};
  for (const [name, slot] of Object.entries(slots))
    values[name] = isGivenSlot(slot) ? (ids.get(slot.given) ?? '') : slot;
  return values;
};

/** A record put into the world without asking any rule, as test set-up does. */
const insert = (
  world: World,
  resource: ResourceDesign,
  body: Values,
  overrides: Values & { readonly id: string },
): SimulatedRecord => ({
  ...draft(world, resource, body),
  createdAt: world.now,
  updatedAt: world.now,
  ...overrides,
});

/** Performs the request of a scenario. */
export const perform = (
  world: World,
  resource: ResourceDesign,
  act: Act,
  ids: ReadonlyMap<string, string>,
  body: Values,
): Outcome => {
  switch (act.kind) {
    case 'create':
      return simulateCreate(world, resource, body);
    case 'update':
      return simulateUpdate(world, resource, ids.get(act.target) ?? '', body);
    case 'delete':
      return simulateDelete(world, resource, ids.get(act.target) ?? '');
    case 'action':
      return simulateAction(world, resource, act.action, ids.get(act.target) ?? '', body);
  }
};

/** The body that is really sent: for a new record, the sample with what was chosen. */
export const fullBody = (plan: Plan, act: Act, number: number): Slots => {
  if (act.kind === 'delete') return {};
  return act.kind === 'create' ? { ...sampleBody(plan.resource, number, plan.samples), ...act.body } : act.body;
};

/** The scenario of a plan with chosen values. */
export const chooseScenario = (plan: Plan, assignment: Assignment): Scenario => {
  const act = toAct(plan, assignment);
  return { act, givens: orderGivens(plan, listGivens(plan, assignment), act) };
};

/** Plays a plan with records that are put in place directly. */
export const playDirectly = (plan: Plan, assignment: Assignment): Play => {
  const { act, givens } = chooseScenario(plan, assignment);
  const ids = new Map<string, string>();
  const tables = new Map<string, Map<string, SimulatedRecord>>();
  const world: World = { design: plan.design, now: plan.now, tables };
  for (const [index, given] of givens.entries()) {
    const resource = plan.design.resource(given.resource);
    const overrides = resolveSlots(given.values, ids);
    const body = { ...resolveSlots(sampleBody(resource, index + 1, plan.samples), ids), ...overrides };
    const record = insert(world, resource, body, { ...overrides, id: simulatedId(index + 1) });
    ids.set(given.label, record.id);
    const table = tables.get(given.resource) ?? new Map<string, SimulatedRecord>();
    tables.set(given.resource, table.set(record.id, record));
  }
  const body = resolveSlots(fullBody(plan, act, givens.length + 1), ids);
  return { scenario: { givens, act }, before: world, ids, outcome: perform(world, plan.resource, act, ids, body) };
};

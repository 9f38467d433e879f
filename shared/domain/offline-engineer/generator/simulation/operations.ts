/** Carries out requests in an imagined application: the status the real one would answer, and why. */
import type { Expression } from '../../app-model.ts';
import { removedWith } from '../cascades.ts';
import { findField, referencesTo } from '../design.ts';
import type { ActionEndpoint, FieldDesign, ResourceDesign } from '../design.ts';
import { isDemanded } from '../emit/fields.ts';
import { fitExpression } from '../fitting.ts';
import { effectsOn, forbidsOn, mentionedFields, transitionsOf, writtenFields } from '../occasions.ts';
import { acceptsValue } from './accepts.ts';
import { evaluate, exact } from './evaluate.ts';
import { isMoment } from './time.ts';
import { nextId, recordAt, recordsOf, withRecord, withoutRecord } from './world.ts';
import type { SimulatedRecord, Value, Values, World } from './world.ts';

/** What refused a request: a rule of the model, or the name of a general check. */
type Cause =
  | { readonly kind: 'rule'; readonly rule: object }
  | { readonly kind: 'validation' | 'reference' | 'unique' | 'fixed' | 'bounds' | 'in_use' | 'missing' };

export interface Refusal {
  readonly ok: false;
  readonly status: number;
  readonly cause: Cause;
  /** The record as it would have become, where the request came that far. */
  readonly attempted?: SimulatedRecord;
}

export type Outcome = { readonly ok: true; readonly world: World; readonly record: SimulatedRecord } | Refusal;

const refused = (status: number, kind: Exclude<Cause['kind'], 'rule'>): Refusal => ({
  ok: false,
  status,
  cause: { kind },
});

const refusedBy = (status: number, rule: object): Refusal => ({ ok: false, status, cause: { kind: 'rule', rule } });

interface Change {
  readonly world: World;
  readonly resource: ResourceDesign;
  readonly occasion: string;
  readonly record: SimulatedRecord;
  readonly previous: SimulatedRecord | undefined;
}

const fit = (field: FieldDesign, value: Value, otherwise: Value): Value => {
  if (field.type === 'boolean') return value === true;
  if (field.type === 'number' && typeof value === 'number') return exact(value);
  if (field.type === 'date' && isMoment(value)) return value.slice(0, 10);
  if (value !== null || field.isNullable) return value;
  return field.type === 'integer' || field.type === 'number' ? 0 : otherwise;
};

const isValidBody = (resource: ResourceDesign, body: Values, isNew: boolean): boolean => {
  const isKnown = Object.entries(body).every(([name, value]) => {
    const field = findField(resource, name);
    return field?.isWritable === true && acceptsValue(field, value);
  });
  return isKnown && (!isNew || resource.stored.every((field) => !isDemanded(field) || field.name in body));
};

/** What a new record starts with: what was sent, and the defaults for the rest. */
export const draft = (world: World, resource: ResourceDesign, body: Values): Values => {
  const values: Record<string, Value> = {};
  const settle = (field: FieldDesign, pending: readonly string[]): Value => {
    const known = values[field.name];
    if (known !== undefined) return known;
    const sent = field.isWritable ? body[field.name] : undefined;
    if (sent !== undefined) return sent;
    if (!field.start || pending.includes(field.name)) return field.column === 'list' ? [] : null;
    if (field.start.kind === 'literal') return field.start.value;
    const record: Record<string, Value> = {};
    const mentioned = new Set(mentionedFields(field.start).map(({ name }) => name));
    for (const other of resource.stored) {
      if (other.name === field.name || !mentioned.has(other.name)) continue;
      record[other.name] = pending.includes(other.name) ? null : settle(other, [...pending, field.name]);
    }
    const subject = { resource, record: { ...record, id: '' } };
    return evaluate(fitExpression(field.start, field.field), { world, record: subject });
  };
  for (const field of resource.stored) values[field.name] = settle(field, []);
  return values;
};

const references = ({ world, resource, record }: Change): Refusal | undefined =>
  resource.references.every(({ field, target }) => {
    const id = record[field.name] ?? null;
    return id === null || recordAt(world, target, id) !== undefined;
  })
    ? undefined
    : refused(422, 'reference');

const twins = ({ world, resource, record }: Change): Refusal | undefined => {
  const others = recordsOf(world, resource.name).filter((other) => other.id !== record.id);
  const isTaken = resource.resource.unique.some(
    (names) =>
      names.every((name) => (record[name] ?? null) !== null) &&
      others.some((other) => names.every((name) => other[name] === record[name])),
  );
  return isTaken ? refused(409, 'unique') : undefined;
};

const moves = ({ resource, record, previous, occasion }: Change): Refusal | undefined => {
  const action = resource.actions.find(({ name }) => name === occasion);
  for (const rule of action ? transitionsOf(resource, action) : resource.transitions) {
    const to = record[rule.field] ?? null;
    const from = previous?.[rule.field] ?? null;
    const isStartRefused = !previous && to !== null && rule.initial.length > 0 && !rule.initial.includes(String(to));
    const isMoveRefused = from !== null && from !== to && !(rule.moves[String(from)] ?? []).includes(String(to));
    if (isStartRefused || isMoveRefused) return refusedBy(409, rule);
  }
  return undefined;
};

const forbids = (change: Change): Refusal | undefined => {
  const { world, resource, record, previous, occasion } = change;
  const situation = { world, record: { resource, record }, previous: { resource, record: previous } };
  for (const rule of forbidsOn(resource, occasion)) {
    if (evaluate(rule.when, situation) === true) return refusedBy(rule.status, rule);
  }
  return undefined;
};

interface Settled {
  readonly world: World;
  readonly record: SimulatedRecord;
}

const assignAll = (
  world: World,
  target: { readonly resource: ResourceDesign; readonly record: SimulatedRecord },
  assign: readonly { readonly field: string; readonly value: Expression }[],
  situation: Omit<Parameters<typeof evaluate>[1], 'world'>,
): SimulatedRecord | undefined => {
  const changes: Record<string, Value> = {};
  for (const { field: name, value } of assign) {
    const field = findField(target.resource, name);
    if (!field) continue;
    const result = evaluate(fitExpression(value, field.field), { ...situation, world });
    changes[name] = fit(field, result, target.record[name] ?? null);
    if (changes[name] !== null && !acceptsValue(field, changes[name] ?? null)) return undefined;
  }
  return { ...target.record, ...changes };
};

const applyEffects = (change: Change, start: World): Settled | undefined => {
  const { resource, previous, occasion } = change;
  let { record } = change;
  let world = start;
  for (const rule of effectsOn(resource, occasion)) {
    const subjects = { record: { resource, record }, previous: { resource, record: previous } };
    if (rule.when && evaluate(rule.when, { ...subjects, world }) !== true) continue;
    const throughs = [...new Set(rule.assign.map(({ through }) => through))].filter((name) => name !== undefined);
    for (const through of throughs) {
      const name = findField(resource, through)?.field.reference?.resource ?? '';
      const target = recordAt(world, name, record[through]);
      if (!target) continue;
      const subject = { resource: world.design.resource(name), record: target };
      const assign = rule.assign.filter((assignment) => assignment.through === through);
      const changed = assignAll(world, subject, assign, { ...subjects, item: subject });
      if (!changed) return undefined;
      world = withRecord(world, name, changed);
    }
    const own = rule.assign.filter(({ through }) => through === undefined);
    if (own.length === 0 || occasion === 'delete') continue;
    const subject = { resource, record };
    const changed = assignAll(world, subject, own, { ...subjects, item: subject });
    if (!changed) return undefined;
    record = changed;
    world = withRecord(world, resource.name, record);
  }
  return { world, record };
};

const settle = (change: Change): Outcome => {
  const world = withRecord(change.world, change.resource.name, change.record);
  const settled = applyEffects(change, world);
  return settled ? { ok: true, ...settled } : refused(409, 'bounds');
};

const check = (change: Change, checks: readonly ((change: Change) => Refusal | undefined)[]): Outcome => {
  for (const one of checks) {
    const refusal = one(change);
    if (refusal) return { ...refusal, attempted: change.record };
  }
  const settled = settle(change);
  return settled.ok ? settled : { ...settled, attempted: change.record };
};

/** `POST /<plural>`. */
export const simulateCreate = (world: World, resource: ResourceDesign, body: Values): Outcome => {
  if (!isValidBody(resource, body, true)) return refused(422, 'validation');
  const times = { createdAt: world.now, updatedAt: world.now };
  const record: SimulatedRecord = { ...draft(world, resource, body), id: nextId(world), ...times };
  const change: Change = { world, resource, occasion: 'create', record, previous: undefined };
  return check(change, [references, twins, moves, forbids]);
};

const isSame = (left: Value | undefined, right: Value | undefined): boolean =>
  JSON.stringify(left ?? null) === JSON.stringify(right ?? null);

/** `PATCH /<plural>/:id`. */
export const simulateUpdate = (world: World, resource: ResourceDesign, id: string, body: Values): Outcome => {
  const previous = recordAt(world, resource.name, id);
  if (!previous) return refused(404, 'missing');
  if (!isValidBody(resource, body, false)) return refused(422, 'validation');
  const record: SimulatedRecord = { ...previous, ...body, id, updatedAt: world.now };
  const isFixed = resource.stored.some(
    ({ field }) => field.immutable === true && !isSame(previous[field.name], record[field.name]),
  );
  if (isFixed) return refused(422, 'fixed');
  const change: Change = { world, resource, occasion: 'update', record, previous };
  return check(change, [references, twins, moves, forbids]);
};

const isValidActionBody = (resource: ResourceDesign, action: ActionEndpoint, body: Values): boolean => {
  const isKnown = Object.entries(body).every(([name, value]) => {
    const field = findField(resource, name);
    return field && action.body.some((entry) => entry.field === name) && acceptsValue(field, value);
  });
  return isKnown && action.body.every(({ field, required }) => !required || field in body);
};

const isWithinBounds = (resource: ResourceDesign, name: string, value: Value): boolean => {
  const field = findField(resource, name);
  return !field || value === null || acceptsValue(field, value);
};

/** `POST /<plural>/:id/<action>`. */
export const simulateAction = (
  world: World,
  resource: ResourceDesign,
  action: ActionEndpoint,
  id: string,
  body: Values,
): Outcome => {
  const previous = recordAt(world, resource.name, id);
  if (!previous) return refused(404, 'missing');
  if (!isValidActionBody(resource, action, body)) return refused(422, 'validation');
  const current: SimulatedRecord = { ...previous, ...body, id };
  const situation = { world, record: { resource, record: current }, previous: { resource, record: previous } };
  const assigned: Record<string, Value> = {};
  for (const { field: name, value } of action.assign) {
    const field = findField(resource, name);
    if (!field) continue;
    assigned[name] = fit(field, evaluate(fitExpression(value, field.field), situation), current[name] ?? null);
  }
  const isBounded = Object.entries(assigned).every(([name, value]) => isWithinBounds(resource, name, value));
  if (!isBounded) return refused(409, 'bounds');
  const record: SimulatedRecord = { ...current, ...assigned, id, updatedAt: world.now };
  const change: Change = { world, resource, occasion: action.name, record, previous };
  const isTouched = writtenFields(action).length > 0;
  return check(change, isTouched ? [references, twins, moves, forbids] : [moves, forbids]);
};

const removeRecord = (world: World, resource: ResourceDesign, id: string): Outcome => {
  const record = recordAt(world, resource.name, id);
  if (!record) return refused(404, 'missing');
  const change: Change = { world, resource, occasion: 'delete', record, previous: record };
  const refusal = forbids(change);
  if (refusal) return { ...refusal, attempted: record };
  const incoming = referencesTo(world.design, resource).map((reference) => ({
    ...reference,
    records: recordsOf(world, reference.from.name).filter((other) => other[reference.field.name] === id),
  }));
  if (incoming.some(({ onDelete, records }) => onDelete === 'restrict' && records.length > 0)) {
    return refused(409, 'in_use');
  }
  let current = withoutRecord(world, resource.name, id);
  const children = removedWith(world.design, resource);
  for (const { from, field, onDelete, records } of incoming) {
    for (const { id: otherId } of onDelete === 'restrict' ? [] : records) {
      const other = recordAt(current, from.name, otherId);
      if (!other) continue;
      if (onDelete === 'set_null') {
        current = withRecord(current, from.name, { ...other, [field.name]: null, id: otherId });
      } else if (children.includes(from) || from.name === resource.name) {
        const outcome = removeRecord(current, from, otherId);
        if (!outcome.ok) return outcome;
        current = outcome.world;
      } else {
        current = withoutRecord(current, from.name, otherId);
      }
    }
  }
  const settled = applyEffects(change, current);
  return settled ? { ok: true, world: settled.world, record } : refused(409, 'bounds');
};

/** `DELETE /<plural>/:id`. */
export const simulateDelete = (world: World, resource: ResourceDesign, id: string): Outcome =>
  removeRecord(world, resource, id);

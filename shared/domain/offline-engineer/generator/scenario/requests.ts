/**
 * Plays a plan through the interface alone, as somebody outside would: every record is created by a request, and a
 * state that cannot be sent directly is reached by changes and actions.
 */
import { findField } from '../design.ts';
import type { ResourceDesign } from '../design.ts';
import { sampleNumber, sampleValue } from '../sample/values.ts';
import { simulateAction, simulateCreate, simulateUpdate } from '../simulation/operations.ts';
import type { Outcome } from '../simulation/operations.ts';
import { emptyWorld, recordAt } from '../simulation/world.ts';
import type { Value, Values, World } from '../simulation/world.ts';
import { chooseScenario, fullBody, perform, resolveSlots } from './build.ts';
import type { Assignment, Play } from './build.ts';
import { sampleBody } from './plan.ts';
import type { Plan } from './plan.ts';
import type { Act, Slots } from './scenario.ts';

/** One request on the way, with the label under which its record is known. */
export interface Step {
  readonly label: string;
  readonly resource: ResourceDesign;
  readonly act: Act;
  /** What is sent, complete. */
  readonly body: Slots;
}

export interface RequestPlay extends Play {
  /** The requests before the one that matters. */
  readonly steps: readonly Step[];
  /** What the one that matters sends. */
  readonly body: Slots;
}

interface Progress {
  readonly world: World;
  readonly steps: readonly Step[];
}

const unreachable: Outcome = { ok: false, status: 0, cause: { kind: 'missing' } };

const isReached = (wanted: Value, value: Value): boolean =>
  JSON.stringify(wanted) === JSON.stringify(value) || (isTime(wanted) && value !== null);

const isTime = (value: Value): boolean => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/u.test(value);

const sampleActionBody = (
  resource: ResourceDesign,
  action: { readonly body: readonly { readonly field: string; readonly required: boolean }[] },
): Values => {
  const body: Record<string, Value> = {};
  for (const { field: name, required } of action.body) {
    const field = findField(resource, name);
    if (field && required && field.type !== 'reference')
      body[name] = sampleValue(field, sampleNumber(resource, field, 1));
  }
  return body;
};

/** Every way to change a record by one request that could lead on. */
const movesFrom = (
  progress: Progress,
  resource: ResourceDesign,
  label: string,
  id: string,
  wanted: Values,
): readonly Progress[] => {
  const { world, steps } = progress;
  const target = label;
  const tryUpdate = (body: Values): readonly Progress[] => {
    const outcome = simulateUpdate(world, resource, id, body);
    const act: Act = { kind: 'update', target, body };
    return outcome.ok ? [{ world: outcome.world, steps: [...steps, { label, resource, act, body }] }] : [];
  };
  const updates = resource.resource.operations.includes('update')
    ? [
        ...Object.entries(wanted).flatMap(([name, value]) => tryUpdate({ [name]: value })),
        ...resource.transitions.flatMap((rule) => {
          const present = recordAt(world, resource.name, id)?.[rule.field];
          return (rule.moves[String(present)] ?? []).flatMap((word) => tryUpdate({ [rule.field]: word }));
        }),
      ]
    : [];
  const actions = resource.actions.flatMap((action): readonly Progress[] => {
    const body = sampleActionBody(resource, action);
    const outcome = simulateAction(world, resource, action, id, body);
    const act: Act = { kind: 'action', target, action, body };
    return outcome.ok ? [{ world: outcome.world, steps: [...steps, { label, resource, act, body }] }] : [];
  });
  return [...updates, ...actions];
};

/** Brings a record to the wanted values in at most three requests. */
const reach = (
  start: Progress,
  resource: ResourceDesign,
  label: string,
  id: string,
  wanted: Values,
): Progress | undefined => {
  let frontier: readonly Progress[] = [start];
  const isDone = ({ world }: Progress): boolean => {
    const record = recordAt(world, resource.name, id);
    return Object.entries(wanted).every(([name, value]) => isReached(value, record?.[name] ?? null));
  };
  for (let depth = 0; depth <= 3; depth += 1) {
    const done = frontier.find(isDone);
    if (done) return done;
    frontier = frontier.flatMap((progress) => movesFrom(progress, resource, label, id, wanted)).slice(0, 40);
  }
  return undefined;
};

const isSendable = (resource: ResourceDesign, name: string, value: unknown): boolean => {
  const rule = resource.transitions.find((transition) => transition.field === name);
  const isStart = !rule || rule.initial.length === 0 || rule.initial.includes(String(value));
  return findField(resource, name)?.isWritable === true && isStart;
};

/** A body with unset optional fields left out, as a person would send it. */
const withoutNulls = (slots: Slots): Slots =>
  Object.fromEntries(Object.entries(slots).filter(([, slot]) => slot !== null));

/** Plays the plan by requests only. When a record cannot be brought to its state, the outcome is a refusal with status 0. */
export const playByRequests = (plan: Plan, assignment: Assignment): RequestPlay => {
  const scenario = chooseScenario(plan, assignment);
  const { act, givens } = scenario;
  const ids = new Map<string, string>();
  let progress: Progress = { world: emptyWorld(plan.design, plan.now), steps: [] };
  const give = (outcome: Outcome): RequestPlay => ({
    scenario,
    before: progress.world,
    ids,
    outcome,
    steps: progress.steps,
    body: fullBody(plan, act, givens.length + 1),
  });
  if (givens.length > 12) return give(unreachable);
  for (const [index, given] of givens.entries()) {
    const resource = plan.design.resource(given.resource);
    if (!resource.resource.operations.includes('create')) return give(unreachable);
    const sent = Object.entries(given.values).filter(([name, slot]) => isSendable(resource, name, slot));
    const body = withoutNulls({ ...sampleBody(resource, index + 1, plan.samples), ...Object.fromEntries(sent) });
    const outcome = simulateCreate(progress.world, resource, resolveSlots(body, ids));
    if (!outcome.ok) return give(unreachable);
    ids.set(given.label, outcome.record.id);
    const create: Act = { kind: 'create', body };
    progress = {
      world: outcome.world,
      steps: [...progress.steps, { label: given.label, resource, act: create, body }],
    };
    const wanted = resolveSlots(
      Object.fromEntries(Object.entries(given.values).filter(([name, slot]) => !isSendable(resource, name, slot))),
      ids,
    );
    const reached = reach(progress, resource, given.label, outcome.record.id, wanted);
    if (!reached) return give(unreachable);
    progress = reached;
  }
  const body = resolveSlots(fullBody(plan, act, givens.length + 1), ids);
  return give(perform(progress.world, plan.resource, act, ids, body));
};

/**
 * Looks for a situation that reaches a goal. What stands in the way says what to vary: a rule that refuses, or the
 * rule that ought to refuse and does not yet. Attempts that came closer are followed first.
 */
import type { ForbidRule } from '../design.ts';
import { conjuncts } from '../expression/aggregate.ts';
import { evaluate } from '../simulation/evaluate.ts';
import { recordAt } from '../simulation/world.ts';
import type { Assignment, Play } from './build.ts';
import type { Knob, Plan } from './plan.ts';
import type { Slot } from './scenario.ts';

export interface Found<Played extends Play = Play> {
  readonly assignment: Assignment;
  readonly play: Played;
}

export interface Quest<Played extends Play> {
  readonly plan: Plan;
  readonly play: (plan: Plan, assignment: Assignment) => Played;
  readonly isReached: (play: Played, assignment: Assignment) => boolean;
  /** The rule that ought to refuse; without one, the request ought to be accepted. */
  readonly rule?: ForbidRule;
  readonly start?: Assignment;
  /** How many situations are tried at most. */
  readonly budget: number;
}

interface Candidate<Played extends Play> extends Found<Played> {
  readonly score: number;
}

const rank = (slot: Slot | undefined): number | undefined => {
  if (typeof slot === 'number') return slot;
  const time = typeof slot === 'string' ? Date.parse(slot) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
};

/** Candidates close to the present value come first, so that a pair of tests stands on both sides of a bound. */
const nearest = (knob: Knob, present: Slot | undefined): readonly Slot[] => {
  const start = rank(present);
  if (start === undefined) return knob.candidates;
  const distance = (slot: Slot): number => Math.abs((rank(slot) ?? Infinity) - start);
  return [...knob.candidates].sort((left, right) => distance(left) - distance(right));
};

const keyOf = (knob: Knob): string => `${knob.place}.${knob.field}`;

/** How many parts of the rule's condition hold. */
const closeness = (plan: Plan, play: Play, rule: ForbidRule): number => {
  const { outcome, before } = play;
  const record = outcome.ok ? outcome.record : outcome.attempted;
  if (!record) return 0;
  const { resource } = plan;
  const subjects = { record: { resource, record }, previous: { resource, record: recordAt(before, resource.name, record.id) } };
  return conjuncts(rule.when).filter((part) => evaluate(part, { world: before, ...subjects }) === true).length;
};

/** Being refused by something further down the line is closer to being accepted. */
const progress = (plan: Plan, play: Play): number => {
  if (play.outcome.ok) return 1000;
  const { cause } = play.outcome;
  if (cause.kind !== 'rule') return cause.kind === 'bounds' ? 900 : 0;
  return 10 + [...plan.knobsOf.keys()].indexOf(cause.rule);
};

const scoreOf = <Played extends Play>(quest: Quest<Played>, play: Played): number =>
  quest.rule ? closeness(quest.plan, play, quest.rule) * 2000 + progress(quest.plan, play) % 1000 : progress(quest.plan, play);

/** The knobs that what stands in the way depends on. */
const blockingKnobs = <Played extends Play>(quest: Quest<Played>, play: Played): readonly Knob[] => {
  const { plan, rule } = quest;
  const keys = new Set<string>();
  const add = (key: object): void => {
    for (const knob of plan.knobsOf.get(key) ?? []) keys.add(knob);
  };
  const cause = play.outcome.ok ? undefined : play.outcome.cause;
  if (rule && closeness(plan, play, rule) < conjuncts(rule.when).length) add(rule);
  if (cause?.kind === 'rule' && cause.rule !== rule) add(cause.rule);
  const knobs = [...plan.knobs.values()];
  return keys.size === 0 ? knobs : knobs.filter((knob) => keys.has(keyOf(knob)));
};

/** Finds a situation that reaches the goal, few changes away from the start. */
export const search = <Played extends Play>(quest: Quest<Played>): Found<Played> | undefined => {
  const { plan, start = new Map() } = quest;
  let remaining = quest.budget;
  const attempt = (assignment: Assignment): Candidate<Played> => {
    remaining -= 1;
    const play = quest.play(plan, assignment);
    return { assignment, play, score: scoreOf(quest, play) };
  };
  const first = attempt(start);
  if (quest.isReached(first.play, start)) return first;
  const queue: Candidate<Played>[] = [first];
  while (queue.length > 0 && remaining > 0) {
    const current = queue.shift();
    if (!current) break;
    for (const knob of blockingKnobs(quest, current.play)) {
      for (const slot of nearest(knob, current.assignment.get(keyOf(knob)))) {
        if (remaining <= 0) return undefined;
        const next = attempt(new Map(current.assignment).set(keyOf(knob), slot));
        if (quest.isReached(next.play, next.assignment)) return next;
        if (next.score > current.score) queue.push(next);
      }
    }
    queue.sort((left, right) => right.score - left.score);
    queue.length = Math.min(queue.length, 40);
  }
  return undefined;
};

/** Finds a situation by trying each knob alone, and then two together. */
export const vary = <Played extends Play>(
  { plan, play }: Pick<Quest<Played>, 'plan' | 'play'>,
  isReached: (play: Played) => boolean,
  start: Assignment,
  budget = 150,
): Found<Played> | undefined => {
  const knobs = [...plan.knobs.values()];
  let remaining = budget;
  const visit = (assignment: Assignment, from: number, depth: number): Found<Played> | undefined => {
    for (const [index, knob] of knobs.entries()) {
      if (index < from) continue;
      for (const slot of nearest(knob, assignment.get(keyOf(knob)))) {
        if (remaining <= 0) return undefined;
        const next = new Map(assignment).set(keyOf(knob), slot);
        if (depth > 1) {
          const found = visit(next, index + 1, depth - 1);
          if (found) return found;
          continue;
        }
        remaining -= 1;
        const played = play(plan, next);
        if (isReached(played)) return { assignment: next, play: played };
      }
    }
    return undefined;
  };
  return visit(start, 0, 1) ?? visit(start, 0, 2);
};

/** Looks for values under which a goal is reached: first the defaults, then one change, two, and three. */
import type { Assignment, Play } from './build.ts';
import type { Knob, Plan } from './plan.ts';
import type { Slot } from './scenario.ts';

export interface Found {
  readonly assignment: Assignment;
  readonly play: Play;
}

type PlayPlan = (plan: Plan, assignment: Assignment) => Play;
type Goal = (play: Play) => boolean;

interface Attempt {
  readonly try: (assignment: Assignment) => Found | undefined;
  readonly isExhausted: () => boolean;
}

const createAttempt = (plan: Plan, play: PlayPlan, goal: Goal, budget: number): Attempt => {
  let remaining = budget;
  return {
    try: (assignment) => {
      if (remaining <= 0) return undefined;
      remaining -= 1;
      const played = play(plan, assignment);
      return goal(played) ? { assignment, play: played } : undefined;
    },
    isExhausted: () => remaining <= 0,
  };
};

const keyOf = (knob: Knob): string => `${knob.place}.${knob.field}`;

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

const searchDeep = (
  attempt: Attempt,
  knobs: readonly Knob[],
  assignment: Assignment,
  depth: number,
  from = 0,
): Found | undefined => {
  for (let index = from; index < knobs.length; index += 1) {
    const knob = knobs[index];
    if (!knob) continue;
    for (const candidate of nearest(knob, assignment.get(keyOf(knob)))) {
      const next = new Map(assignment).set(keyOf(knob), candidate);
      const found = depth === 1 ? attempt.try(next) : searchDeep(attempt, knobs, next, depth - 1, index + 1);
      if (found) return found;
      if (attempt.isExhausted()) return undefined;
    }
  }
  return undefined;
};

/** Finds values that reach the goal, as few away from `start` as possible. */
export const search = (
  plan: Plan,
  play: PlayPlan,
  goal: Goal,
  start: Assignment = new Map(),
  budget = 900,
): Found | undefined => {
  const attempt = createAttempt(plan, play, goal, budget);
  const knobs = [...plan.knobs.values()].sort((left, right) => left.candidates.length - right.candidates.length);
  const atOnce = attempt.try(start);
  if (atOnce) return atOnce;
  for (const depth of [1, 2, 3]) {
    if (depth > knobs.length) break;
    const found = searchDeep(attempt, knobs, start, depth);
    if (found) return found;
  }
  return undefined;
};

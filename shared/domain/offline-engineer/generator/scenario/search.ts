/**
 * Looks for a situation that reaches a goal. What stands in the way says what to vary: a rule that refuses, or the
 * rule that ought to refuse and does not yet. Attempts that came closer are followed first.
 */
import type { Expression } from '../../app-model.ts';
import { conjuncts } from '../expression/aggregate.ts';
import { evaluate } from '../simulation/evaluate.ts';
import type { Situation } from '../simulation/evaluate.ts';
import { recordAt } from '../simulation/world.ts';
import type { Value } from '../simulation/world.ts';
import type { Assignment, Play } from './build.ts';
import { countField } from './plan.ts';
import type { Knob, Plan } from './plan.ts';
import type { Slot } from './scenario.ts';

export interface Found<Played extends Play = Play> {
  readonly assignment: Assignment;
  readonly play: Played;
}

/** A refusal or an effect: what follows when a condition holds. */
export interface ConditionalRule {
  readonly when?: Expression;
}

const conditionsOf = (rule: ConditionalRule): readonly Expression[] => conjuncts(rule.when);

interface Quest<Played extends Play> {
  readonly plan: Plan;
  readonly play: (plan: Plan, assignment: Assignment) => Played;
  readonly isReached: (play: Played, assignment: Assignment) => boolean;
  /** The rule whose condition ought to hold; without one, the request ought only to be accepted. */
  readonly rule?: ConditionalRule;
  readonly start?: Assignment;
  /** How many situations are tried at most. */
  readonly budget: number;
}

interface Candidate<Played extends Play> extends Found<Played> {
  readonly score: number;
  /** How often in a row a step brought no progress. */
  readonly exchanges: number;
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

const distanceBetween = (left: Value, right: Value): number => {
  const [first, second] = [rank(left), rank(right)];
  return first === undefined || second === undefined ? Infinity : Math.abs(first - second);
};

/** 1 when a condition holds; otherwise the more, the closer the two sides of a comparison are to each other. */
const fulfilment = (part: Expression, situation: Situation): number => {
  if (evaluate(part, situation) === true) return 1;
  if (part.kind !== 'binary' || part.operator === 'and' || part.operator === 'or') return 0;
  return 0.9 / (1 + distanceBetween(evaluate(part.left, situation), evaluate(part.right, situation)));
};

/** How much of the rule's condition holds. */
const closeness = (plan: Plan, play: Play, rule: ConditionalRule): number => {
  const { outcome, before } = play;
  const record = outcome.ok ? outcome.record : outcome.attempted;
  if (!record) return 0;
  const { resource } = plan;
  const subjects = {
    record: { resource, record },
    previous: { resource, record: recordAt(before, resource.name, record.id) },
  };
  const situation = { world: before, ...subjects };
  return conditionsOf(rule).reduce((sum, part) => sum + fulfilment(part, situation), 0);
};

/** Being refused by something further down the line is closer to being accepted. */
const progress = (plan: Plan, play: Play): number => {
  if (play.outcome.ok) return 1000;
  const { cause } = play.outcome;
  if (cause.kind !== 'rule') return cause.kind === 'bounds' ? 900 : 0;
  return 10 + [...plan.knobsOf.keys()].indexOf(cause.rule);
};

/** A rule that ought to refuse has come closer when more of its condition holds, and then when less stands before it. */
const scoreOf = <Played extends Play>({ plan, rule }: Quest<Played>, play: Played): number => {
  if (!rule) return progress(plan, play);
  const close = closeness(plan, play, rule);
  const isComplete = close === conditionsOf(rule).length;
  return 2000 * close + (isComplete && !play.outcome.ok ? progress(plan, play) : 0);
};

/** The knobs that what stands in the way depends on. */
const blockingKnobs = <Played extends Play>(quest: Quest<Played>, play: Played): readonly Knob[] => {
  const { plan, rule } = quest;
  const keys = new Set<string>();
  const add = (key: object): void => {
    for (const knob of plan.knobsOf.get(key) ?? []) keys.add(knob);
  };
  const cause = play.outcome.ok ? undefined : play.outcome.cause;
  if (rule && closeness(plan, play, rule) < conditionsOf(rule).length) add(rule);
  if (cause?.kind === 'rule' && cause.rule !== rule) add(cause.rule);
  if (cause?.kind === 'unique') add(plan.resource.resource.unique);
  const knobs = [...plan.knobs.values()];
  return keys.size === 0 ? knobs : knobs.filter((knob) => keys.has(keyOf(knob)));
};

/** Where a rule counts records, it is worth starting with one of them in place. */
const seedsOf = <Played extends Play>({ plan, rule, start = new Map() }: Quest<Played>): readonly Assignment[] => {
  const keys = rule ? (plan.knobsOf.get(rule) ?? new Set()) : new Set<string>();
  return [...keys].flatMap((key) => {
    if (!key.endsWith(`.${countField}`)) return [];
    const numbers = (plan.knobs.get(key)?.candidates ?? []).filter((candidate) => typeof candidate === 'number');
    return [1, ...numbers.filter((number) => number > 3)].map((count) => new Map(start).set(key, count));
  });
};

/** Finds a situation that reaches the goal, few changes away from the start. */
export const search = <Played extends Play>(quest: Quest<Played>): Found<Played> | undefined => {
  const { plan, start = new Map() } = quest;
  const allowance = { remaining: quest.budget };
  const attempt = (assignment: Assignment): Candidate<Played> => {
    const play = quest.play(plan, assignment);
    allowance.remaining -= 1 + play.scenario.givens.length / 4;
    return { assignment, play, score: scoreOf(quest, play), exchanges: 0 };
  };
  const first = attempt(start);
  if (quest.isReached(first.play, start)) return first;
  const queue: Candidate<Played>[] = [first];
  for (const seed of seedsOf(quest)) {
    const candidate = attempt(seed);
    if (quest.isReached(candidate.play, seed)) return candidate;
    queue.push(candidate);
  }
  while (queue.length > 0 && allowance.remaining > 0) {
    const current = queue.shift();
    if (!current) break;
    for (const knob of blockingKnobs(quest, current.play)) {
      for (const slot of nearest(knob, current.assignment.get(keyOf(knob)))) {
        if (allowance.remaining <= 0) return undefined;
        const next = attempt(new Map(current.assignment).set(keyOf(knob), slot));
        if (quest.isReached(next.play, next.assignment)) return next;
        // Exchanging one fulfilled part of a condition for another can be the way on.
        const isExchange = quest.rule !== undefined && next.score === current.score && next.score > 0;
        if (next.score > current.score || (isExchange && current.exchanges < 1)) {
          queue.push({ ...next, exchanges: isExchange ? current.exchanges + 1 : 0 });
        }
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

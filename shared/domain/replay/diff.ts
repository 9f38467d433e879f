/**
 * Compares two runs by structure: which tasks there were, what was done in each attempt, what was measured, and which
 * files came of it. Agents that work at the same time may take turns in another order; that is no difference.
 */
import { shownPair } from './divergence.ts';
import { outlineOf, type Outline, type OutlineAttempt } from './outline.ts';
import type { RunExport } from './run-export.ts';

export interface StepDifference {
  readonly taskKey: string;
  readonly role: string;
  readonly attempt: number;
  /** Counted from 1; absent when the whole attempt is only in one. */
  readonly step?: number;
  readonly what: string;
  readonly left?: string;
  readonly right?: string;
  /** The first thing before it that the agent saw differently. */
  readonly seenBefore?: { readonly step: number; readonly left: string; readonly right: string };
}

export interface RunDifference {
  readonly equal: boolean;
  /** The earliest by the left run's clock. */
  readonly first?: StepDifference;
  readonly attempts: readonly StepDifference[];
  readonly tasks: readonly {
    readonly key: string;
    readonly what: string;
    readonly left?: string;
    readonly right?: string;
  }[];
  readonly outcome?: { readonly left: string; readonly right: string };
  readonly measurements: { readonly onlyLeft: readonly string[]; readonly onlyRight: readonly string[] };
  readonly tokens: { readonly left: number; readonly right: number };
  readonly files: readonly { readonly path: string; readonly status: 'only left' | 'only right' | 'differs' }[];
}

const pair = (left: string, right: string): { readonly left: string; readonly right: string } => {
  const [shownLeft, shownRight] = shownPair(left, right);
  return { left: shownLeft, right: shownRight };
};

const keyOf = ({ taskKey, role, attempt }: OutlineAttempt): string => JSON.stringify([taskKey, role, attempt]);

/** Attempts under one key, in time; a task that was begun anew after a crash has more than one. */
const group = (attempts: readonly OutlineAttempt[]): ReadonlyMap<string, readonly OutlineAttempt[]> =>
  Map.groupBy(attempts, keyOf);

const firstSeen = (
  left: OutlineAttempt,
  right: OutlineAttempt,
  before: number,
): StepDifference['seenBefore'] | undefined => {
  for (let index = 0; index < before; index += 1) {
    const [one, other] = [left.steps[index]?.seen ?? '', right.steps[index]?.seen ?? ''];
    if (one !== other) return { step: index + 1, ...pair(one, other) };
  }
  return undefined;
};

const compareAttempt = (left: OutlineAttempt, right: OutlineAttempt): StepDifference | undefined => {
  const { taskKey, role, attempt } = left;
  const length = Math.max(left.steps.length, right.steps.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [left.steps[index], right.steps[index]];
    if (one?.kind === other?.kind && one?.done === other?.done) continue;
    const seenBefore = firstSeen(left, right, index);
    return {
      taskKey,
      role,
      attempt,
      step: index + 1,
      what: one === undefined || other === undefined ? 'One goes on where the other ends.' : 'Something else was done.',
      ...pair(
        one === undefined ? 'nothing' : `${one.kind}: ${one.done}`,
        other === undefined ? 'nothing' : `${other.kind}: ${other.done}`,
      ),
      ...(seenBefore === undefined ? {} : { seenBefore }),
    };
  }
  return undefined;
};

const onlyIn = (side: 'left' | 'right', { taskKey, role, attempt }: OutlineAttempt): StepDifference => ({
  taskKey,
  role,
  attempt,
  what: `The attempt is only in the ${side} run.`,
});

const compareAttempts = (left: Outline, right: Outline): readonly StepDifference[] => {
  const others = group(right.attempts);
  const found: { readonly at: number; readonly difference: StepDifference }[] = [];
  const mine = group(left.attempts);
  for (const [key, attempts] of mine) {
    const matching = others.get(key) ?? [];
    for (const [index, attempt] of attempts.entries()) {
      const other = matching[index];
      const difference = other === undefined ? onlyIn('left', attempt) : compareAttempt(attempt, other);
      if (difference !== undefined) found.push({ at: attempt.startedAt, difference });
    }
  }
  const last = left.attempts.at(-1)?.startedAt ?? 0;
  for (const [key, attempts] of others) {
    for (const attempt of attempts.slice(mine.get(key)?.length ?? 0))
      found.push({ at: last + 1, difference: onlyIn('right', attempt) });
  }
  return found.toSorted((one, other) => one.at - other.at).map(({ difference }) => difference);
};

const compareTasks = (left: Outline, right: Outline): RunDifference['tasks'] =>
  [...new Set([...left.tasks.keys(), ...right.tasks.keys()])].flatMap((key) => {
    const [one, other] = [left.tasks.get(key), right.tasks.get(key)];
    if (one === other) return [];
    if (one === undefined || other === undefined)
      return [{ key, what: `The task is only in the ${one === undefined ? 'right' : 'left'} run.` }];
    return [{ key, what: 'The task differs.', ...pair(one, other) }];
  });

const compareFiles = (left: Outline, right: Outline): RunDifference['files'] =>
  [...new Set([...left.files.keys(), ...right.files.keys()])].toSorted().flatMap((path): RunDifference['files'] => {
    const [one, other] = [left.files.get(path), right.files.get(path)];
    if (one === other) return [];
    return [{ path, status: other === undefined ? 'only left' : one === undefined ? 'only right' : 'differs' }];
  });

/**
 * When the other run was made as a copy of this one: what this one had done by then is history of both, and only this
 * one's agents have it in their logs.
 */
const copiedAt = (run: RunExport, other: RunExport): number => {
  const first = other.events[0]?.event;
  if (first?.type !== 'project.forked' || first.from !== run.header.projectId) return Number.NEGATIVE_INFINITY;
  return run.events[first.sequence - 1]?.recordedAt ?? Number.NEGATIVE_INFINITY;
};

const withoutHistory = (run: RunExport, other: RunExport, otherOutline: Outline): Outline => {
  const outline = outlineOf(run);
  const until = copiedAt(run, other);
  const known = new Set(otherOutline.attempts.map(keyOf));
  return {
    ...outline,
    attempts: outline.attempts.filter((attempt) => attempt.startedAt > until || known.has(keyOf(attempt))),
  };
};

/** Everything in which two runs differ, apart from ids, commits, times and tokens. */
export const diffRuns = (leftRun: RunExport, rightRun: RunExport): RunDifference => {
  const left = withoutHistory(leftRun, rightRun, outlineOf(rightRun));
  const right = withoutHistory(rightRun, leftRun, left);
  const attempts = compareAttempts(left, right);
  const tasks = compareTasks(left, right);
  const files = compareFiles(left, right);
  const end = ({ status, stage, revision }: Outline): string => `${status} in stage ${stage}, revision ${revision}`;
  const measurements = {
    onlyLeft: left.measurements.filter((one) => !right.measurements.includes(one)),
    onlyRight: right.measurements.filter((one) => !left.measurements.includes(one)),
  };
  const sameEnd = end(left) === end(right);
  const measuredAlike = measurements.onlyLeft.length + measurements.onlyRight.length === 0;
  const first = attempts[0];
  return {
    equal: attempts.length + tasks.length + files.length === 0 && sameEnd && measuredAlike,
    ...(first === undefined ? {} : { first }),
    attempts,
    tasks,
    ...(sameEnd ? {} : { outcome: { left: end(left), right: end(right) } }),
    measurements,
    tokens: { left: left.tokens, right: right.tokens },
    files,
  };
};

/**
 * Which checks prove which acceptance criterion. A criterion stands in the specification as a scenario, or in a task as
 * a sentence; a check proves it when it is that scenario, or when its name says the criterion's id or sentence.
 */
import type { SpecifiedBehaviour } from './scenario.ts';
import { bareText, slugOf, uniqueNames } from './words.ts';

export const checkKinds = ['scenario', 'http', 'test'] as const;

/** One check as it was last run. Made by the platform, never by an agent. */
export interface CheckRecord {
  /** Unique among all; a test's begins with `test:`, that of an agent's HTTP check with `http:`. */
  readonly checkId: string;
  readonly kind: (typeof checkKinds)[number];
  /** What the check says it shows. */
  readonly name: string;
  readonly criterionId?: string;
  readonly passed: boolean;
  readonly commit: string;
  /** Where it was run; absent for tests. */
  readonly slot?: 'preview' | 'staging' | 'production';
  /** What was asked and answered, or why it failed. */
  readonly evidence: string;
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
}

/** The part of a task that says what it has to achieve. */
export interface TaskWithCriteria {
  readonly taskId: string;
  readonly key: string;
  readonly acceptanceCriteria: readonly string[];
}

export const criterionOutcomes = ['proven', 'failed', 'stale', 'unproven'] as const;

/** `stale`: its checks were run on other commits only. `unproven`: no check names it. */
export type CriterionOutcome = (typeof criterionOutcomes)[number];

export interface Criterion {
  readonly criterionId: string;
  readonly text: string;
  readonly source: 'specification' | 'task';
  /** One-based line of the specification. */
  readonly line?: number;
  /** Why the platform cannot try the scenario itself. */
  readonly unreadable?: string;
  readonly tasks: readonly { readonly taskId: string; readonly key: string }[];
}

export interface JudgedCriterion extends Criterion {
  readonly outcome: CriterionOutcome;
  readonly checks: readonly CheckRecord[];
  /** What would prove it; absent when it is proven. */
  readonly wanted?: string;
}

/** Shorter sentences are too common to be found inside of others. */
const shortestContained = 12;

const names = (said: string, text: string): boolean =>
  said === text || (text.length >= shortestContained && ` ${said} `.includes(` ${text} `));

/** All criteria, those of the specification first; the same sentence in two tasks is one criterion. */
export const listCriteria = (
  behaviour: SpecifiedBehaviour,
  tasks: readonly TaskWithCriteria[],
): readonly Criterion[] => {
  const sentences = tasks.flatMap(({ taskId, key, acceptanceCriteria }) =>
    acceptanceCriteria.map((text) => ({ text, bare: bareText(text), task: { taskId, key } })),
  );
  const taken = new Set<number>();
  const unique = uniqueNames();
  const specified = behaviour.criteria.map(({ criterionId, title, line, unreadable }): Criterion => {
    const bareId = bareText(criterionId);
    const bareTitle = bareText(title);
    const found = new Map<string, Criterion['tasks'][number]>();
    for (const [index, { bare, task }] of sentences.entries()) {
      if (bare !== bareTitle && !names(bare, bareTitle) && !` ${bare} `.includes(` ${bareId} `)) continue;
      taken.add(index);
      found.set(task.taskId, task);
    }
    unique(criterionId);
    return {
      criterionId,
      text: title,
      source: 'specification',
      line,
      ...(unreadable === undefined ? {} : { unreadable }),
      tasks: [...found.values()],
    };
  });
  const rest = sentences.filter((_, index) => !taken.has(index));
  const ofTasks = [...Map.groupBy(rest, ({ bare }) => bare).values()].flatMap((same): readonly Criterion[] => {
    const [first] = same;
    if (first === undefined || first.bare === '') return [];
    const tasksOf = new Map(same.map(({ task }) => [task.taskId, task]));
    return [
      { criterionId: unique(slugOf(first.text)), text: first.text, source: 'task', tasks: [...tasksOf.values()] },
    ];
  });
  return [...specified, ...ofTasks];
};

/** True when the name of a check says that it shows the criterion. */
export const isNamed = ({ criterionId, text }: Pick<Criterion, 'criterionId' | 'text'>, bareName: string): boolean =>
  names(bareName, bareText(text)) || (/\d/.test(criterionId) && ` ${bareName} `.includes(` ${bareText(criterionId)} `));

const outcomeOf = (checks: readonly CheckRecord[], commit: string | undefined): CriterionOutcome => {
  if (checks.length === 0) return 'unproven';
  const present = checks.filter((check) => check.commit === commit);
  if (present.length === 0) return 'stale';
  return present.every(({ passed }) => passed) ? 'proven' : 'failed';
};

const wantedOf = ({ source, unreadable }: Criterion, outcome: CriterionOutcome): string | undefined => {
  switch (outcome) {
    case 'proven':
      return undefined;
    case 'failed':
      return 'Every check that names it has to pass on this commit.';
    case 'stale':
      return 'Run its checks on this commit: deploy it to the preview and check there.';
    case 'unproven':
      return source === 'specification' && unreadable === undefined
        ? 'Deploy to the preview and check there: the scenario is run then.'
        : `A test or a check whose name says the sentence or the id.${unreadable === undefined ? '' : ` The scenario cannot be run: ${unreadable}.`}`;
  }
};

/** Each criterion with its checks, and what follows from those that were run on the commit. */
export const judgeCriteria = (
  criteria: readonly Criterion[],
  checks: readonly CheckRecord[],
  commit: string | undefined,
): readonly JudgedCriterion[] => {
  const bare = checks.map((check) => ({ check, name: bareText(check.name) }));
  return criteria.map((criterion): JudgedCriterion => {
    const own = bare
      .filter(({ check, name }) =>
        check.criterionId === undefined ? isNamed(criterion, name) : check.criterionId === criterion.criterionId,
      )
      .map(({ check }) => check);
    const outcome = outcomeOf(own, commit);
    const wanted = wantedOf(criterion, outcome);
    return { ...criterion, outcome, checks: own, ...(wanted === undefined ? {} : { wanted }) };
  });
};

export interface CriteriaCounts {
  readonly total: number;
  readonly proven: number;
  readonly failed: number;
  /** Stale ones count here: nothing proves them on this commit. */
  readonly unproven: number;
  /** Of those, the ones of the specification. */
  readonly specifiedUnproven: number;
}

export const countCriteria = (criteria: readonly Pick<JudgedCriterion, 'outcome' | 'source'>[]): CriteriaCounts => {
  const open = criteria.filter(({ outcome }) => outcome === 'unproven' || outcome === 'stale');
  return {
    total: criteria.length,
    proven: criteria.filter(({ outcome }) => outcome === 'proven').length,
    failed: criteria.filter(({ outcome }) => outcome === 'failed').length,
    unproven: open.length,
    specifiedUnproven: open.filter(({ source }) => source === 'specification').length,
  };
};

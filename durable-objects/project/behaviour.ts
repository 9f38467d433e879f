/** The project’s desk for acceptance criteria: what they are, which checks prove them, and what gates hear of it. */
import { decideFigures } from '../../shared/domain/project/decide-quality.ts';
import { tasksOf, type ProjectState } from '../../shared/domain/project/state.ts';
import {
  countCriteria,
  isNamed,
  judgeCriteria,
  listCriteria,
  type CheckRecord,
  type JudgedCriterion,
} from '../../shared/domain/quality/behaviour/criteria.ts';
import { readBehaviour } from '../../shared/domain/quality/behaviour/read-criteria.ts';
import type { SpecifiedBehaviour } from '../../shared/domain/quality/behaviour/scenario.ts';
import { bareText } from '../../shared/domain/quality/behaviour/words.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { CriteriaQuery, CriteriaView, CriterionView } from '../../shared/rpc/behaviour.ts';
import type { TestReport } from '../../shared/rpc/sandbox.ts';
import type { Storage } from '../platform/index.ts';
import { CriterionChecks, type CheckScope } from './criterion-checks.ts';
import type { Engine } from './engine.ts';
import type { ProjectStore } from './store.ts';

const mostOnPage = 500;
const mostChecksShown = 20;
/** More tests than this that name a criterion are not kept. */
const mostTests = 2_000;
const longestEvidence = 500;

export interface BehaviourParts {
  readonly storage: Storage;
  readonly engine: Engine;
  readonly store: ProjectStore;
  readonly now: () => number;
}

/** What was run where, and what came of it. */
export interface ChecksRun {
  readonly scope: CheckScope;
  readonly commit: string;
  readonly records: readonly CheckRecord[];
  /** Leaves the checks of other kinds in that scope as they are. */
  readonly only?: CheckRecord['kind'];
}

export class BehaviourDesk {
  readonly #parts: BehaviourParts;
  readonly #checks: CriterionChecks;
  /** A specification never changes, and reading it is the same each time. */
  #behaviour: SpecifiedBehaviour | undefined;

  constructor(parts: BehaviourParts) {
    this.#parts = parts;
    this.#checks = new CriterionChecks(parts.storage);
  }

  /** The criteria of the specification with their scenarios. */
  specified(): SpecifiedBehaviour {
    const specification = this.#parts.store.specification();
    if (specification === undefined) return { criteria: [], scenarios: [], faults: [] };
    this.#behaviour ??= readBehaviour(specification.content);
    return this.#behaviour;
  }

  view({ after, limit, outcome }: CriteriaQuery): Result<CriteriaView> {
    const { state } = this.#parts.engine;
    if (state.identity === undefined) return err({ type: 'resource.not_found', detail: 'There is no such project.' });
    const all = this.judged();
    const wanted = all.filter((each) => outcome === undefined || each.outcome === outcome);
    const start = after === undefined ? 0 : wanted.findIndex(({ criterionId }) => criterionId === after) + 1;
    const page = wanted.slice(start, start + Math.min(limit, mostOnPage));
    const last = page.at(-1);
    return ok({
      ...(state.commit === undefined ? {} : { commit: state.commit }),
      counts: countCriteria(all),
      criteria: page.map(shortened),
      ...(last === undefined || start + page.length >= wanted.length ? {} : { next: last.criterionId }),
      faults: this.specified().faults,
    });
  }

  /** All criteria as they stand on a commit, the head of main unless told. */
  judged(commit = this.#parts.engine.state.commit): readonly JudgedCriterion[] {
    return judgeCriteria(this.#criteria(this.#parts.engine.state), this.#checks.all(), commit);
  }

  /** The tests of a run that name a criterion, as checks. */
  checksOfTests(commit: string, report: TestReport): ChecksRun {
    const criteria = this.#criteria(this.#parts.engine.state);
    const checkedAt = this.#parts.now();
    const named = report.tests.filter(({ status, name }) => {
      if (status !== 'passed' && status !== 'failed') return false;
      const bare = bareText(name);
      return criteria.some((criterion) => isNamed(criterion, bare));
    });
    const records = named.slice(0, mostTests).map(({ file, name, status, failure, assertions }): CheckRecord => ({
      checkId: `test:${file} > ${name}`,
      kind: 'test',
      name,
      // A test that passed without an assertion has shown nothing.
      passed: status === 'passed' && assertions !== 0,
      commit,
      evidence: (failure?.message ?? (assertions === 0 ? 'passed without an assertion' : `passed in ${file}`)).slice(
        0,
        longestEvidence,
      ),
      checkedAt,
    }));
    return { scope: 'tests', commit, records };
  }

  /** Keeps what was run and answers what gates are judged by. Inside a transaction. */
  keep({ scope, commit, records, only }: ChecksRun): readonly ProjectEvent[] {
    this.#checks.replace(scope, records, only);
    const { proven, failed, unproven, specifiedUnproven, total } = countCriteria(this.judged(commit));
    return decideFigures(this.#parts.engine.state, {
      kind: 'criteria',
      commit,
      figures: { proven, failed, unproven, specifiedUnproven },
      summary: `${proven} of ${total} criteria proven, ${failed} failed, ${unproven} without proof (${specifiedUnproven} of the specification)`,
    });
  }

  #criteria(state: ProjectState): ReturnType<typeof listCriteria> {
    const tasks = tasksOf(state)
      .filter(({ status, subject }) => status !== 'cancelled' && subject === undefined)
      .map(({ taskId, task: { key, acceptanceCriteria } }) => ({ taskId, key, acceptanceCriteria }));
    return listCriteria(this.specified(), tasks);
  }
}

const shortened = (criterion: JudgedCriterion): CriterionView => ({
  ...criterion,
  checksTotal: criterion.checks.length,
  checks: [...criterion.checks].sort((a, b) => Number(a.passed) - Number(b.passed)).slice(0, mostChecksShown),
});

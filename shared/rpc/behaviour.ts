/** Acceptance criteria of a project with what proves them, as its object offers it over Workers RPC. */
import type { CriteriaCounts, CriterionOutcome, JudgedCriterion } from '../domain/quality/behaviour/criteria.ts';
import type { CriteriaFault } from '../domain/quality/behaviour/scenario.ts';
import type { Result } from '../errors/result.ts';
import type { ProjectGenerationRpc } from './generation.ts';
import type { ReleaseCommand } from './project.ts';
import type { Slot } from './sandbox.ts';

export interface CriterionView extends JudgedCriterion {
  /** How many checks name it; `checks` holds at most 20, those that failed first. */
  readonly checksTotal: number;
}

export interface CriteriaView {
  /** What the outcomes are about: the head of main. Absent while there is none. */
  readonly commit?: string;
  /** Of all criteria, whatever the page shows. */
  readonly counts: CriteriaCounts;
  readonly criteria: readonly CriterionView[];
  /** Pass it as `after` for what comes next; absent on the last page. */
  readonly next?: string;
  /** Blocks of the specification that are no Gherkin. */
  readonly faults: readonly CriteriaFault[];
}

export interface CriteriaQuery {
  /** The id of the last criterion of the page before. */
  readonly after?: string;
  /** At most 500. */
  readonly limit: number;
  readonly outcome?: CriterionOutcome;
}

export interface ProjectBehaviourRpc extends ProjectGenerationRpc {
  criteria(query: CriteriaQuery): Promise<Result<CriteriaView>>;
  /**
   * Runs the scenarios of the specification against a slot, each on emptied data, and keeps the results. Refused while a
   * release is under way, whose own checks use the slot.
   */
  verifyCriteria(command: ReleaseCommand & { readonly slot: Slot }): Promise<Result<CriteriaView>>;
}

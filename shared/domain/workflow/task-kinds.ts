/** What each kind of task is: the stage it belongs to, whether it writes code, who looks at the result. Data, so that a workflow can be changed without changing the engine. */
import type { Stage, TaskKind } from '../../protocol/stages.ts';

export interface TaskKindRules {
  readonly stage: Stage;
  /** Works on a branch of its own that is merged when accepted. */
  readonly writes: boolean;
  /** A reviewer must approve before the merge. */
  readonly reviewed: boolean;
  /** May stand in a plan that an agent hands in; the rest are made by the workflow itself. */
  readonly plannable: boolean;
}

export const taskKinds: Readonly<Record<TaskKind, TaskKindRules>> = {
  plan: { stage: 'planning', writes: false, reviewed: false, plannable: false },
  analyse: { stage: 'analysis', writes: false, reviewed: false, plannable: false },
  design: { stage: 'design', writes: true, reviewed: false, plannable: true },
  vote: { stage: 'design', writes: false, reviewed: false, plannable: false },
  implement: { stage: 'implementation', writes: true, reviewed: true, plannable: true },
  review: { stage: 'implementation', writes: false, reviewed: false, plannable: false },
  test: { stage: 'testing', writes: true, reviewed: true, plannable: true },
  judge: { stage: 'validation', writes: false, reviewed: false, plannable: false },
  settle: { stage: 'implementation', writes: false, reviewed: false, plannable: false },
  /** Advice for a colleague who is stuck; made in whatever stage that colleague works. */
  assist: { stage: 'implementation', writes: false, reviewed: false, plannable: false },
  deploy: { stage: 'deployment', writes: false, reviewed: false, plannable: false },
};

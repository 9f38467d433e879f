/** What a project hands to an agent, and what the agent hands back. */
import type { ConnectedTool } from '../../protocol/connected-tools.ts';
import type { Gate, Measurement, PlannedTask, TestCounts } from '../../protocol/project-events.ts';
import type { ToolGrant } from '../../protocol/tool-settings.ts';
import type { RoleName, Stage } from '../../protocol/stages.ts';
import type { SettleDecision } from '../effect/doubt.ts';
import type { HelpSource, Stuck } from '../../protocol/stuck.ts';
import type { Exhaustion } from '../budget/exhaustion.ts';
import type { TaskId } from '../ids.ts';

export interface TaskAssignment {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly fencingToken: number;
  readonly leaseMs: number;
  /** The model to work with, when another than the agent’s own. */
  readonly model?: string;
  /** The branch the agent works on; reviewers and readers get the branch they are to look at. */
  readonly branch: string;
  readonly writes: boolean;
  readonly task: PlannedTask;
  readonly context: {
    readonly projectName: string;
    readonly specificationPath: string;
    readonly stage: Stage;
    readonly revision: number;
    readonly team: readonly RoleName[];
    /** Comments on the attempt before. */
    readonly comments: readonly string[];
    /** What a review or a vote is about. */
    readonly subject?: {
      readonly key: string;
      readonly title: string;
      readonly description: string;
      readonly acceptanceCriteria: readonly string[];
      readonly paths: readonly string[];
      readonly summary: string;
    };
    /** What the last validation measured; for the judge and for revisions. */
    readonly measurements: readonly Measurement[];
    readonly gates: readonly Gate[];
    readonly plannedKeys: readonly string[];
    /** The project's own tools for this kind of task. */
    readonly tools?: readonly ConnectedTool[];
    /** The project's rules about tools, as they were when the task was handed out. */
    readonly grants?: readonly ToolGrant[];
    /** Added to the system prompt; a fork may bring them. */
    readonly instructions?: string;
  };
}

export interface UnclearSentence {
  readonly sentence: string;
  readonly reason: string;
}

/** How a run ended. */
export type Outcome =
  | { readonly type: 'planned'; readonly summary: string; readonly tasks: readonly PlannedTask[] }
  | {
      readonly type: 'analysed';
      readonly summary: string;
      readonly findings: readonly string[];
      /** Repairs, in a revision. */
      readonly tasks: readonly PlannedTask[];
    }
  | { readonly type: 'completed'; readonly summary: string; readonly commit: string | null }
  | { readonly type: 'voted'; readonly vote: 'approve' | 'reject'; readonly reason: string }
  | { readonly type: 'reviewed'; readonly verdict: 'approve' | 'reject'; readonly comments: readonly string[] }
  /** What to do differently, or that the helper does not know. */
  | { readonly type: 'advised'; readonly helpful: boolean; readonly advice: string }
  | { readonly type: 'judged'; readonly verdict: 'pass' | 'fail'; readonly reasons: readonly string[] }
  /** The project manager's answer about an effect in doubt. */
  | {
      readonly type: 'settled';
      readonly decision: SettleDecision | 'ask_person';
      readonly result?: string;
      readonly reason: string;
    }
  | { readonly type: 'blocked'; readonly sentences: readonly UnclearSentence[] }
  | {
      readonly type: 'failed';
      readonly reason: string;
      /** The limit of the run or the agent that ended it. */
      readonly exhaustion?: Exhaustion;
    };

/** The content of a `task.stuck` message: the run waits until it is helped. */
export interface StuckReport extends Stuck {
  readonly taskId: TaskId;
  readonly fencingToken: number;
  /** The end of the conversation. */
  readonly excerpt: string;
}

/** The content of a `task.help` message: what the run goes on with. */
export interface TaskHelp {
  readonly taskId: TaskId;
  readonly fencingToken: number;
  readonly source: HelpSource;
  readonly text: string;
  readonly model?: string;
}

/** The content of a `task.report` message. */
export interface TaskReport {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly fencingToken: number;
  readonly outcome: Outcome;
  readonly tests?: TestCounts;
}

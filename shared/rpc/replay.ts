/** What objects offer for debugging by replay: their logs with the journals, hashes of past states, and forks. */
import type { AgentEvent } from '../domain/agent/events.ts';
import type { AgentId, ProjectId, RunId, TaskId, WorkspaceId } from '../domain/ids.ts';
import type { Result } from '../errors/result.ts';
import type { ConnectedTool } from '../protocol/connected-tools.ts';
import type { ForkChange, PlannedTask, ProjectTerms } from '../protocol/project-events.ts';
import type { RoleName } from '../protocol/stages.ts';
import type { ProjectView } from './project.ts';
import type { FileChange } from './repository.ts';

/** SHA-256 of an object's state right after an event of its log. */
export interface StateHash {
  readonly sequence: number;
  readonly hash: string;
}

/** A step of an object's journal. Times in milliseconds since the epoch. */
export interface JournalEntry {
  readonly key: string;
  readonly effectClass: string;
  readonly status: string;
  readonly attempt: number;
  /** The result as it was kept; absent until the step is done. */
  readonly value?: unknown;
  readonly message?: string;
  readonly startedAt: number;
  readonly settledAt?: number;
}

/** A point of an agent's run, as the agent's log has it. */
export interface RunPoint {
  readonly runId: RunId;
  readonly taskId: TaskId;
  readonly fencingToken: number;
  readonly step: number;
  /** Sequence of the step's event in the agent's log. */
  readonly sequence: number;
  /** When the run was started, and when the step was recorded. */
  readonly startedAt: number;
  readonly recordedAt: number;
}

/** A moment of a project from which another may go on. */
export interface ForkPoint {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly name: string;
  readonly format: 'markdown' | 'openapi';
  readonly specificationPath: string;
  readonly model: string;
  readonly roles: readonly RoleName[];
  readonly maxRevisions: number;
  readonly maxAttempts: number;
  /** Head of `main` as the project knew it. */
  readonly commit: string;
  readonly tools?: readonly ConnectedTool[];
  readonly inDoubt?: 'person' | 'project_manager';
  readonly workflowVersion?: number;
  /** How long it waits, and what it does when work is stuck: the same as the original. */
  readonly terms: ProjectTerms;
  /** What a fork before this one had changed. */
  readonly changes: readonly ForkChange[];
  /** Branches of tasks that have not ended; `commit` where the work had been handed in. */
  readonly branches: readonly { readonly branch: string; readonly commit?: string }[];
  /** The task of the run that is to go on, when one was asked for. */
  readonly held?: {
    readonly taskId: TaskId;
    readonly agentId: AgentId;
    readonly branch: string;
    readonly task: PlannedTask;
    /** Who worked on the task until then, oldest first. */
    readonly holders: readonly AgentId[];
  };
}

export interface ForkProject {
  readonly commandId: string;
  readonly workspaceId: WorkspaceId;
  /** The new project. */
  readonly projectId: ProjectId;
  readonly from: ProjectId;
  /** A sequence of the project's log, or a step of an agent's run; absent: the project as it is now. */
  readonly at?: { readonly sequence: number } | { readonly runId: RunId; readonly step: number };
  readonly name?: string;
  readonly model?: string;
  readonly instructions?: string;
  /** Whom model and instructions are for; absent: the whole team. */
  readonly role?: RoleName;
  readonly code?: readonly FileChange[];
  /** Whether the project's own tools that act on the outside go along; without it only those that change nothing do. */
  readonly keepTools?: boolean;
}

export interface ProjectReplayRpc {
  /** The hash of the state at a sequence. */
  stateHash(query: { readonly sequence: number }): Promise<Result<StateHash>>;
  /** What a fork at a moment needs to know; refused where nothing could go on. */
  forkPoint(query: { readonly sequence?: number; readonly run?: RunPoint }): Promise<Result<ForkPoint>>;
  /** Makes this project a copy of another one of the workspace, as it was then; the copy is made in the background. */
  fork(command: ForkProject): Promise<Result<ProjectView>>;
}

/** A run that goes on in a fork: its events so far and their journal, under the fork's own ids. */
export interface AdoptRun {
  readonly commandId: string;
  readonly runId: RunId;
  readonly events: readonly { readonly recordedAt: number; readonly event: AgentEvent }[];
  readonly journal: readonly JournalEntry[];
}

export interface AgentReplayRpc {
  stateHash(query: { readonly sequence: number }): Promise<Result<StateHash>>;
  /** Steps of the journal in the order of their keys, after a key. */
  journalEntries(query: { readonly after: string; readonly limit: number }): Promise<Result<readonly JournalEntry[]>>;
  /** Where a step of a run stands; `resource.not_found` when the run is not this agent's. */
  runPoint(query: { readonly runId: RunId; readonly step: number }): Promise<Result<RunPoint>>;
  /** Takes over a run and goes on with it; only an agent that was enrolled and has done nothing yet. */
  adoptRun(command: AdoptRun): Promise<Result<{ readonly adopted: true }>>;
}

/** A git object as the repository keeps it: `deflated` is the zlib stream of its content. */
export interface PackedGitObject {
  readonly oid: string;
  readonly kind: 'commit' | 'tree' | 'blob' | 'tag';
  readonly sizeBytes: number;
  readonly deflated: Uint8Array;
}

export interface RepositoryReplayRpc {
  /** The heads of the branches at a time, as the repository's log has it; `main` is never behind `main`. */
  headsAt(query: {
    readonly at: number;
    readonly main: string;
  }): Promise<Result<readonly { readonly branch: string; readonly head: string }[]>>;
  /** Every object that the commits need, each after those it names, in pages of about 4 MB. */
  exportObjects(query: { readonly heads: readonly string[]; readonly after: number }): Promise<
    Result<{
      readonly objects: readonly PackedGitObject[];
      /** Pass it as `after`; absent on the last page. */
      readonly next?: number;
    }>
  >;
  /** Adds objects to a repository that was not created yet. Repeating it changes nothing. */
  importObjects(command: { readonly objects: readonly PackedGitObject[] }): Promise<Result<{ readonly added: number }>>;
  /** Creates the repository on imported commits. */
  importBranches(command: {
    readonly commandId: string;
    readonly name: string;
    readonly branches: readonly { readonly branch: string; readonly head: string }[];
  }): Promise<Result<{ readonly branches: number }>>;
}

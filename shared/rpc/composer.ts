/**
 * What the Composer of a workspace offers over Workers RPC. A composition is a service made of members, described by a
 * manifest (`shared/schemas/composition.ts`). The Composer brings it up, changes it, heals it and takes it down; requests to
 * it do not pass here, but find their way by what the registry was told.
 */
import type { MemberChange, RouteChange, Step } from '../domain/composer/plan.ts';
import type { Failure } from '../domain/composer/state.ts';
import type { Topology } from '../domain/composer/topology.ts';
import type { Result } from '../errors/result.ts';
import type { CompositionEvent, MemberState, OperationKind, OperationOutcome } from '../protocol/composition-events.ts';
import type { EventsQuery } from './events-query.ts';

/** Whoever changes compositions: an API key of the workspace, or an agent of a project. */
export interface ComposerActor {
  /** The id of the key or the agent, for the log. */
  readonly actor: string;
  /** `workspace`, or `project:<id>`: a project's agents change only what they composed. */
  readonly owner: string;
}

interface ComposeCommand extends ComposerActor {
  readonly commandId: string;
  /** YAML or JSON, at most 256 KB. */
  readonly manifest: string;
  /** Outside services may be reached that the operator does not name; public ones only. */
  readonly mayAllowOrigins: boolean;
}

interface NamedCommand extends ComposerActor {
  readonly commandId: string;
  readonly name: string;
}

/** What `compose` would do. */
export interface PlanView {
  readonly name: string;
  readonly version: string;
  /** False: it is up as the manifest says already. */
  readonly isChange: boolean;
  readonly members: readonly MemberChange[];
  readonly routes: readonly RouteChange[];
  /** For people, in order. */
  readonly steps: readonly string[];
}

export type CompositionStatus =
  | 'starting'
  | 'up'
  | 'upgrading'
  | 'healing'
  | 'undoing'
  | 'stopping'
  /** Nothing is up; `lastFailure` says why. */
  | 'failed'
  /** It could not be brought to an end; `lastFailure` says where. */
  | 'incomplete';

export interface OperationView {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly direction: 'forward' | 'back';
  readonly done: number;
  readonly steps: readonly { readonly text: string; readonly type: Step['type']; readonly member?: string }[];
  readonly failure?: Failure;
}

export interface CompositionSummary {
  readonly name: string;
  readonly status: CompositionStatus;
  readonly version?: string;
  /** What is up: counts from 1 with each manifest, 0 while nothing is. */
  readonly revision: number;
  readonly owner: string;
  readonly members: number;
  readonly healthy: number;
  readonly updatedAt: number;
}

export interface CompositionView extends CompositionSummary {
  readonly title?: string;
  readonly parts: readonly {
    readonly member: string;
    readonly kind: MemberChange['kind'];
    /** `unknown`: nobody has looked at it since it was brought up. */
    readonly health: MemberState['health'] | 'unknown';
    readonly detail?: string;
  }[];
  readonly routes: readonly { readonly path: string; readonly member: string }[];
  /** Where it takes requests: with a key, and, when it is public, from everybody. None while nothing is up. */
  readonly addresses: readonly string[];
  readonly operation?: OperationView;
  readonly lastFailure?: Failure;
  readonly lastOperation?: { readonly kind: OperationKind; readonly outcome: OperationOutcome; readonly at: number };
  readonly createdAt: number;
}

export interface ComposedAnswer {
  readonly plan: PlanView;
  readonly composition: CompositionView;
}

export interface ComposerRpc {
  /** Checks the manifest and says what would be done. `request.invalid` with every field at fault. */
  plan(query: ComposerActor & { readonly manifest: string }): Promise<Result<PlanView>>;
  /**
   * Begins to bring the composition up, or to what the manifest says now; nothing is begun when it is so already.
   * `state.conflict` while another operation runs on it, `resource.conflict` beyond the quota or when its name is
   * somebody else's.
   */
  compose(command: ComposeCommand): Promise<Result<ComposedAnswer>>;
  /** Looks at every member and sets up anew what is gone. */
  heal(command: NamedCommand): Promise<Result<CompositionView>>;
  /**
   * Takes everything down, with what its services hold; also in the middle of another operation. Refused while another
   * composition has it as a member.
   */
  tearDown(command: NamedCommand): Promise<Result<CompositionView>>;
  get(query: { readonly name: string }): Promise<Result<CompositionView>>;
  /** By name. */
  list(query: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<Result<{ readonly compositions: readonly CompositionSummary[]; readonly next?: string }>>;
  topology(query: { readonly name: string }): Promise<Result<Topology>>;
  /** The text of the manifest that is up, or is being brought up. */
  manifest(query: { readonly name: string }): Promise<Result<{ readonly manifest: string; readonly revision: number }>>;
  events(
    query: EventsQuery,
  ): Promise<
    Result<readonly { readonly sequence: number; readonly recordedAt: number; readonly event: CompositionEvent }[]>
  >;
}

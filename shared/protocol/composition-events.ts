/** What happens to the compositions of a workspace, as the Composer's log has it. */
import type { Step } from '../domain/composer/plan.ts';

export type OperationKind = 'up' | 'heal' | 'down';

/** How an operation ended. `incomplete`: something could not be undone or taken out; `down` takes out what is left. */
export type OperationOutcome = 'done' | 'undone' | 'incomplete';

type MemberHealth = 'healthy' | 'failing' | 'lost';

export interface MemberState {
  readonly health: MemberHealth;
  /** What was seen, unless it is healthy. */
  readonly detail?: string;
}

interface OfOperation {
  readonly name: string;
  readonly operationId: string;
}

export type CompositionEvent =
  | (OfOperation & {
      readonly type: 'composition.operation_started';
      readonly kind: OperationKind;
      /** `workspace`, or `project:<id>` for what its agents compose. */
      readonly owner: string;
      readonly actor: string;
      /** The revision that is to be up, for `up`. */
      readonly revision?: number;
      readonly steps: readonly Step[];
      /** Whoever asked may let outside services be reached that the operator does not name. */
      readonly mayAllowOrigins: boolean;
    })
  | (OfOperation & { readonly type: 'composition.step_done'; readonly step: number })
  | (OfOperation & {
      readonly type: 'composition.step_failed';
      readonly step: number;
      readonly reason: string;
      /** It is tried again; otherwise the operation turns back, or ends as `incomplete` where it cannot. */
      readonly isRetried: boolean;
    })
  | (OfOperation & { readonly type: 'composition.step_undone'; readonly step: number })
  | (OfOperation & { readonly type: 'composition.operation_ended'; readonly outcome: OperationOutcome })
  | {
      readonly type: 'composition.health_changed';
      readonly name: string;
      readonly members: Readonly<Record<string, MemberState>>;
    };

export const compositionEventTypes: Readonly<Record<CompositionEvent['type'], true>> = {
  'composition.operation_started': true,
  'composition.step_done': true,
  'composition.step_failed': true,
  'composition.step_undone': true,
  'composition.operation_ended': true,
  'composition.health_changed': true,
};

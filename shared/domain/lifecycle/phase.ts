/**
 * The life of a managed object as a state machine.
 *
 * `created` → `initializing` → `active` ⇄ `idle` → `deactivating` → `inactive` → `active`; `failed` from everywhere but
 * `created`, and back once the cause is gone.
 */

export const lifecyclePhases = [
  /** Addressed, never loaded. */
  'created',
  /** Its tables are made, `initialize` runs. */
  'initializing',
  /** Has something to do. */
  'active',
  /** Has nothing to do; the runtime may take it out of memory. */
  'idle',
  /** Ends what runs and takes nothing new. */
  'deactivating',
  /** Sleeps without timers until a command comes. */
  'inactive',
  /** This code cannot work on it; nothing of it is touched. */
  'failed',
] as const;

export type LifecyclePhase = (typeof lifecyclePhases)[number];

export type LifecycleSignal =
  | 'load'
  | 'initialized'
  | 'work_came'
  | 'work_ended'
  | 'deactivate'
  | 'drained'
  | 'revive'
  | 'fail'
  | 'recover';

const transitions: Readonly<Record<LifecyclePhase, Partial<Readonly<Record<LifecycleSignal, LifecyclePhase>>>>> = {
  created: { load: 'initializing' },
  initializing: { initialized: 'idle', fail: 'failed' },
  idle: { work_came: 'active', deactivate: 'deactivating', fail: 'failed' },
  active: { work_ended: 'idle', deactivate: 'deactivating', fail: 'failed' },
  deactivating: { drained: 'inactive', revive: 'active', fail: 'failed' },
  inactive: { work_came: 'active', revive: 'active', fail: 'failed' },
  failed: { recover: 'idle' },
};

/** The phase after a signal; undefined where the signal means nothing, which changes nothing. */
export const nextPhase = (phase: LifecyclePhase, signal: LifecycleSignal): LifecyclePhase | undefined =>
  transitions[phase][signal];

/** Whether commands are taken: an inactive object revives for one. */
export const takesCommands = (phase: LifecyclePhase): boolean =>
  phase === 'active' || phase === 'idle' || phase === 'inactive';

/** Whether timers fire. */
export const runsTimers = (phase: LifecyclePhase): boolean => phase === 'active' || phase === 'idle';

/** What is seen of an object from inside. */
export interface Observation {
  readonly initialized: boolean;
  /** This code cannot read its log. */
  readonly unreadable: boolean;
  /** What was written down: an order to stop, or that it has stopped. */
  readonly kept?: 'deactivating' | 'inactive';
  readonly working: boolean;
}

/** The phase that an observation shows. */
export const phaseOf = ({ initialized, unreadable, kept, working }: Observation): LifecyclePhase => {
  if (unreadable) return 'failed';
  if (!initialized) return 'initializing';
  if (kept !== undefined) return kept;
  return working ? 'active' : 'idle';
};

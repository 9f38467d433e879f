/**
 * Going back to an earlier state without rewriting the log: an event that says what becomes of the state. It carries the
 * change itself, so that replaying it needs neither the events before it nor a snapshot.
 */
import { applyPatch, type JsonPatch } from './json-patch.ts';

export interface StateRestored {
  readonly type: 'state.restored';
  /** The version whose state this one is. */
  readonly version: number;
  /** From the state right before this event to the restored one. */
  readonly patch: JsonPatch;
  /** For people; absent when nobody gave one. */
  readonly reason?: string;
  /** Who did it: `person:<key>` or `platform`. */
  readonly by: string;
}

export const stateRestoredType = 'state.restored';

/** The state after it. @throws Error when the patch does not fit, which a log that is whole never shows. */
export const evolveRestored = <State>(state: State, { patch, version }: StateRestored): State => {
  const restored = applyPatch(state, patch);
  if (!restored.ok) throw new Error(`The restore to version ${version} does not fit the state: no ${restored.error}.`);
  // SAFETY: the patch was made from this state to an earlier one of the same type, and was tried before it was kept.
  return restored.value as State;
};

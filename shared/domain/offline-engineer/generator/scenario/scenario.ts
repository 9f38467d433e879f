/** A scenario: the records that are there, and the one request that is then made. */
import type { ActionEndpoint } from '../design.ts';
import type { Value } from '../simulation/world.ts';

/** A value, or the id of a record that is given under a label. */
export type Slot = Value | { readonly given: string };
export type Slots = Readonly<Record<string, Slot>>;

export interface Given {
  /** Its variable in tests: `book`, `otherBook`. */
  readonly label: string;
  readonly resource: string;
  /** What differs from the sample. */
  readonly values: Slots;
}

export type Act =
  | { readonly kind: 'create'; readonly body: Slots }
  | { readonly kind: 'update'; readonly target: string; readonly body: Slots }
  | { readonly kind: 'delete'; readonly target: string }
  | { readonly kind: 'action'; readonly target: string; readonly action: ActionEndpoint; readonly body: Slots };

export interface Scenario {
  readonly givens: readonly Given[];
  readonly act: Act;
}

/** Whether a slot names a given record. */
export const isGivenSlot = (slot: Slot | undefined): slot is { readonly given: string } =>
  typeof slot === 'object' && slot !== null && 'given' in slot;

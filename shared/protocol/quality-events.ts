/** What persons decide about the gates of a project and its earlier states, and figures that gates are judged by. */
import type { StateRestored } from '../domain/state/restored.ts';
import type { Figures, GatePolicy, Waiver } from '../domain/quality/judge/gate.ts';

export type QualityEvent =
  | { readonly type: 'gates.configured'; readonly gates: readonly GatePolicy[]; readonly by: string }
  | { readonly type: 'waiver.granted'; readonly waiver: Waiver }
  | { readonly type: 'waiver.revoked'; readonly waiverId: string; readonly by: string }
  /** The project is as it was at an earlier version; only over events that reached nothing outside. */
  | StateRestored
  /** Figures of a kind that has no measurement of its own in this log. */
  | { readonly type: 'figures.recorded'; readonly figures: Figures };

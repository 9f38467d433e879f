/** How work can be stuck, and what is tried against it: the names that events, views and clients share. */
import type { QuestionId, TaskId } from '../domain/ids.ts';
import type { RoleName } from './stages.ts';

/**
 * `repeated_call`: the same call with the same result, over and over. `no_progress`: steps that bring nothing new.
 * `repair_loop`: the same failure after every repair. `ping_pong`: work or messages going back and forth between two.
 * `context_overflow`: the conversation is longer than the model can read.
 */
export const stuckKinds = ['repeated_call', 'no_progress', 'repair_loop', 'ping_pong', 'context_overflow'] as const;

export type StuckKind = (typeof stuckKinds)[number];

/** What was seen, and the lines that show it. */
export interface Stuck {
  readonly kind: StuckKind;
  readonly evidence: readonly string[];
}

/** One way out. `none`: every way was tried. */
export type Remedy =
  | { readonly type: 'compaction' }
  | { readonly type: 'colleague'; readonly role: RoleName; readonly taskId: TaskId }
  | { readonly type: 'model'; readonly model: string }
  | { readonly type: 'person'; readonly questionId: QuestionId }
  | { readonly type: 'none' };

export type HelpSource = Exclude<Remedy['type'], 'none'>;

import type { AppError } from './result.ts';

/** Events were asked for that are no longer kept; `oldest` is the first that is. The same over pages and streams. */
export const composeCursorGone = (oldest: number): AppError => ({
  type: 'cursor.gone',
  detail: `The events asked for are no longer kept; the oldest is ${oldest}. Go on after ${oldest - 1}.`,
  issues: [{ field: 'query.after', reason: `is behind the oldest event that is kept, ${oldest}` }],
  oldestSequence: oldest,
});

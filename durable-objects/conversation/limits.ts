/** How much a conversation may hold, and how what is beyond that is refused. */
import { err, type Result } from '../../shared/errors/result.ts';

/** What a model is to be sent, and what one call between Workers can carry, in UTF-16 units. */
export const maxLineCharacters = 12 * 1_048_576;
/** Of all branches together, and of all items. */
export const maxCharacters = 256 * 1_048_576;
export const maxResponses = 10_000;
export const maxItems = 10_000;

/** @param field of the request that asked for it. */
export const tooLarge = (field: string, reason: string): Result<never> =>
  err({
    type: 'request.too_large',
    detail: `The conversation ${reason}. Start a new one with the part of it that matters.`,
    issues: [{ field, reason }],
  });

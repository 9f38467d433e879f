/** What one workspace may compose. */

/** Compositions at once, those that failed among them. */
export const maxCompositions = 50;

/** Events kept in the log; older ones are dropped once there are twice as many, and readers are told. */
export const compositionEventsKept = 5_000;

/**
 * When work counts as stuck: all bounds in one place. Each is above what honest work was seen to need, because a false
 * alarm costs a colleague's time, and far below what a run may use up in all.
 */
export const stuckThresholds = {
  /** Once more after a doubt is natural, twice may be a retry; nothing here answers differently the fourth time. */
  repeatedCalls: 4,
  /** Reading a large project takes many steps, but each shows something new; fifteen that show nothing are a circle. */
  stepsWithoutNews: 15,
  /** The first failure and three repairs that did not change one line of it. */
  sameFailures: 4,
  /** Work handed in twice and sent back with the same words: the first comment did not help, a third would not either. */
  sameReturns: 2,
  /** Who gives up with the same words has tried nothing in between; only a project that allows many attempts sees this. */
  sameGivingUps: 3,
  /** A reviewer who finds something new for the fourth time and an author do not agree on what is wanted. */
  reviewReturns: 4,
  /** Five notes each way without anything handed in. */
  messageTurns: 10,
  /** Kept free for the answer and the tools' definitions when a conversation is measured against a model's context. */
  reservedTokens: 40_000,
} as const;

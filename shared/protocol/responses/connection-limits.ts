/** What one connection of the Responses API is served at most. */
export const connectionLimits = {
  /** As OpenAI has it. */
  lifeMs: 3_600_000,
  /** The runtime bounds what one connection may ask of objects and providers in all. */
  turns: 200,
  /** Requests that have not been answered to their end. */
  waiting: 32,
  /** Lanes that are answered side by side. */
  lanes: 8,
} as const;

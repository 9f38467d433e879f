/** How long the gateway waits for each part of the platform, in milliseconds. */
export const deadlines = {
  directoryMs: 5_000,
  objectMs: 15_000,
  healthMs: 1_500,
  appMs: 30_000,
  gitMs: 120_000,
} as const;

/** Thrown by `withDeadline`; known by its name, because classes do not survive every border. */
class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** The promise's outcome, or a rejection with `DeadlineExceeded` after `timeoutMs`; what comes later is dropped. */
export const withDeadline = async <Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new DeadlineExceeded(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

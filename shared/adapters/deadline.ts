/** Waiting for work for so long and no longer. */

/** The work did not end in its time. Known by its name where it crosses RPC, because classes do not. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/**
 * What the work resolves to, unless it takes longer. The work itself goes on; nobody listens to its end.
 * @throws DeadlineExceeded with the message, after `timeoutMs`
 */
export const withDeadline = async <Value>(
  work: Promise<Value>,
  timeoutMs: number,
  message = `no answer within ${timeoutMs} ms`,
): Promise<Value> => {
  const late = Promise.withResolvers<never>();
  const timeout = setTimeout(() => late.reject(new DeadlineExceeded(message)), timeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timeout);
  }
};

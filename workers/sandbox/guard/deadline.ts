/** Waits for work that may never end. */

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** The work's own outcome, or a rejection with `DeadlineExceeded` after the time; what the work does later is ignored. */
export async function withinDeadline<Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(`Not finished after ${String(timeoutMs)} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

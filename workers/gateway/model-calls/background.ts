import type { AppContext } from '../app-environment.ts';

/** Lets work go on after the request was answered, up to the runtime's 30 s. The work must not reject. */
export type Background = (work: Promise<void>) => void;

/** The background of a request. */
export const backgroundOf = (context: AppContext): Background => {
  // Hono throws where there is no execution context; then nothing ends the work, and nobody has to keep it.
  let wait: (work: Promise<void>) => void = () => undefined;
  try {
    const { executionCtx } = context;
    wait = (work) => executionCtx.waitUntil(work);
  } catch {
    return (work) => void work;
  }
  return wait;
};

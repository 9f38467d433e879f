import type { AppContext } from './app-environment.ts';

/**
 * Sets headers of the answer in place. Hono's own way makes a whole new answer for each of them; only one that came from
 * elsewhere, whose headers cannot be changed, is made anew here, and once.
 */
export const setAnswerHeaders = (context: AppContext, headers: Readonly<Record<string, string>>): void => {
  const setAll = (): void => {
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  };
  try {
    setAll();
  } catch {
    // The first one was refused: the headers are immutable.
    context.res = new Response(context.res.body, context.res);
    setAll();
  }
};

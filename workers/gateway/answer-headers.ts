import type { AppContext } from './app-environment.ts';

export type Header = readonly [name: string, value: string];

/**
 * Sets headers of the answer in place. Hono's own way makes a whole new answer for each of them; only one that came from
 * elsewhere, whose headers cannot be changed, is made anew here, and once.
 */
export const setAnswerHeaders = (context: AppContext, headers: readonly Header[]): void => {
  const setAll = (answer: Headers): void => {
    for (const [name, value] of headers) answer.set(name, value);
  };
  try {
    setAll(context.res.headers);
  } catch {
    // The first one was refused: the headers are immutable.
    context.res = new Response(context.res.body, context.res);
    setAll(context.res.headers);
  }
};

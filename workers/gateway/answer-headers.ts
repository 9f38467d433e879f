/** Headers of answers: those that every answer has, and how they get onto one. */
import type { AppContext } from './app-environment.ts';
import { speaksAnthropic } from './errors/anthropic-error.ts';
import { isOpenAiPath } from './errors/openai-error.ts';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** Nothing may be loaded, framed or sniffed, unless the page says otherwise with a policy of its own. */
const pageHeaders: AnswerHeaders = {
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * What every answer to the request has, whatever it says. Deployed apps answer under `/apps/` with headers of their own.
 * Answers under `/v1` are none that a browser shows: they come only to requests with a key in a header.
 */
export const commonHeaders = (context: AppContext): AnswerHeaders => {
  const { path, url } = context.req;
  const requestId = context.get('requestId');
  const headers: Record<string, string> = { 'x-request-id': requestId, ...context.get('callHeaders') };
  if (speaksAnthropic(context)) headers['request-id'] = requestId;
  if (path.startsWith('/apps/')) return headers;
  headers['x-content-type-options'] = 'nosniff';
  if (url.startsWith('https:')) headers['strict-transport-security'] = 'max-age=31536000; includeSubDomains';
  return isOpenAiPath(path) ? headers : Object.assign(headers, pageHeaders);
};

/**
 * Sets headers of the answer in place. Hono's own way makes a whole new answer for each of them; only one that came from
 * elsewhere, whose headers cannot be changed, is made anew here, and once.
 */
export const setAnswerHeaders = (context: AppContext, headers: AnswerHeaders): void => {
  const setAll = (answer: Headers): void => {
    for (const [name, value] of Object.entries(headers)) answer.set(name, value);
  };
  try {
    setAll(context.res.headers);
  } catch {
    // The first one was refused: the headers are immutable.
    context.res = new Response(context.res.body, context.res);
    setAll(context.res.headers);
  }
};

/**
 * An answer that is made with all of its headers at once: to set them one by one on an answer that is there costs each
 * call of a model more than the answer itself. `headers` are hidden by those that every answer has.
 */
export const dressedAnswer = (
  context: AppContext,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
  headers: AnswerHeaders,
): Response => {
  const answer = new Response(body, { headers: { ...headers, ...commonHeaders(context) } });
  context.set('dressed', answer);
  return answer;
};

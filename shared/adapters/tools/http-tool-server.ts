/**
 * A project's own tools over HTTP. Only addresses on the operator's list are called, redirects are not followed, an
 * answer is read up to a bound, and every outcome says whether the effect happened, did not, or may have.
 */
import type { ToolLookup, ToolServer, ToolServerAnswer, ToolServerCall } from '../../ports/tool-server.ts';
import { readBoundedText } from './bounded-text.ts';
import { refuseToolUrl } from './origins.ts';

/** Most of an answer that is read, in bytes. */
export const maxAnswerBytes = 200_000;

/** What is shown of an answer that is no result. */
const excerptLength = 2_000;

export interface HttpToolServerOptions {
  readonly allowedOrigins: readonly string[];
  readonly fetch?: typeof fetch;
}

interface Exchange {
  readonly status: number;
  readonly text: string;
  readonly cut: boolean;
}

const reasonOf = (thrown: unknown, timeoutMs: number): string => {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'TimeoutError' || name === 'AbortError')
    return `The server did not answer whole within ${timeoutMs} ms.`;
  return `The connection failed: ${thrown instanceof Error ? thrown.message : 'no reason given'}`;
};

const withExcerpt = (sentence: string, text: string): string =>
  text.trim() === '' ? sentence : `${sentence}\n${text.slice(0, excerptLength)}`;

/** Statuses by which a server that knows the key says that the same call is still under way. */
const underWay: ReadonlySet<number> = new Set([409, 425]);

const readAnswer = ({ status, text, cut }: Exchange, hasKey: boolean): ToolServerAnswer => {
  if (status >= 200 && status < 300) return { type: 'answered', text, cut };
  if (status >= 500) return { type: 'unknown', reason: withExcerpt(`The server answered ${status}.`, text) };
  if (status >= 400) {
    return hasKey && underWay.has(status)
      ? { type: 'unknown', reason: withExcerpt(`The server answered ${status}: the call may be under way.`, text) }
      : { type: 'refused', reason: withExcerpt(`The server refused with ${status}.`, text) };
  }
  return { type: 'unknown', reason: `The server answered ${status}; redirects are not followed.` };
};

const readFound = ({ status, text, cut }: Exchange): ToolLookup => {
  if (status === 404) return { type: 'absent' };
  if (status !== 200) return { type: 'unknown', reason: `The lookup was answered with ${status}.` };
  let answer: unknown;
  try {
    answer = cut ? undefined : JSON.parse(text);
  } catch {
    // Told below, as everything else that is no answer to the question.
    answer = undefined;
  }
  if (typeof answer !== 'object' || answer === null || !('found' in answer) || typeof answer.found !== 'boolean')
    return { type: 'unknown', reason: withExcerpt('The lookup was answered with something else than asked.', text) };
  if (!answer.found) return { type: 'absent' };
  const result: unknown = 'result' in answer ? answer.result : '';
  return { type: 'found', text: typeof result === 'string' ? result : (JSON.stringify(result) ?? '') };
};

/** The port over the runtime's `fetch`. */
export const createHttpToolServer = (options: HttpToolServerOptions): ToolServer => {
  // Not stored on an object: the runtime's own must be called without one.
  const send = options.fetch ?? fetch;

  const exchange = async (url: string, init: RequestInit, timeoutMs: number): Promise<Exchange | string> => {
    try {
      const response = await send(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
      return { status: response.status, ...(await readBoundedText(response, maxAnswerBytes)) };
    } catch (thrown) {
      return reasonOf(thrown, timeoutMs);
    }
  };

  return {
    call: async ({ url, timeoutMs, idempotencyKey, body }: ToolServerCall) => {
      const refused = refuseToolUrl(url, options.allowedOrigins);
      if (refused !== undefined) return { type: 'refused', reason: `The tool was not called: its address ${refused}.` };
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/plain;q=0.9, */*;q=0.5',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      };
      const done = await exchange(url, { method: 'POST', headers, body: JSON.stringify(body) }, timeoutMs);
      return typeof done === 'string'
        ? { type: 'unknown', reason: done }
        : readAnswer(done, idempotencyKey !== undefined);
    },
    lookUp: async ({ url, key, timeoutMs }) => {
      const refused = refuseToolUrl(url, options.allowedOrigins);
      if (refused !== undefined) return { type: 'unknown', reason: `The lookup was not made: its address ${refused}.` };
      const address = new URL(url);
      address.searchParams.set('key', key);
      const done = await exchange(address.href, { headers: { accept: 'application/json' } }, timeoutMs);
      return typeof done === 'string' ? { type: 'unknown', reason: done } : readFound(done);
    },
  };
};

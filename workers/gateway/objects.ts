/**
 * How the edge calls other parts: with a deadline, again only when the platform says that it may help, and with every
 * outcome as a `Result`. What fails here without being expected is logged once and answered without its details.
 */
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import { deadlines, withDeadline } from './deadline.ts';
import type { LogWriter } from './log.ts';

export interface AskOptions {
  readonly log: LogWriter;
  readonly requestId: string;
  /** For people: what was asked, for example `project`. */
  readonly part: string;
  readonly timeoutMs?: number;
  /** False for a call that must not be made twice. */
  readonly repeatable?: boolean;
}

const maxAttempts = 3;
const firstPauseMs = 40;

interface PlatformError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly retryable?: unknown;
  readonly overloaded?: unknown;
}

/** Messages of the runtime for a Worker or object that is gone for the moment. */
const gonePattern =
  /network connection lost|couldn't find a local dev session|not connected|durable object reset|reset because/i;

const asPlatformError = (error: unknown): PlatformError => (typeof error === 'object' && error !== null ? error : {});

const mayRetry = (error: unknown): boolean => {
  const { retryable, overloaded } = asPlatformError(error);
  return retryable === true && overloaded !== true;
};

const failureOf = (error: unknown, part: string): AppError => {
  const { name, message, overloaded, retryable } = asPlatformError(error);
  if (name === 'DeadlineExceeded') {
    return { type: 'service.timeout', detail: `The ${part} did not answer in time. Try again.` };
  }
  if (name === 'UnreadableEvent' && typeof message === 'string') return { type: 'state.unreadable', detail: message };
  if (overloaded === true || retryable === true || (typeof message === 'string' && gonePattern.test(message))) {
    return { type: 'service.unavailable', detail: `The ${part} is not available at the moment. Try again.` };
  }
  return { type: 'internal', detail: `The ${part} failed unexpectedly. The request id leads to the cause in the log.` };
};

const pause = async (attempt: number): Promise<void> => {
  const longestMs = firstPauseMs * 2 ** attempt;
  await new Promise((resolve) => setTimeout(resolve, Math.random() * longestMs));
};

/** One call that answers a plain value. `call` must take a fresh stub each time and be safe to repeat. */
export const askValue = async <Value>(call: () => Promise<Value>, options: AskOptions): Promise<Result<Value>> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return ok(await withDeadline(call(), options.timeoutMs ?? deadlines.objectMs));
    } catch (error) {
      if (options.repeatable !== false && attempt < maxAttempts && mayRetry(error)) {
        await pause(attempt);
        continue;
      }
      options.log({ level: 'error', message: `${options.part} failed`, requestId: options.requestId, error });
      return err(failureOf(error, options.part));
    }
  }
};

/** One call that answers a `Result` itself. */
export const ask = async <Value>(call: () => Promise<Result<Value>>, options: AskOptions): Promise<Result<Value>> => {
  const outcome = await askValue(call, options);
  return outcome.ok ? outcome.value : outcome;
};

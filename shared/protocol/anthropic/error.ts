/**
 * Refusals as Anthropic's API tells them (https://docs.anthropic.com/en/api/errors). The platform's refusals have one
 * form; this is the second of its renderers. It has no place for a parameter, so the message begins with its name.
 */
import type { OpenAiRefusal } from '../openai/error.ts';
import type { MessageEvent } from './answer.ts';

export interface AnthropicErrorBody {
  readonly type: 'error';
  readonly error: {
    readonly type: string;
    readonly message: string;
    /** A cause that clients act by. */
    readonly details?: { readonly error_code: string };
  };
  readonly request_id: string;
}

const typeByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Anthropic's status for a model that has too much to do is its own; clients wait and try again on it. */
export const anthropicStatusOf = ({ status, error }: OpenAiRefusal): number =>
  error.code === 'provider_overloaded' ? 529 : status;

const messageOf = ({ error: { message, param, code } }: OpenAiRefusal): string => {
  // Clients look for these words to know that they must shorten the conversation.
  if (code === 'context_length_exceeded') {
    return /prompt is too long/i.test(message) ? message : `prompt is too long: ${message}`;
  }
  return param === null || param === '' || message.includes(param) ? message : `${param}: ${message}`;
};

/**
 * No conversation is held here, so there is none to continue. By these words clients send the whole one again, which is
 * why a request to hold one may be taken.
 */
export const threadNotFound: OpenAiRefusal = {
  status: 404,
  error: {
    message: 'thread.previous_message_id: no conversation is held for this model. Send all of its messages.',
    type: 'invalid_request_error',
    param: 'thread.previous_message_id',
    code: 'thread_not_found',
  },
  shouldRetry: false,
};

/** The body of the refused answer, and of the event that ends a broken stream. */
export const toAnthropicError = (refusal: OpenAiRefusal, requestId: string): AnthropicErrorBody => {
  const status = anthropicStatusOf(refusal);
  const type = typeByStatus[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  const details =
    refusal.error.code === threadNotFound.error.code ? { details: { error_code: 'thread_not_found' } } : {};
  return { type: 'error', error: { type, message: messageOf(refusal), ...details }, request_id: requestId };
};

/** One server-sent event; its name is the type of its data. */
export const eventFrame = (data: MessageEvent | AnthropicErrorBody): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

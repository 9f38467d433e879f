/** What is said when something stored is asked for and is not there, or cannot be done. */
import type { OpenAiRefusal } from '../openai/error.ts';

const shown = (id: string): string => (id.length > 100 ? `${id.slice(0, 100)}…` : id);

const refusal = (status: number, message: string, param: string | null, code: string | null): OpenAiRefusal => ({
  status,
  error: { message, type: 'invalid_request_error', param, code },
});

/** There is no such response: unknown, of another workspace, deleted, past its time, or never stored. */
export const responseNotFound = (id: string): OpenAiRefusal =>
  refusal(404, `Response with id '${shown(id)}' not found.`, null, 'not_found');

/** The same of the response that is to be continued, with the status that OpenAI gives it. */
export const previousNotFound = (id: string): OpenAiRefusal =>
  refusal(
    400,
    `Previous response with id '${shown(id)}' not found.`,
    'previous_response_id',
    'previous_response_not_found',
  );

/** A failed answer is no part of a conversation. */
export const previousFailed: OpenAiRefusal = refusal(
  400,
  'The previous response failed and cannot be continued.',
  'previous_response_id',
  'invalid_value',
);

/** An item that is referred to and not stored. */
export const itemNotFound = (id: string, param: string): OpenAiRefusal =>
  refusal(
    404,
    `Item with id '${shown(id)}' not found. Items are not persisted when 'store' is set to false.`,
    param,
    'not_found',
  );

/** Only answers in the background can be cancelled, and there are none. */
export const cannotCancel: OpenAiRefusal = refusal(400, 'Cannot cancel a synchronous response.', null, null);

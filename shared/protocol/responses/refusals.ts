/** What is said when something stored is asked for and is not there, or cannot be done. */
import type { OpenAiRefusal } from '../openai/error.ts';
import { connectionLimits } from './connection-limits.ts';

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

/** There is no such conversation: unknown, of another workspace, or deleted. The words are OpenAI's. */
export const conversationNotFound = (id: string): OpenAiRefusal =>
  refusal(404, `Conversation with id '${shown(id)}' not found.`, null, null);

/** There is no such item in a conversation. */
export const conversationItemNotFound = (id: string, itemId: string): OpenAiRefusal =>
  refusal(404, `Item with id '${shown(itemId)}' not found in conversation '${shown(id)}'.`, null, null);

/** Each of the two says what was before. */
export const eitherConversationOrPrevious: OpenAiRefusal = refusal(
  400,
  "Mutually exclusive parameters. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
  null,
  'mutually_exclusive_parameters',
);

/** An item that the conversation has already. */
export const duplicateItem = (id: string, param: string): OpenAiRefusal =>
  refusal(
    400,
    `Duplicate item found with id ${shown(id)}. Remove duplicate items from your input and try again.`,
    param,
    'invalid_value',
  );

/** Only answers in the background can be cancelled, and there are none. */
export const cannotCancel: OpenAiRefusal = refusal(400, 'Cannot cancel a synchronous response.', null, null);

/** A connection is served for an hour, and for a number of answers. */
export const connectionUsedUp: OpenAiRefusal = refusal(
  400,
  `This connection has been open for long enough (${connectionLimits.lifeMs / 60_000} minutes, or ${connectionLimits.turns} responses). Open a new one to go on.`,
  null,
  'websocket_connection_limit_reached',
);

/** More requests, or more lanes at once, than one connection holds. */
export const tooManyWaiting: OpenAiRefusal = refusal(
  429,
  `Too many requests are waiting on this connection: at most ${connectionLimits.waiting}, in at most ${connectionLimits.lanes} lanes. Wait for an answer, or open another.`,
  'stream_id',
  'rate_limit_exceeded',
);

/** What is only for answers that are sent over a WebSocket. */
export const onlyOverSocket = (param: string): OpenAiRefusal =>
  refusal(400, `'${param}' is only for requests over a WebSocket.`, param, 'unsupported_parameter');

/** What came over a connection is no message of it. */
export const invalidMessage = (reason: string): OpenAiRefusal =>
  refusal(400, `The message ${reason}.`, null, 'invalid_value');

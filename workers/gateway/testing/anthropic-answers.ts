/** Answers of `/v1/messages` as the SDK's own types, their shape checked: what is missing does not compile or fails here. */
import type Anthropic from '@anthropic-ai/sdk';
import { expect } from 'vitest';

type Message = Anthropic.Messages.Message;
type StreamEvent = Anthropic.Messages.RawMessageStreamEvent;

interface ErrorBody {
  readonly type: 'error';
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string;
}

const checkError = (body: ErrorBody): ErrorBody['error'] => {
  expect(Object.keys(body).toSorted()).toEqual(['error', 'request_id', 'type']);
  expect(body.type).toBe('error');
  expect(Object.keys(body.error).toSorted()).toEqual(['message', 'type']);
  expect(body.error.message).not.toMatch(/test-key|sk-ant|wrong-0|node_modules|\bat .*\.ts/);
  return body.error;
};

/** A refusal, whose shape is checked. */
export const readMessageError = async (answer: Response): Promise<ErrorBody['error']> => {
  expect(answer.headers.get('content-type')).toContain('application/json');
  const id = answer.headers.get('request-id');
  expect(id).toMatch(/^req_/);
  expect(answer.headers.get('x-request-id')).toBe(id);
  const body: ErrorBody = await answer.json();
  expect(body.request_id).toBe(id);
  return checkError(body);
};

/** A whole message. */
export const readMessage = async (answer: Response): Promise<Message> => {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('request-id')).toMatch(/^req_/);
  const message: Message = await answer.json();
  expect(message).toMatchObject({ type: 'message', role: 'assistant' });
  return message;
};

export interface ReadMessageStream {
  readonly events: readonly StreamEvent[];
  readonly error: ErrorBody['error'] | undefined;
  /** `message_stop` was there. */
  readonly isDone: boolean;
  readonly text: string;
}

/** The whole stream; nothing may follow an error or the end. */
export const readMessageStream = async (answer: Response): Promise<ReadMessageStream> => {
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const events: StreamEvent[] = [];
  let error: ErrorBody['error'] | undefined;
  let text = '';
  for (const frame of (await answer.text()).split('\n\n').filter((part) => part !== '')) {
    expect(error === undefined && events.at(-1)?.type !== 'message_stop').toBe(true);
    const [, name, data = ''] = /^event: (\w+)\ndata: ([^\n]+)$/.exec(frame) ?? [];
    const event: StreamEvent | ErrorBody | { readonly type: 'ping' } = JSON.parse(data);
    expect(event.type).toBe(name);
    if (event.type === 'error') error = checkError(event);
    else if (event.type !== 'ping') events.push(event);
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  }
  return { events, error, isDone: events.at(-1)?.type === 'message_stop', text };
};

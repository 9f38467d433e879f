/** Answers of `/v1` as the SDK's own types: a field that is missing or of another type does not compile or fails here. */
import type OpenAI from 'openai';
import { expect } from 'vitest';

export type Completion = OpenAI.Chat.Completions.ChatCompletion;
export type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;

export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string | null };
}

/** A refusal, whose shape is checked. */
export const readError = async (answer: Response): Promise<ErrorBody['error']> => {
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  const body: ErrorBody = await answer.json();
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  expect(body.error.message).not.toMatch(/test-key|sk-ant|node_modules|\bat .*\.ts/);
  return body.error;
};

export interface ReadStream {
  readonly chunks: readonly Chunk[];
  readonly error: ErrorBody['error'] | undefined;
  readonly isDone: boolean;
}

/** All frames of a stream, in order; nothing may follow an error or the end. */
export const readFrames = (text: string): ReadStream => {
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  const chunks: Chunk[] = [];
  let error: ErrorBody['error'] | undefined;
  let isDone = false;
  for (const frame of frames) {
    expect(error === undefined && !isDone).toBe(true);
    expect(frame).toMatch(/^data: [^\n]+$/);
    const data = frame.slice('data: '.length);
    if (data === '[DONE]') isDone = true;
    else {
      const parsed: Chunk | ErrorBody = JSON.parse(data);
      if ('error' in parsed) error = parsed.error;
      else chunks.push(parsed);
    }
  }
  return { chunks, error, isDone };
};

/** The whole stream of an answer. */
export const readStream = async (answer: Response): Promise<ReadStream> => {
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  return readFrames(await answer.text());
};

export const textOf = ({ chunks }: ReadStream): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');

export const finishOf = ({ chunks }: ReadStream): string | undefined =>
  chunks.map(({ choices }) => choices[0]?.finish_reason ?? undefined).find((reason) => reason !== undefined);

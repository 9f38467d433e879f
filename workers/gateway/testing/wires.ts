/** The three wires of conversations, so that a test can say the same thing over each of them. */
import { expect } from 'vitest';
import { readMessage, readMessageStream } from './anthropic-answers.ts';
import { finishOf, readStream, textOf, type Completion } from './openai-answers.ts';

/** What came of an answer. `broken`: its stream ended with an error. */
interface ReadAnswer {
  readonly text: string;
  readonly end: 'finished' | 'broken';
}

interface Wire {
  /** As the log calls it. */
  readonly name: 'chat' | 'responses' | 'messages';
  readonly path: string;
  /** A request that says hello, without its model. */
  readonly body: object;
  /** A request that says these words. */
  readonly saying: (text: string) => object;
  readonly tool: object;
  readonly read: (answer: Response) => Promise<ReadAnswer>;
}

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

const isStream = (answer: Response): boolean =>
  answer.headers.get('content-type')?.includes('text/event-stream') === true;

const endOf = (isWhole: boolean, error: unknown): ReadAnswer['end'] => {
  expect(isWhole).toBe(error === undefined);
  return isWhole ? 'finished' : 'broken';
};

const chat: Wire = {
  name: 'chat',
  path: '/v1/chat/completions',
  saying: (content) => ({ messages: [{ role: 'user', content }] }),
  body: { messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 100 },
  tool: { type: 'function', function: { name: 'get_weather', parameters } },
  read: async (answer) => {
    if (isStream(answer)) {
      const stream = await readStream(answer);
      expect(finishOf(stream) === undefined).toBe(stream.error !== undefined);
      return { text: textOf(stream), end: endOf(stream.isDone, stream.error) };
    }
    const completion: Completion = await answer.json();
    return { text: completion.choices[0]?.message.content ?? '', end: 'finished' };
  },
};

interface ResponseEvent {
  readonly type: string;
  readonly delta?: string;
  readonly response?: { readonly status: string; readonly error: unknown };
}

const responses: Wire = {
  name: 'responses',
  path: '/v1/responses',
  saying: (input) => ({ input }),
  body: { input: 'Hello', max_output_tokens: 100 },
  tool: { type: 'function', name: 'get_weather', parameters },
  read: async (answer) => {
    if (isStream(answer)) {
      const frames = (await answer.text()).split('\n\n').filter((frame) => frame !== '');
      const events = frames.map((frame): ResponseEvent => JSON.parse(frame.split('\ndata: ')[1] ?? ''));
      const texts = events.map(({ type, delta = '' }) => (type === 'response.output_text.delta' ? delta : ''));
      const last = events.at(-1);
      return {
        text: texts.join(''),
        end: endOf(last?.type === 'response.completed', last?.response?.error ?? undefined),
      };
    }
    const whole: { output: { type: string; content?: { text: string }[] }[]; status: string } = await answer.json();
    expect(whole.status).toBe('completed');
    const texts = whole.output.flatMap(({ content = [] }) => content.map(({ text }) => text));
    return { text: texts.join(''), end: 'finished' };
  },
};

const messages: Wire = {
  name: 'messages',
  path: '/v1/messages',
  saying: (content) => ({ messages: [{ role: 'user', content }], max_tokens: 10_000 }),
  body: { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 100 },
  tool: { name: 'get_weather', input_schema: parameters },
  read: async (answer) => {
    if (isStream(answer)) {
      const { text, isDone, error } = await readMessageStream(answer);
      return { text, end: endOf(isDone, error) };
    }
    const { content } = await readMessage(answer);
    return { text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''), end: 'finished' };
  },
};

export const wires: readonly Wire[] = [chat, responses, messages];

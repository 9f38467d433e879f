/** The platform through the unmodified `openai` SDK. */
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  UnprocessableEntityError,
} from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';

let client: OpenAI;

beforeAll(() => {
  // The first requests to the providers of these tests fail in turn; the SDK tries again. Only few are sent here,
  // because other tests want to meet such a failure too.
  client = new OpenAI({ baseURL: `${inject('url')}/v1`, apiKey: inject('apiKey'), maxRetries: 8 });
});

const messages = [{ role: 'user' as const, content: 'What are you?' }];
const models = ['offline/engineer', 'openai/engineer', 'anthropic/engineer'];

/** A broken stream is an error that no SDK repeats by itself. */
const untilWhole = async <Value>(attempt: () => Promise<Value>): Promise<Value> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const broke = error instanceof APIError && error.status === undefined;
      if (!broke || tries >= 8) throw error;
    }
  }
};

describe('models', () => {
  it('are listed and found', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toContain('offline/engineer');
    expect(await client.models.retrieve('offline/engineer')).toMatchObject({ object: 'model', owned_by: 'offline' });
  });
});

describe.each(models)('%s', (model) => {
  it('answers', async () => {
    const completion = await client.chat.completions.create({ model, messages, max_completion_tokens: 500 });
    expect(completion.choices[0]?.message.content).toContain('offline engineer');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
  });

  it('streams', async () => {
    const stream_options = { include_usage: true };
    const { text, whole } = await untilWhole(async () => {
      const stream = client.chat.completions.stream({ model, messages, stream_options, max_completion_tokens: 500 });
      let text = '';
      stream.on('content', (piece) => {
        text += piece;
      });
      return { whole: await stream.finalChatCompletion(), text };
    });
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(text).toContain('offline engineer');
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
  });
});

describe('the offline engineer', () => {
  const model = 'offline/engineer';

  it('runs tools by the SDK’s own loop, streamed and whole', async () => {
    for (const stream of [false, true]) {
      const seen: unknown[] = [];
      const look = zodFunction({
        name: 'look_around',
        parameters: z.object({ where: z.enum(['here', 'there']), steps: z.int().min(2) }),
        function: (where) => {
          seen.push(where);
          return 'all is quiet';
        },
      });
      const request = {
        model,
        messages: [{ role: 'user' as const, content: 'Please use look_around.' }],
        tools: [look],
      };
      const runner = stream
        ? client.chat.completions.runTools({ ...request, stream: true })
        : client.chat.completions.runTools(request);
      expect(await runner.finalContent()).toBe('The tool look_around answered: all is quiet');
      expect(seen).toEqual([{ where: 'here', steps: 2 }]);
    }
  });

  it('keeps to a schema', async () => {
    const shape = z.object({ title: z.string(), tags: z.array(z.string()), kind: z.enum(['book', 'film']) });
    const response_format = zodResponseFormat(shape, 'thing');
    const completion = await client.chat.completions.parse({ model, messages, response_format });
    expect(completion.choices[0]?.message.parsed).toEqual({ title: '', tags: [], kind: 'book' });
  });
});

describe('errors', () => {
  const refusal = async (request: object, other: Partial<{ apiKey: string }> = {}): Promise<APIError> => {
    const strict = new OpenAI({ baseURL: client.baseURL, apiKey: client.apiKey, maxRetries: 0, ...other });
    const body = { model: 'offline/engineer', messages, ...request };
    const outcome: unknown = await strict.chat.completions.create(body).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(outcome instanceof APIError)) throw new Error('the request was not refused');
    expect(outcome.requestID).toMatch(/^req_/);
    return outcome;
  };

  it('are the SDK’s classes, with the parameter and the code', async () => {
    expect(await refusal({}, { apiKey: 'sk-wrong' })).toBeInstanceOf(AuthenticationError);
    const unknown = await refusal({ model: 'offline/enginer' });
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect(unknown.message).toContain('offline/engineer');
    const refused = await refusal({ n: 3 });
    expect(refused).toBeInstanceOf(BadRequestError);
    expect([refused.param, refused.code, refused.type]).toEqual([
      'n',
      'unsupported_parameter',
      'invalid_request_error',
    ]);
    expect(refused).not.toBeInstanceOf(UnprocessableEntityError);
    expect(refused).not.toBeInstanceOf(InternalServerError);
  });

  it('come for paths that are not there', async () => {
    await expect(client.embeddings.create({ model: 'offline/engineer', input: 'x' })).rejects.toBeInstanceOf(
      NotFoundError,
    );
  });
});

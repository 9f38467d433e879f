/** The platform through the unmodified `@anthropic-ai/sdk`. */
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  ContentTooLargeError,
  NotFoundError,
} from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';

let client: Anthropic;

beforeAll(() => {
  // The first requests to the providers of these tests fail in turn; the SDK tries again. Only few are sent here,
  // because other tests want to meet such a failure too.
  client = new Anthropic({ baseURL: inject('url'), apiKey: inject('apiKey'), authToken: null, maxRetries: 8 });
});

const messages = [{ role: 'user' as const, content: 'What are you?' }];

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

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

describe('models', () => {
  it('are listed and found', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list({ limit: 1 })) ids.push(id);
    expect(ids).toContain('offline/engineer');
    expect(await client.models.retrieve('offline/engineer')).toMatchObject({ type: 'model', lifecycle: 'active' });
  });
});

describe.each(['offline/engineer', 'openai/engineer', 'anthropic/engineer', 'engineer'])('%s', (model) => {
  it('answers', async () => {
    const message = await client.messages.create({ model, messages, max_tokens: 500 });
    expect(textOf(message)).toContain('offline engineer');
    expect(message.stop_reason).toBe('end_turn');
    expect(message.usage.output_tokens).toBeGreaterThan(0);
    expect(message._request_id).toMatch(/^req_/);
  });

  it('streams', async () => {
    const { text, whole } = await untilWhole(async () => {
      const stream = client.messages.stream({ model, messages, max_tokens: 500 });
      let text = '';
      stream.on('text', (piece) => {
        text += piece;
      });
      return { whole: await stream.finalMessage(), text };
    });
    expect(text).toBe(textOf(whole));
    expect(text).toContain('offline engineer');
    expect([whole.stop_reason, whole.usage.input_tokens > 0]).toEqual(['end_turn', true]);
  });
});

describe('the offline engineer', () => {
  const model = 'offline/engineer';

  it('runs tools by the SDK’s own loop, streamed and whole', async () => {
    for (const stream of [false, true]) {
      const seen: unknown[] = [];
      const look = betaZodTool({
        name: 'look_around',
        description: 'Looks around.',
        inputSchema: z.object({ where: z.enum(['here', 'there']), steps: z.int().min(2) }),
        run: (where) => {
          seen.push(where);
          return 'all is quiet';
        },
      });
      const last = await client.beta.messages
        .toolRunner({
          model,
          max_tokens: 500,
          messages: [{ role: 'user', content: 'Please use look_around.' }],
          tools: [look],
          stream,
        })
        .runUntilDone();
      expect(last.content).toMatchObject([{ type: 'text', text: 'The tool look_around answered: all is quiet' }]);
      expect(seen).toEqual([{ where: 'here', steps: 2 }]);
    }
  });

  it('keeps to a schema', async () => {
    const shape = z.object({ title: z.string(), tags: z.array(z.string()), kind: z.enum(['book', 'film']) });
    const output_config = { format: zodOutputFormat(shape) };
    const message = await client.messages.parse({ model, messages, max_tokens: 500, output_config });
    expect(message.parsed_output).toEqual({ title: '', tags: [], kind: 'book' });
  });

  it('is told how much a question is', async () => {
    const counted = await client.messages.countTokens({ model, messages }).withResponse();
    expect(counted.data.input_tokens).toBeGreaterThan(0);
    expect(counted.response.headers.get('x-aidevos-estimated')).toBe('true');
  });
});

describe('errors', () => {
  const refusal = async (request: object, other: Partial<{ apiKey: string }> = {}): Promise<APIError> => {
    const strict = new Anthropic({
      baseURL: client.baseURL,
      apiKey: client.apiKey,
      authToken: null,
      maxRetries: 0,
      ...other,
    });
    const body = { model: 'offline/engineer', messages, max_tokens: 500, ...request };
    const outcome: unknown = await strict.messages.create(body).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(outcome instanceof APIError)) throw new Error('the request was not refused');
    expect(outcome.requestID).toMatch(/^req_/);
    return outcome;
  };

  it('are the SDK’s classes, with their types', async () => {
    const stranger = await refusal({}, { apiKey: 'sk-ant-wrong' });
    expect(stranger).toBeInstanceOf(AuthenticationError);
    expect(stranger.type).toBe('authentication_error');
    const unknown = await refusal({ model: 'offline/enginer' });
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect([unknown.type, unknown.apiMessage]).toEqual([
      'not_found_error',
      expect.stringContaining('offline/engineer'),
    ]);
    const refused = await refusal({ container: 'c' });
    expect(refused).toBeInstanceOf(BadRequestError);
    expect([refused.type, refused.apiMessage]).toEqual(['invalid_request_error', expect.stringMatching(/^container/)]);
    expect(await refusal({ system: 'x'.repeat(9_000_000) })).toBeInstanceOf(ContentTooLargeError);
  });

  it('come for paths that are not there', async () => {
    await expect(client.messages.batches.list()).rejects.toBeInstanceOf(NotFoundError);
  });
});

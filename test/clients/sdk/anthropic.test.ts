import Anthropic, { NotFoundError } from '@anthropic-ai/sdk';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { apiKey, forecast, models, question, unknownModel, useTool } from './asked.ts';

let client: Anthropic;

beforeAll(() => {
  client = new Anthropic({ baseURL: inject('platformUrl'), apiKey: apiKey(), maxRetries: 0 });
});

const skipped = (context: { readonly skip: (note: string) => void }): void => {
  if (!inject('offered').messages) context.skip('not offered');
};

const asked = (content: string) => ({ max_tokens: 500, messages: [{ role: 'user' as const, content }] });

const tools = [
  {
    name: 'look_up_weather',
    description: 'The weather.',
    input_schema: {
      type: 'object' as const,
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
    },
  },
];

describe.each([...models, 'auto'])('@anthropic-ai/sdk: %s', (model) => {
  it('plain, with usage', async (context) => {
    skipped(context);
    const message = await client.messages.create({ model, ...asked(question) });
    const [block] = message.content;
    expect(block?.type === 'text' ? block.text : '').toMatch(/\w+ \w+/);
    expect(message.stop_reason).toBe('end_turn');
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  it('streamed, with usage', async (context) => {
    skipped(context);
    const stream = client.messages.stream({ model, ...asked(question) });
    const pieces: string[] = [];
    stream.on('text', (piece) => pieces.push(piece));
    const message = await stream.finalMessage();
    expect(pieces.length).toBeGreaterThan(3);
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  it('tool loop', async (context) => {
    skipped(context);
    const first = await client.messages.create({ model, ...asked(useTool), tools });
    const call = first.content.find((block) => block.type === 'tool_use');
    if (call === undefined) throw new Error('no tool was called');
    expect(call.input).toEqual({ city: 'Oslo', days: 2 });
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: forecast };
    const second = await client.messages.create({
      model,
      max_tokens: 500,
      tools,
      messages: [
        { role: 'user', content: useTool },
        { role: 'assistant', content: first.content },
        { role: 'user', content: [result] },
      ],
    });
    expect(second.content.map((block) => (block.type === 'text' ? block.text : '')).join('')).toContain(forecast);
  });
});

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

describe('@anthropic-ai/sdk: the platform’s own models', () => {
  it('auto says which model it chose, and why', async (context) => {
    skipped(context);
    const { response } = await client.messages.create({ model: 'auto', ...asked(question) }).withResponse();
    expect(response.headers.get('x-aidevos-model')).toBe('openai/scripted');
    expect(response.headers.get('x-aidevos-model-reason')).toMatch(/^balanced: first of \d+ /);
  });

  it('a role answers, streamed', async (context) => {
    skipped(context);
    const stream = client.messages.stream({ model: 'role/architect', ...asked('Who are you?') });
    expect(textOf(await stream.finalMessage())).toContain('I am the architect');
  });

  it('the team begins a project from a document, streams it, and finds it again', async (context) => {
    skipped(context);
    const data = '# Shelf\n\nA book has a title (required) and an author.\n';
    const content: Anthropic.ContentBlockParam[] = [
      { type: 'document', title: 'shelf.md', source: { type: 'text', media_type: 'text/plain', data } },
    ];
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content }];
    const stream = client.messages.stream({ model: 'team', max_tokens: 20_000, messages });
    let text = '';
    for await (const event of stream) {
      if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
      text += event.delta.text;
      if (text.includes('has begun')) break;
    }
    stream.abort();
    const projectId = /Project (prj_\S+) \(event/.exec(text)?.[1] ?? '';
    const status = { max_tokens: 5_000, messages: [{ role: 'user' as const, content: 'status' }] };
    const standing = await client.messages.create({ model: `team/${projectId}`, ...status });
    expect(textOf(standing)).toContain('“Shelf”');
    expect(standing.stop_reason).toBe('end_turn');
    const counted = await client.messages.countTokens({ model: 'team', messages });
    expect(counted.input_tokens).toBeGreaterThan(5);
    const headers = { authorization: `Bearer ${apiKey()}`, 'content-type': 'application/json' };
    const address = `${inject('platformUrl')}/api/projects/${projectId}/cancel`;
    expect((await fetch(address, { method: 'POST', headers, body: '{}' })).status).toBe(200);
  });
});

describe('@anthropic-ai/sdk: errors', () => {
  it('error class', async (context) => {
    skipped(context);
    await expect(client.messages.create({ model: unknownModel, ...asked(question) })).rejects.toBeInstanceOf(
      NotFoundError,
    );
  });
});

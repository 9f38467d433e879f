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

describe.each(models)('@anthropic-ai/sdk: %s', (model) => {
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

describe('@anthropic-ai/sdk: errors', () => {
  it('error class', async (context) => {
    skipped(context);
    await expect(client.messages.create({ model: unknownModel, ...asked(question) })).rejects.toBeInstanceOf(
      NotFoundError,
    );
  });
});

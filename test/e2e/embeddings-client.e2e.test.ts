/** Embeddings of the platform through the unmodified `openai` SDK, which asks for base64 unless told otherwise. */
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { beforeAll, describe, expect, inject, it } from 'vitest';

let client: OpenAI;

beforeAll(() => {
  client = new OpenAI({ baseURL: `${inject('url')}/v1`, apiKey: inject('apiKey'), maxRetries: 2 });
});

const model = 'offline/embedder';

describe('embeddings.create', () => {
  it('decodes what it asked for, and gets the same as numbers', async () => {
    const input = ['a bookshelf with books', 'a shelf of books', 'the weather in Oslo'];
    const { data, usage } = await client.embeddings.create({ model, input });
    const numbers = await client.embeddings.create({ model, input, encoding_format: 'float' });
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(data.map(({ embedding }) => embedding)).toEqual(numbers.data.map(({ embedding }) => embedding));
    expect(usage.total_tokens).toBeGreaterThan(0);
    const like = (left: number, right: number): number =>
      (data[left]?.embedding ?? []).reduce((sum, value, at) => sum + value * (data[right]?.embedding[at] ?? 0), 0);
    expect(like(0, 1)).toBeGreaterThan(like(0, 2) + 0.1);
  });

  it('takes one text and a number of dimensions', async () => {
    const { data } = await client.embeddings.create({ model, input: 'one text', dimensions: 1_536 });
    expect(data[0]?.embedding).toHaveLength(1_536);
  });

  it('throws the classes that clients know', async () => {
    await expect(client.embeddings.create({ model, input: [1, 2] })).rejects.toThrow(BadRequestError);
    await expect(client.embeddings.create({ model: 'offline/nobody', input: 'a' })).rejects.toThrow(NotFoundError);
  });
});

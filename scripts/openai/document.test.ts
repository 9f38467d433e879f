import { describe, expect, it } from 'vitest';
import { readOpenAiDocument } from './document.ts';
import { exchange } from './exchange.ts';

/** An excerpt of our own, with the leftovers of 3.0 that OpenAI's document has. */
const excerpt = JSON.stringify({
  openapi: '3.1.0',
  info: { version: '0.0.1' },
  paths: {
    '/things': {
      post: {
        responses: {
          200: {
            content: {
              'application/json': { schema: { $ref: '#/components/schemas/Thing' } },
              'text/event-stream': { schema: { $ref: '#/components/schemas/ThingEvent' } },
            },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          note: { nullable: true, allOf: [{ $ref: '#/components/schemas/Note' }] },
          inner: { $recursiveRef: '#' },
        },
        required: ['id', 'note'],
      },
      Note: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      ThingEvent: {
        anyOf: [{ $ref: '#/components/schemas/Started' }, { $ref: '#/components/schemas/Ended' }],
        discriminator: { propertyName: 'type' },
      },
      Started: {
        type: 'object',
        properties: { type: { type: 'string', enum: ['started'] }, at: { type: 'integer' } },
        required: ['type', 'at'],
      },
      Ended: { type: 'object', properties: { type: { type: 'string', enum: ['ended'] } }, required: ['type'] },
      ErrorResponse: {
        type: 'object',
        properties: { error: { type: 'object', required: ['message', 'type', 'param', 'code'] } },
        required: ['error'],
      },
    },
  },
});

const document = readOpenAiDocument(excerpt);

describe('the document', () => {
  it('takes what keeps to it, with null where the older form allowed it', () => {
    const judge = document.answer('POST', '/things', 'application/json');
    expect(judge?.({ id: 'a', note: null })).toEqual([]);
    expect(judge?.({ id: 'a', note: { text: 'b' }, inner: 1 })).toEqual([]);
  });

  it('finds a violation and names its place', () => {
    const judge = document.answer('POST', '/things', 'application/json');
    expect(judge?.({ id: 1, note: null })).toEqual([expect.stringContaining('/id must be string')]);
    expect(judge?.({ id: 'a', note: {} }).join()).toContain("/note must have required property 'text'");
    expect(judge?.(undefined)).not.toEqual([]);
  });

  it('complains about the branch that the type names', () => {
    const judge = document.answer('POST', '/things', 'text/event-stream');
    expect(judge?.({ type: 'ended' })).toEqual([]);
    expect(judge?.({ type: 'started' })).toEqual([expect.stringContaining("must have required property 'at'")]);
    expect(judge?.({ type: 'other' })).not.toEqual([]);
  });

  it('knows only the answers that it describes', () => {
    expect(document.answer('GET', '/things', 'application/json')).toBeUndefined();
    expect(() => readOpenAiDocument('{"openapi":"3.1.0"}')).toThrow('no OpenAPI document');
  });
});

describe('an exchange', () => {
  const serve = async (answer: { status: number; type: string; body: string }) => {
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => {
      response.writeHead(answer.status, { 'content-type': answer.type, 'x-request-id': 'req_1' });
      response.end(answer.body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve());
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { baseUrl: `http://127.0.0.1:${port}`, key: 'k', close: () => server.close() };
  };

  const play = async (
    answer: { status: number; type: string; body: string },
    expects: 'json' | 'stream' | 'error',
    path = '/things',
  ) => {
    const endpoint = await serve(answer);
    try {
      return await exchange(endpoint, document, { name: 'a call', method: 'POST', path, body: {}, expects });
    } finally {
      endpoint.close();
    }
  };

  it('is kept or violated by its body', async () => {
    const type = 'application/json';
    expect(await play({ status: 200, type, body: '{"id":"a","note":null}' }, 'json')).toEqual({
      type: 'kept',
      judged: 1,
    });
    expect(await play({ status: 200, type, body: '{"id":"a"}' }, 'json')).toMatchObject({ type: 'violated' });
    expect(await play({ status: 500, type, body: '{}' }, 'json')).toMatchObject({ type: 'violated' });
    expect(await play({ status: 200, type: 'text/html', body: '<p>' }, 'json')).toMatchObject({ type: 'violated' });
  });

  it('is judged by each of its errors’ fields', async () => {
    const type = 'application/json';
    const whole = '{"error":{"message":"m","type":"t","param":null,"code":null}}';
    expect(await play({ status: 404, type, body: whole }, 'error')).toEqual({ type: 'kept', judged: 1 });
    expect(await play({ status: 404, type, body: '{"error":{"message":"m"}}' }, 'error')).toMatchObject({
      type: 'violated',
    });
    expect(await play({ status: 200, type, body: whole }, 'error')).toMatchObject({ type: 'violated' });
  });

  it('is judged event by event and as a whole stream', async () => {
    const type = 'text/event-stream; charset=utf-8';
    const outcome = await play({ status: 200, type, body: 'data: {"type":"started"}\n\n' }, 'stream');
    expect(outcome.type === 'violated' ? outcome.complaints.join('\n') : '').toMatch(/'at'[\s\S]*\[DONE\]/);
  });
});

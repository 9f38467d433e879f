/** `/v1/responses` over a WebSocket, and conversations that are made short. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ok } from '../../../shared/errors/result.ts';
import type { ModelClient, ModelRequest } from '../../../shared/ports/model-client.ts';
import { createFailure } from '../../../shared/domain/model/failure.ts';
import { offlineCapabilities } from '../../../shared/protocol/openai/capabilities.ts';
import { createChatModels } from '../chat-models.ts';
import { createGateway, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { readError } from '../testing/openai-answers.ts';

/** What the model was sent, newest last. */
const asked: ModelRequest[] = [];
let gate = Promise.withResolvers<void>();
let hasLeft = false;

const lastWord = ({ messages }: ModelRequest): string => messages.at(-1)?.content ?? '';

/** Says how many messages it was sent, and does what the last one says. */
const model: ModelClient = {
  async *stream(request, signal) {
    asked.push(request);
    if (!lastWord(request).includes('nothing')) yield { type: 'text_delta', text: `${request.messages.length} ` };
    if (lastWord(request) === 'wait') {
      await gate.promise;
      hasLeft = signal?.aborted === true;
    }
    if (lastWord(request) === 'break') {
      yield { type: 'failed', failure: createFailure('connection_lost', 'It broke.') };
      return;
    }
    if (!lastWord(request).includes('nothing')) yield { type: 'text_delta', text: 'messages' };
    yield { type: 'usage', usage: { inputTokens: 5, outputTokens: 2, cachedInputTokens: 0 } };
    yield { type: 'finished', stopReason: lastWord(request).includes('too long') ? 'length' : 'end' };
  },
};

const offline = createChatModels({ accounts: {}, guard: { protect: (client) => client }, names: [] });
const gateway = createGateway({
  chatModels: Object.assign(offline, {
    translated: () =>
      ok({ type: 'translated' as const, name: 'test/m', model: 'm', client: model, capabilities: offlineCapabilities }),
  }),
});
let key: string;
let viewerKey: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  const made = await gateway.send(`/api/workspaces/${workspace.workspaceId}/keys`, {
    key,
    json: { name: 'v', role: 'viewer' },
  });
  const body: { key: string } = await made.json();
  viewerKey = body.key;
});

interface Event {
  readonly type: string;
  readonly stream_id?: string;
  readonly status?: number;
  readonly error?: { readonly code: string | null; readonly param: string | null };
  readonly response?: { readonly id: string; readonly previous_response_id: string | null; readonly output: object[] };
}

/** A client that sends messages and reads to the end of an answer. */
class Client {
  readonly socket: WebSocket;
  readonly events: Event[] = [];
  readonly closed = Promise.withResolvers<number>();
  #wake = (): void => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.events.push(JSON.parse(String(data)) as Event);
      this.#wake();
    });
    socket.addEventListener('close', ({ code }) => this.closed.resolve(code));
    socket.accept();
  }

  send(event: object): void {
    this.socket.send(JSON.stringify({ type: 'response.create', model: 'test/m', store: false, ...event }));
  }

  /** The next last event of an answer, of that lane. */
  async end(lane?: string): Promise<Event> {
    const isEnd = ({ type, stream_id }: Event): boolean =>
      stream_id === lane && /^(?:error|response\.(?:completed|failed|incomplete))$/.test(type);
    for (;;) {
      const index = this.events.findIndex(isEnd);
      if (index !== -1) return this.events.splice(index, 1)[0] as Event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async ask(event: object): Promise<Event> {
    this.send(event);
    return await this.end();
  }
}

const connect = async (): Promise<Client> => {
  const { status, webSocket } = await gateway.send('/v1/responses', { key, headers: { upgrade: 'websocket' } });
  expect(status).toBe(101);
  if (webSocket === null) throw new Error('There is no socket.');
  return new Client(webSocket);
};

const contents = (): readonly string[] => asked.at(-1)?.messages.map(({ content }) => content) ?? [];

describe('a connection', () => {
  it('needs a key that may use models, and an upgrade', async () => {
    const upgrade = { headers: { upgrade: 'websocket' } };
    const without = await gateway.send('/v1/responses', upgrade);
    expect([without.status, (await readError(without)).code]).toEqual([401, null]);
    const viewer = await gateway.send('/v1/responses', { key: viewerKey, ...upgrade });
    expect(viewer.status).toBe(403);
    const plain = await gateway.send('/v1/responses', { key });
    expect([plain.status, plain.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('sends the events of a stream, numbered, and says what is wrong with a request', async () => {
    const client = await connect();
    await client.ask({ input: 'x' });
    expect(client.events.map(({ type }) => type).slice(0, 3)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
    ]);
    client.events.length = 0;
    const errors: unknown[] = [];
    for (const message of ['{', '[]', '{"type":"response.cancel"}', '{"type":"response.create","stream_id":"a b"}']) {
      client.socket.send(message);
      const { type, status, error } = await client.end();
      errors.push([type, status, error?.param]);
    }
    client.socket.send(new Uint8Array([1]));
    errors.push((await client.end()).error?.code);
    expect(errors).toEqual([
      ['error', 400, null],
      ['error', 400, null],
      ['error', 400, 'type'],
      ['error', 400, 'stream_id'],
      'invalid_value',
    ]);
    expect(await client.ask({ input: 'x', background: true })).toMatchObject({ error: { param: 'background' } });
    expect(await client.ask({ input: 'x', model: null })).toMatchObject({ status: 400, error: { param: 'model' } });
    expect(await client.ask({ input: 'y' })).toMatchObject({ type: 'response.completed' });
  });

  it('goes on with its last answer although nothing is stored, from any lane, and stores it where that is asked', async () => {
    const client = await connect();
    const first = await client.ask({ input: 'one' });
    const previous_response_id = first.response?.id;
    client.send({ input: 'two', previous_response_id, stream_id: 'b' });
    const second = await client.end('b');
    expect(second.response?.previous_response_id).toBe(previous_response_id);
    expect(contents()).toEqual(['one', '1 messages', 'two']);
    const third = await client.ask({ input: 'three', previous_response_id: second.response?.id, store: true });
    expect(contents()).toEqual(['one', '1 messages', 'two', '3 messages', 'three']);
    const other = await connect();
    expect(await other.ask({ input: 'x', previous_response_id: second.response?.id })).toMatchObject({
      status: 400,
      error: { code: 'previous_response_not_found', param: 'previous_response_id' },
    });
    await other.ask({ input: 'four', previous_response_id: third.response?.id });
    expect(contents()).toEqual(['one', '1 messages', 'two', '3 messages', 'three', '5 messages', 'four']);
  });

  it.each(['break', 'refused'])('does not go on from an answer whose continuation failed: %s', async (how) => {
    const client = await connect();
    const first = await client.ask({ input: 'one' });
    const previous_response_id = first.response?.id;
    const output = [{ type: 'function_call_output', call_id: 'none', output: 'x' }];
    const failed = await client.ask({ input: how === 'break' ? 'break' : output, previous_response_id });
    expect(failed.type).toBe(how === 'break' ? 'response.failed' : 'error');
    expect(await client.ask({ input: 'again', previous_response_id })).toMatchObject({
      error: { code: 'previous_response_not_found' },
    });
  });

  it('prepares what is not to be answered yet, and asks nobody for it', async () => {
    const client = await connect();
    const before = asked.length;
    const developer = [{ role: 'developer', content: 'Be brief.' }];
    const told = await client.ask({ input: developer, generate: false });
    const previous_response_id = told.response?.id;
    const prepared = await client.ask({ input: 'one', generate: false, previous_response_id });
    expect([prepared.type, prepared.response?.output, asked.length]).toEqual(['response.completed', [], before]);
    await client.ask({ input: 'two', previous_response_id: prepared.response?.id });
    expect([asked.at(-1)?.system, contents()]).toEqual(['Be brief.', ['one', 'two']]);
    const overHttp = await gateway.send('/v1/responses', {
      key,
      json: { model: 'test/m', input: 'x', generate: false },
    });
    expect((await readError(overHttp)).param).toBe('generate');
  });

  it('answers one after the other in a lane, and lanes side by side', async () => {
    gate = Promise.withResolvers();
    const client = await connect();
    client.send({ input: 'wait', stream_id: 'slow' });
    client.send({ input: 'next', stream_id: 'slow' });
    client.send({ input: 'x', stream_id: 'fast' });
    await client.end('fast');
    expect(
      client.events.filter(({ stream_id, type }) => stream_id === 'slow' && type === 'response.created'),
    ).toHaveLength(1);
    gate.resolve();
    await client.end('slow');
    expect(await client.end('slow')).toMatchObject({ type: 'response.completed' });
  });

  it('holds so many requests, and tells those that are too many', async () => {
    gate = Promise.withResolvers();
    const client = await connect();
    for (let lane = 0; lane < 8; lane += 1) client.send({ input: 'wait', stream_id: `l${lane}` });
    client.send({ input: 'x', stream_id: 'one-more' });
    expect(await client.end('one-more')).toMatchObject({ status: 429, error: { param: 'stream_id' } });
    for (let more = 0; more < 25; more += 1) client.send({ input: 'x', stream_id: 'l0' });
    expect(await client.end('l0')).toMatchObject({ status: 429 });
    gate.resolve();
  });

  it('is served so many answers', async () => {
    const client = await connect();
    for (let turn = 0; turn < 200; turn += 1) client.send({ input: 'x', generate: false, stream_id: `l${turn % 4}` });
    for (let turn = 0; turn < 200; turn += 1) await client.end(`l${turn % 4}`);
    expect(await client.ask({ input: 'x' })).toMatchObject({ error: { code: 'websocket_connection_limit_reached' } });
    expect(await client.closed.promise).toBe(1000);
  });

  it('ends the work for a client that leaves', async () => {
    gate = Promise.withResolvers();
    const client = await connect();
    const before = asked.length;
    client.send({ input: 'wait' });
    while (asked.length === before) await scheduler.wait(1);
    client.socket.close(1000, 'enough');
    expect(await client.closed.promise).toBe(1000);
    gate.resolve();
    for (let turn = 0; turn < 100 && !hasLeft; turn += 1) await scheduler.wait(5);
    expect(hasLeft).toBe(true);
  });
});

describe('compaction', () => {
  const compact = async (json: object): Promise<Response> =>
    await gateway.send('/v1/responses/compact', { key, json: { model: 'test/m', ...json } });

  it('keeps what the person said and a summary, which the next request goes on from', async () => {
    const input = [
      { role: 'user', content: 'The port is 8080.' },
      { role: 'assistant', content: 'Noted.' },
    ];
    const answer = await compact({ input, instructions: 'Be brief.' });
    const compacted: { output: object[]; usage: object } = await answer.json();
    expect(asked.at(-1)?.messages.at(-1)?.content).toContain('assistant: Noted.');
    expect(compacted).toMatchObject({
      object: 'response.compaction',
      output: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'The port is 8080.' }] },
        { type: 'compaction', encrypted_content: 'aidevos-summary1.1 messages' },
      ],
      usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
    });
    const next = { model: 'test/m', input: [...compacted.output, { role: 'user', content: 'Go on.' }] };
    expect((await gateway.send('/v1/responses', { key, json: next })).status).toBe(200);
    expect(contents()).toEqual(['The port is 8080.', expect.stringContaining('1 messages') as string, 'Go on.']);
  });

  it('is of stored conversations too', async () => {
    const stored = await gateway.send('/v1/responses', { key, json: { model: 'test/m', input: 'Once.' } });
    const { id }: { id: string } = await stored.json();
    const answer = await compact({ previous_response_id: id });
    expect(asked.at(-1)?.messages.at(-1)?.content).toContain('user: Once.');
    expect(answer.status).toBe(200);
  });

  it.each([
    [{ input: 'nothing' }, 502, null],
    [{ input: 'too long' }, 502, null],
    [{ input: 'x', model: undefined }, 400, 'model'],
    [{ input: 'x', model: 'team' }, 400, 'model'],
    [{ input: 'x', tools: [] }, 400, 'tools'],
    [{ input: [{ type: 'compaction', encrypted_content: 'theirs' }] }, 400, 'input[0].encrypted_content'],
    [{ input: [] }, 400, 'input'],
    [{ input: 'x', previous_response_id: 'resp_none' }, 400, 'previous_response_id'],
  ])('%j: %i', async (json, status, param) => {
    const answer = await compact(json);
    expect(answer.status).toBe(status);
    expect((await readError(answer)).param).toBe(param);
  });
});

describe('tokens of a request', () => {
  const count = async (json: object): Promise<Response> =>
    await gateway.send('/v1/responses/input_tokens', { key, json });

  it('are estimated, with tools, instructions and the conversation before', async () => {
    const tokensOf = async (json: object): Promise<number> => {
      const answer = await count(json);
      expect(answer.headers.get('x-aidevos-estimated')).toBe('true');
      const body: { object: string; input_tokens: number } = await answer.json();
      expect(body.object).toBe('response.input_tokens');
      return body.input_tokens;
    };
    const input = 'a'.repeat(400);
    const bare = await tokensOf({ input });
    expect(bare).toBeGreaterThanOrEqual(100);
    const tools = [{ type: 'function', name: 'look', parameters: { type: 'object', properties: {} } }];
    expect(await tokensOf({ model: 'test/m', input, tools })).toBeGreaterThan(bare);
    expect(await tokensOf({ input, instructions: input })).toBeGreaterThanOrEqual(bare * 2 - 10);
    const stored = await gateway.send('/v1/responses', { key, json: { model: 'test/m', input } });
    const { id }: { id: string } = await stored.json();
    expect(await tokensOf({ input, previous_response_id: id })).toBeGreaterThan(bare * 2 - 10);
  });

  it('of what is no request are refused', async () => {
    const refused = await count({ input: 5 });
    expect([refused.status, (await readError(refused)).param]).toEqual([400, 'input']);
  });
});

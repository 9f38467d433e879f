/** Responses over a WebSocket, and conversations made short, with the clients that OpenAI made for them. */
import { Agent, OpenAIProvider, OpenAIResponsesCompactionSession, Runner, setTracingDisabled } from '@openai/agents';
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKey, baseUrl, models, question, unknownModel } from './asked.ts';

let client: OpenAI;

beforeAll(() => {
  setTracingDisabled(true);
  client = new OpenAI({ baseURL: baseUrl(), apiKey: apiKey(), maxRetries: 0 });
});

type Create = Omit<Extract<OpenAI.Responses.ResponsesClientEvent, { type: 'response.create' }>, 'type'>;
type ServerEvent = OpenAI.Responses.ResponsesServerEvent;

const isEnd = ({ type }: ServerEvent): boolean => /^(?:error|response\.(?:completed|incomplete|failed))$/.test(type);

/** One request after the other over one connection. */
class Connection {
  readonly #socket = new ResponsesWS(client);

  constructor() {
    // Without one the SDK rejects a promise that nobody can catch.
    this.#socket.on('error', () => undefined);
  }

  async ask(create: Create): Promise<readonly ServerEvent[]> {
    const events: ServerEvent[] = [];
    const ended = new Promise<void>((resolve) => {
      const hear = (event: ServerEvent): void => {
        events.push(event);
        if (!isEnd(event)) return;
        this.#socket.off('event', hear);
        resolve();
      };
      this.#socket.on('event', hear);
    });
    this.#socket.send({ type: 'response.create', store: false, ...create });
    await ended;
    return events;
  }

  close(): void {
    this.#socket.close();
  }
}

const answerOf = (events: readonly ServerEvent[]): OpenAI.Responses.Response => {
  const last = events.at(-1);
  if (last?.type !== 'response.completed') throw new Error(`the answer ended with ${JSON.stringify(last)}`);
  return last.response;
};

describe.each(models)('openai over a WebSocket: %s', (model) => {
  let connection: Connection;

  beforeAll(() => {
    connection = new Connection();
  });

  afterAll(() => connection.close());

  it('streams, and goes on from an answer that is not stored', async () => {
    const events = await connection.ask({ model, input: question });
    expect(events.filter(({ type }) => type === 'response.output_text.delta').length).toBeGreaterThan(3);
    expect(events.map((event) => 'sequence_number' in event && event.sequence_number)).toEqual([...events.keys()]);
    const { id } = answerOf(events);
    const next = answerOf(await connection.ask({ model, input: question, previous_response_id: id, stream_id: 'b' }));
    expect(next.previous_response_id).toBe(id);
    await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  it('says what is wrong and stays open', async () => {
    const [refused] = await connection.ask({ model: unknownModel, input: question });
    expect(refused).toMatchObject({ type: 'error', status: 404, error: { code: 'model_not_found' } });
    expect(answerOf(await connection.ask({ model, input: question })).status).toBe('completed');
  });
});

describe.each(models)('openai: a conversation made short: %s', (model) => {
  it('is one to go on from', async () => {
    const input = [
      { role: 'user' as const, content: 'The port is 8080.' },
      { role: 'assistant' as const, content: 'Noted.' },
    ];
    const { output, usage } = await client.responses.compact({ model, input });
    expect(output.map(({ type }) => type)).toEqual(['message', 'compaction']);
    expect(usage.output_tokens).toBeGreaterThan(0);
    const compacted = output as OpenAI.Responses.ResponseInputItem[];
    const next = await client.responses.create({ model, input: [...compacted, { role: 'user', content: question }] });
    expect(next.output_text).not.toBe('');
  });

  it('is counted', async () => {
    const { input_tokens: tokens } = await client.responses.inputTokens.count({ model, input: question });
    expect(tokens).toBeGreaterThan(0);
  });
});

describe('@openai/agents: a session that makes itself short', () => {
  it('goes on with what was compacted', async () => {
    const model = 'gpt-scripted';
    const session = new OpenAIResponsesCompactionSession({ client, model, compactionMode: 'input' });
    const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient: client }), tracingDisabled: true });
    const agent = new Agent({ name: 'one', model });
    await runner.run(agent, 'The port is 8080.', { session });
    expect(await session.runCompaction({ force: true })).not.toBeNull();
    const items = await session.getItems();
    expect(items.map((item) => item.type)).toContain('compaction');
    const result = await runner.run(agent, question, { session });
    expect(result.finalOutput).toMatch(/\w+ \w+/);
  });
});

/** The team, its projects, agents and roles over every wire; where their links lead, and what files become. */
import type Anthropic from '@anthropic-ai/sdk';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { fakeAgentId } from '../testing/fake-cast.ts';
import {
  createGateway,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';
import { readMessage, readMessageStream } from '../testing/anthropic-answers.ts';
import { readStream, textOf, type Completion } from '../testing/openai-answers.ts';
import { wires } from '../testing/wires.ts';

const gateway = createGateway();
let workspace: TestWorkspace;
let otherKey: string;
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  otherKey = (await createWorkspace(gateway)).ownerKey;
});

const projectOf = (text: string): string => /Project (prj_\S+) \(event/.exec(text)?.[1] ?? '';
const specification = (name: string): string => `# ${name}\n\nA note has a title and a text.\n`;
const base64 = (text: string): string => btoa(text);

const specificationOf = async (projectId: string): Promise<string> => {
  const answer = await gateway.send(`/api/projects/${projectId}/specification`, { key });
  return await answer.text();
};

describe.each(wires)('over $name', (wire) => {
  const ask = async (model: string, more: object, asker = key): Promise<Response> =>
    await gateway.send(wire.path, { key: asker, json: { model, ...more } });

  const read = async (model: string, more: object): Promise<string> => {
    const answer = await ask(model, more);
    expect(answer.status).toBe(200);
    const { text, end } = await wire.read(answer);
    expect(end).toBe('finished');
    return text;
  };

  it('the team makes one project of the same words, whole and streamed', async () => {
    const words = wire.saying(specification(`Over ${wire.name}`));
    const whole = await read('team', words);
    const projectId = projectOf(whole);
    expect(whole).toContain('has begun');
    expect(await read('team', { ...words, stream: true })).toContain(`Project ${projectId} (event`);
    expect(await read(`team/${projectId}`, wire.saying('status'))).toContain('is being built: stage planning');
    expect((await ask(`team/${projectId}`, wire.saying('status'), otherKey)).status).toBe(404);
  });

  it('agents and roles are asked', async () => {
    const projectId = await createTestProject(gateway, key);
    const model = `agent/${fakeAgentId(projectId)}`;
    // The directory hears of the agents a moment after the project is there.
    await vi.waitFor(async () => expect((await ask(model, wire.saying('x'))).status).toBe(200));
    expect(await read(model, wire.saying('What is in README.md?'))).toContain('# Read me');
    expect((await ask(model, wire.saying('x'), otherKey)).status).toBe(404);
    const role = await read('role/architect', { ...wire.saying('Who are you?'), stream: true });
    expect(role).toContain('played by the rule-based offline engineer');
    expect((await ask('role/king', wire.saying('x'))).status).toBe(404);
  });

  it('a role is played by the platform’s model, and by what stands behind it', async () => {
    const variables = { AIDEVOS_MODEL: 'openai/broken', AIDEVOS_MODEL_FALLBACKS: 'openai/broken=anthropic/plain' };
    const json = { model: 'role/architect', ...wire.saying('Hello'), stream: true };
    const answer = await createGateway({}, variables).send(wire.path, { key, json });
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, 'anthropic/plain']);
    expect((await wire.read(answer)).text).toBe('one two three four five six seven eight nine ten');
    const chosen = { AIDEVOS_MODEL: 'auto', AIDEVOS_MODELS: 'openai/gpt-5-nano' };
    const auto = await createGateway({}, chosen).send(wire.path, { key, json });
    expect(auto.headers.get('x-aidevos-model')).toBe('openai/gpt-5-nano');
    expect(auto.headers.get('x-aidevos-model-reason')).toContain('balanced: ');
    await auto.text();
  });

  it('what the team says of a file leads to the file', async () => {
    const projectId = await createTestProject(gateway, key, '# QUIET');
    const text = await read(`team/${projectId}`, wire.saying('What is in README.md?'));
    const url = /\[README\.md\]\(https:\/\/aidevos\.test(\S+)\)/.exec(text)?.[1] ?? '';
    const file = await gateway.send(url, { key });
    expect([file.status, await file.text()]).toEqual([200, '# Read me\n']);
    expect(file.headers.get('content-disposition')).toContain('attachment; filename="README.md"');
    expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await gateway.send(url)).status).toBe(401);
    expect((await gateway.send(url, { key: otherKey })).status).toBe(404);
    expect((await gateway.send(url.replace('README', 'NOTHING'), { key })).status).toBe(404);
  });
});

interface Citation {
  readonly start_index: number;
  readonly end_index: number;
  readonly url: string;
  readonly title: string;
}

/** Each citation is about words of the text, which are or hold its address. */
const checkCitations = (text: string, citations: readonly Citation[]): void => {
  expect(citations.map(({ title }) => title)).toEqual(['The repository of “Shelf”', 'The report on “Shelf”']);
  const [repository, report] = citations;
  expect(text.slice(repository?.start_index, repository?.end_index)).toMatch(
    /^git clone https:\/\/\S+\.git$|^git clone/,
  );
  expect(text.slice(report?.start_index, report?.end_index)).toBe(report?.url);
};

describe('links', () => {
  const messages = [{ role: 'user', content: 'status' }];

  it('are annotations in chat completions, whole and streamed', async () => {
    const model = `team/${await createTestProject(gateway, key, '# QUIET')}`;
    const send = async (more: object) =>
      await gateway.send('/v1/chat/completions', { key, json: { model, messages, ...more } });
    const completion: Completion = await (await send({})).json();
    const message = completion.choices[0]?.message;
    expect(message?.annotations?.every(({ type }) => type === 'url_citation')).toBe(true);
    checkCitations(message?.content ?? '', message?.annotations?.map(({ url_citation: cited }) => cited) ?? []);
    const stream = await readStream(await send({ stream: true }));
    const told = stream.chunks.flatMap(({ choices }) => {
      const delta: object & { annotations?: { url_citation: Citation }[]; role?: unknown } = choices[0]?.delta ?? {};
      return delta.annotations ?? [];
    });
    checkCitations(
      textOf(stream),
      told.map(({ url_citation: cited }) => cited),
    );
    // Clients send back what they were given.
    const back = await send({ messages: [...messages, message, { role: 'user', content: 'status' }] });
    expect(back.status).toBe(200);
  });

  it('are annotations in responses, whole, streamed and stored', async () => {
    const model = `team/${await createTestProject(gateway, key, '# QUIET')}`;
    const send = async (more: object) =>
      await gateway.send('/v1/responses', { key, json: { model, input: 'status', ...more } });
    interface Item {
      readonly type: string;
      readonly content?: readonly { text: string; annotations: readonly Citation[] }[];
    }
    const whole: { id: string; output: Item[] } = await (await send({})).json();
    const stored: { output: Item[] } = await (await gateway.send(`/v1/responses/${whole.id}`, { key })).json();
    for (const { output } of [whole, stored]) {
      const [part] = output.findLast(({ type }) => type === 'message')?.content ?? [];
      checkCitations(part?.text ?? '', part?.annotations ?? []);
    }
    const frames = (await (await send({ stream: true })).text()).split('\n\n').filter((frame) => frame !== '');
    const events = frames.map(
      (frame): { type: string; annotation?: Citation; annotation_index?: number; delta?: string } =>
        JSON.parse(frame.split('\ndata: ')[1] ?? ''),
    );
    const added = events.filter(({ type }) => type === 'response.output_text.annotation.added');
    expect(added.map(({ annotation_index: index }) => index)).toEqual([0, 1]);
    const text = events.map(({ type, delta = '' }) => (type === 'response.output_text.delta' ? delta : '')).join('');
    checkCitations(
      text,
      added.flatMap(({ annotation }) => annotation ?? []),
    );
    const again = await send({ previous_response_id: whole.id });
    expect(again.status).toBe(200);
  });
});

describe('files', () => {
  const openapi = 'openapi: 3.0.0\ninfo:\n  title: Shop\n  version: "1"\npaths: {}\n';
  const csv = 'name,age\nAda,36\n';

  const forms = [
    {
      path: '/v1/chat/completions',
      body: (files: readonly { name: string; text: string }[]) => ({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Please build this' },
              ...files.map(({ name, text }) => ({
                type: 'file',
                file: { filename: name, file_data: `data:application/octet-stream;base64,${base64(text)}` },
              })),
            ],
          },
        ],
      }),
    },
    {
      path: '/v1/responses',
      body: (files: readonly { name: string; text: string }[]) => ({
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'Please build this' },
              ...files.map(({ name, text }) => ({ type: 'input_file', filename: name, file_data: base64(text) })),
            ],
          },
        ],
      }),
    },
    {
      path: '/v1/messages',
      body: (files: readonly { name: string; text: string }[]) => ({
        max_tokens: 10_000,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Please build this' },
              ...files.map(({ name, text }) => ({
                type: 'document',
                title: name,
                source: { type: 'text', media_type: 'text/plain', data: text },
              })),
            ],
          },
        ],
      }),
    },
  ];

  it.each(forms)('are the specification, and attachments of the project, over $path', async ({ path, body }) => {
    const files = [
      { name: 'people.csv', text: csv },
      { name: 'shop.yaml', text: `${openapi}# QUIET ${path}\n` },
    ];
    const send = async () => {
      const hasty = createGateway({}, { AIDEVOS_TEAM_WAIT_MS: '50' });
      return await (await hasty.send(path, { key, json: { model: 'team', ...body(files) } })).text();
    };
    const answer = await send();
    expect(answer).toContain('“people.csv”');
    const projectId = projectOf(answer);
    expect(await specificationOf(projectId)).toContain('title: Shop');
    expect(await specificationOf(projectId)).not.toContain('Ada');
    expect(projectOf(await send())).toBe(projectId);
    const kept = await gateway.send(`/api/projects/${projectId}/messages`, { key });
    const { messages }: { messages: { message: { content: string } }[] } = await kept.json();
    expect(messages.map(({ message }) => message.content)).toEqual([
      'Attachment “the words beside it”:\n\nPlease build this',
      `Attachment “people.csv”:\n\n${csv}`,
    ]);
  });

  it('that are no text are refused, and say what to send', async () => {
    const binary = base64('%PDF-1.7 \u0000\u00ff');
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: binary } };
    const [chat, responses] = forms;
    const nul = [{ name: 'a.pdf', text: '%PDF-1.7 \u0000\u00ff' }];
    for (const [path, body] of [
      [chat?.path, chat?.body(nul)],
      [responses?.path, responses?.body(nul)],
      ['/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: [pdf] }] }],
    ] as const) {
      const answer = await gateway.send(path ?? '', { key, json: { model: 'team', ...body } });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('files of UTF-8 text alone');
    }
  });

  it('that are too long for an attachment are refused before anything is made', async () => {
    const long = { name: 'long.csv', text: 'x'.repeat(100_001) };
    const body = forms[0]?.body([{ name: 'a.md', text: specification('QUIET long') }, long]);
    const answer = await gateway.send('/v1/chat/completions', { key, json: { model: 'team', ...body } });
    expect([answer.status, (await answer.text()).includes('“long.csv” is 100001 characters long')]).toEqual([
      400,
      true,
    ]);
  });
});

describe('Anthropic’s wire', () => {
  const send = async (path: string, json: object): Promise<Response> =>
    await gateway.send(path, { headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' }, json });
  const ask = async (more: Partial<Anthropic.MessageCreateParams>): Promise<Response> =>
    await send('/v1/messages', { model: 'team', max_tokens: 10_000, ...more });
  const opening = (content: string): Anthropic.MessageParam => ({ role: 'user', content });

  it('asks by the client’s tool, whose result is the answer', async () => {
    const tool: Anthropic.Tool = {
      name: 'ask_user',
      input_schema: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
    };
    const first = opening(specification('Asked over messages'));
    const asked = await readMessage(await ask({ messages: [first], tools: [tool] }));
    expect(asked.stop_reason).toBe('tool_use');
    const call = asked.content.find((block) => block.type === 'tool_use');
    expect(call).toMatchObject({ name: 'ask_user', input: { question: 'What now?' } });
    const result: Anthropic.ToolResultBlockParam = {
      type: 'tool_result',
      tool_use_id: call?.id ?? '',
      content: 'Blue',
    };
    const messages: Anthropic.MessageParam[] = [
      first,
      { role: 'assistant', content: asked.content },
      { role: 'user', content: [result] },
    ];
    const answered = await readMessage(await ask({ messages, tools: [tool] }));
    expect(JSON.stringify(answered.content)).toContain(projectOf(JSON.stringify(asked.content)));
  });

  it('shows progress as thoughts to those who asked for some', async () => {
    const messages = [opening(specification('Thought over messages'))];
    const thinking = { type: 'enabled', budget_tokens: 1_024 } as const;
    const answer = await ask({ messages, stream: true, thinking });
    expect(answer.headers.get('x-aidevos-without-effect')).toBeNull();
    const { events, isDone } = await readMessageStream(answer);
    expect(isDone).toBe(true);
    expect(
      events.some((event) => event.type === 'content_block_start' && event.content_block.type === 'thinking'),
    ).toBe(true);
  });

  it.each(['team', 'role/architect', 'auto', 'offline/engineer'])('counts the tokens of %s', async (model) => {
    const messages = [opening('x'.repeat(400))];
    const counted = await send('/v1/messages/count_tokens', { model, messages });
    expect([counted.status, counted.headers.get('x-aidevos-estimated')]).toEqual([200, 'true']);
    expect(await counted.json()).toEqual({ input_tokens: 100 });
  });

  it('shows them as models, those of projects to their own workspace', async () => {
    const projectId = await createTestProject(gateway, key);
    const find = async (model: string, asker: string) =>
      await gateway.send(`/v1/models/${model}`, { key: asker, headers: { 'anthropic-version': '2023-06-01' } });
    for (const model of ['team', 'auto', 'role/architect', `team/${projectId}`]) {
      const found: Anthropic.ModelInfo = await (await find(model, key)).json();
      expect(found).toMatchObject({ type: 'model', id: model });
    }
    expect((await find(`team/${projectId}`, otherKey)).status).toBe(404);
  });
});

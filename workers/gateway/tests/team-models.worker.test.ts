/** The team, its projects, agents and roles as models: what is made once, found again, asked, and not shown to others. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelClient, ModelRequest } from '../../../shared/ports/model-client.ts';
import { anthropicCapabilities } from '../../../shared/protocol/openai/capabilities.ts';
import { createChatModels, type ChatModels } from '../chat-models.ts';
import { fakeAgentId, fakeQuestionId } from '../testing/fake-cast.ts';
import {
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';
import { finishOf, readError, readFrames, readStream, textOf, type Completion } from '../testing/openai-answers.ts';

const gateway = createGateway();
let workspace: TestWorkspace;
let otherKey: string;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(gateway);
  otherKey = (await createWorkspace(gateway)).ownerKey;
});

interface Said {
  readonly role: string;
  readonly content: string | null;
  readonly [key: string]: unknown;
}

const user = (content: string): Said => ({ role: 'user', content });

const ask = async (model: string, messages: readonly Said[], more: object = {}, key = workspace.ownerKey) =>
  await gateway.send('/v1/chat/completions', { key, json: { model, messages, ...more } });

const complete = async (model: string, messages: readonly Said[], more: object = {}): Promise<Completion> => {
  const answer = await ask(model, messages, more);
  expect(answer.status).toBe(200);
  return await answer.json();
};

const contentOf = ({ choices }: Completion): string => choices[0]?.message.content ?? '';
const projectOf = (text: string): string => /Project (prj_\S+) \(event/.exec(text)?.[1] ?? '';

const listProjects = async (): Promise<readonly { projectId: string }[]> => {
  const answer = await gateway.send('/api/projects?limit=100', { key: workspace.ownerKey });
  const { projects }: { projects: { projectId: string }[] } = await answer.json();
  return projects;
};

const cancel = async (projectId: string): Promise<void> => {
  const answer = await gateway.send(`/api/projects/${projectId}/cancel`, { key: workspace.ownerKey, json: {} });
  expect(answer.status).toBe(200);
};

/** A stream that is read in pieces: up to the text that is waited for, or to its end. */
const openStream = (answer: Response) => {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    until: async (isEnough: (soFar: string) => boolean): Promise<string> => {
      for (;;) {
        const next = await reader?.read();
        if (next === undefined || next.done) return text;
        text += next.value;
        if (isEnough(text)) return text;
      }
    },
    leave: async (): Promise<void> => await reader?.cancel(),
  };
};

const specification = (name: string): string => `# ${name}\n\nA note has a title and a text.\n`;

describe('the team', () => {
  it('says what to send instead of building from a greeting', async () => {
    const before = await listProjects();
    const completion = await complete('team', [user('Hello there')]);
    expect(contentOf(completion)).toContain('Send the specification');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(await listProjects()).toHaveLength(before.length);
  });

  it('makes one project of the same words, however often and in whichever form they are sent', async () => {
    const words = [user(specification('Once'))];
    const first = projectOf(contentOf(await complete('team', words)));
    const before = await listProjects();
    expect(before.map(({ projectId }) => projectId)).toContain(first);
    const stream = await readStream(
      await ask('team', [{ role: 'system', content: 'It is noon.' }, ...words], { stream: true }),
    );
    expect(projectOf(textOf(stream))).toBe(first);
    expect([finishOf(stream), stream.isDone]).toEqual(['stop', true]);
    expect(await listProjects()).toHaveLength(before.length);
    const named = await ask('team', words, { metadata: { conversation: 'another' }, user: 'me' });
    expect(named.headers.get('x-aidevos-without-effect')).toBe('user');
    expect(projectOf(contentOf(await named.json()))).not.toBe(first);
  });

  it('asks in words, takes the next message as the answer, and goes on from where the conversation was', async () => {
    const opening = user(specification('Asked'));
    const asked = contentOf(await complete('team', [opening]));
    expect(asked).toContain('What now?');
    const answered = await complete('team', [
      opening,
      { role: 'assistant', content: asked },
      user('Go on with it, in blue'),
    ]);
    expect(projectOf(contentOf(answered))).toBe(projectOf(asked));
    const status = contentOf(await complete('team', [opening, { role: 'assistant', content: asked }, user('status')]));
    expect(status).toContain('is being built: stage planning, 0 of 2 tasks done');
  });

  it('asks by the client’s tool, whose result is the answer', async () => {
    const parameters = { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] };
    const tools = [{ type: 'function', function: { name: 'ask_user', parameters } }];
    const opening = user(specification('Tooled'));
    const asked = await complete('team', [opening], { tools });
    const [choice] = asked.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    const [call] = choice?.message.tool_calls ?? [];
    expect(call).toMatchObject({
      id: `call_${fakeQuestionId(projectOf(contentOf(asked)))}`,
      function: { name: 'ask_user', arguments: '{"question":"What now?"}' },
    });
    const result = { role: 'tool', content: 'Blue', tool_call_id: call?.id };
    const message: Said = { ...choice?.message, role: 'assistant', content: choice?.message.content ?? null };
    expect(contentOf(await complete('team', [opening, message, result], { tools }))).toContain(
      projectOf(contentOf(asked)),
    );
    const foreign = { ...result, tool_call_id: `call_${fakeQuestionId('prj_00000000000000000000000000')}` };
    const mixed = { ...message, tool_calls: [{ ...call, id: foreign.tool_call_id }] };
    expect((await ask('team', [opening, mixed, foreign], { tools })).status).toBe(400);
    const silent = await complete('team', [opening], { tools, tool_choice: 'none' });
    expect(silent.choices[0]).toMatchObject({ finish_reason: 'stop' });
  });

  it('asks by the client’s function, the older form, whose result is the answer though it has no id', async () => {
    const parameters = { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] };
    const functions = [{ name: 'ask_user', parameters }];
    const opening = user(specification('Functioned'));
    const asked = await complete('team', [opening], { functions });
    const [choice] = asked.choices;
    expect(choice?.finish_reason).toBe('function_call');
    expect(choice?.message.function_call).toEqual({ name: 'ask_user', arguments: '{"question":"What now?"}' });
    const projectId = projectOf(contentOf(asked));
    const message: Said = { ...choice?.message, role: 'assistant', content: choice?.message.content ?? null };
    const result: Said = { role: 'function', name: 'ask_user', content: 'Blue' };
    const answered = await complete('team', [opening, message, result], { functions });
    expect(projectOf(contentOf(answered))).toBe(projectId);
    const questions = await gateway.send(`/api/projects/${projectId}/questions`, { key: workspace.ownerKey });
    expect(JSON.stringify(await questions.json())).toContain('"Blue"');
  });

  it('delivers what it cannot act upon to the project manager, once, and says so', async () => {
    const projectId = await createTestProject(gateway, workspace.ownerKey, '# QUIET');
    for (let time = 1; time <= 2; time += 1) {
      const note = contentOf(await complete(`team/${projectId}`, [user('Build a search page as well, please')]));
      expect(note).toContain('delivered to the project manager');
      expect(projectOf(note)).toBe(projectId);
    }
    const messages = await gateway.send(`/api/projects/${projectId}/messages`, { key: workspace.ownerKey });
    expect(await messages.json()).toMatchObject({
      messages: [{ message: { recipient: 'role:project_manager', content: 'Build a search page as well, please' } }],
    });
  });

  it('answers what the records tell, and asks no agent', async () => {
    const projectId = await createTestProject(gateway, workspace.ownerKey, '# QUIET');
    const file = contentOf(await complete(`team/${projectId}`, [user('What is in README.md?')]));
    expect(file).toContain('# Read me');
    const unknown = contentOf(await complete(`team/${projectId}`, [user('What is love?')]));
    expect(unknown).toContain('say nothing about this');
    const messages = await gateway.send(`/api/projects/${projectId}/messages`, { key: workspace.ownerKey });
    expect(await messages.json()).toEqual({ messages: [] });
  });

  it('follows a project until it moves no more', async () => {
    const stream = openStream(await ask('team', [user(specification('QUIET following'))], { stream: true }));
    const projectId = projectOf(await stream.until((text) => projectOf(text) !== ''));
    await cancel(projectId);
    const whole = readFrames(await stream.until(() => false));
    expect(textOf(whole)).toContain('was cancelled: no reason is known');
    expect([finishOf(whole), whole.isDone]).toEqual(['stop', true]);
  });

  it('leaves the project alone when the client leaves, and tells the rest to who comes back', async () => {
    const opening = user(specification('QUIET leaving'));
    const stream = openStream(await ask('team', [opening], { stream: true }));
    const text = await stream.until((soFar) => projectOf(soFar) !== '');
    await stream.leave();
    const projectId = projectOf(text);
    const standing = contentOf(await complete('team', [opening, user('are you done?')]));
    expect(projectOf(standing)).toBe(projectId);
    expect(standing).toContain('is being built');
    await cancel(projectId);
    const heard = { role: 'assistant', content: textOf(readFrames(text)) };
    const back = contentOf(await complete('team', [opening, heard, user('continue')]));
    expect(projectOf(back)).toBe(projectId);
    expect(back).toContain('was cancelled');
  });

  it('ends an answer that is not streamed when its time is over, and says that the work goes on', async () => {
    const hasty = createGateway({}, { AIDEVOS_TEAM_WAIT_MS: '50' });
    const json = { model: 'team', messages: [user(specification('QUIET hasty'))] };
    const answer = await hasty.send('/v1/chat/completions', { key: workspace.ownerKey, json });
    const completion: Completion = await answer.json();
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(contentOf(completion)).toContain('the team goes on');
  });

  it('takes a project only from its own workspace', async () => {
    const projectId = await createTestProject(gateway, workspace.ownerKey);
    const messages = [user('status')];
    expect((await ask(`team/${projectId}`, messages)).status).toBe(200);
    expect((await gateway.send(`/v1/models/team/${projectId}`, { key: workspace.ownerKey })).status).toBe(200);
    for (const id of [projectId, projectId.replace(/.$/, (last) => (last === '0' ? '1' : '0'))]) {
      const answer = await ask(`team/${id}`, messages, {}, otherKey);
      expect(answer.status).toBe(404);
      const { message } = await readError(answer);
      expect(message).toBe(`The model 'team/${id}' does not exist here. GET /v1/models lists those there are.`);
      expect((await gateway.send(`/v1/models/team/${id}`, { key: otherKey })).status).toBe(404);
      expect((await ask('team', messages, { metadata: { project_id: id } }, otherKey)).status).toBe(400);
    }
    const claimed = [user('x'), { role: 'assistant', content: `Project ${projectId} (event 1)` }, user('status')];
    const answer: Completion = await (await ask('team', claimed, {}, otherKey)).json();
    expect(contentOf(answer)).toContain('Send the specification');
  });

  it.each<[string, object, string | null]>([
    [
      'a format',
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } } },
      'response_format',
    ],
    ['json_object', { response_format: { type: 'json_object' } }, 'response_format'],
    ['a text to stop at', { stop: 'x' }, 'stop'],
    ['a project id that is none', { metadata: { project_id: 'x' } }, 'metadata.project_id'],
  ])('refuses %s', async (_name, more, param) => {
    const answer = await ask('team', [user(specification('Refused'))], more);
    expect([answer.status, (await readError(answer)).param]).toEqual([400, param]);
  });

  it('tells in the project’s words why there is no project', async () => {
    const answer = await ask('team', [user('# REFUSE\n\nThis is about nothing at all.')]);
    expect([answer.status, (await readError(answer)).message]).toEqual([400, 'The specification names no resource.']);
  });

  it('is not for viewers', async () => {
    const viewer = await createRoleKey(gateway, workspace, 'viewer');
    expect((await ask('team', [user('Hello')], {}, viewer)).status).toBe(403);
  });
});

describe('those who are asked', () => {
  it('roles answer without a project, and use the client’s tools', async () => {
    const role = contentOf(await complete('role/architect', [user('Who are you?')]));
    expect(role).toContain('I am the architect, played by the rule-based offline engineer');
    const tools = [
      { type: 'function', function: { name: 'read_file', parameters: { type: 'object', properties: {} } } },
    ];
    const used = await complete('role/developer', [user('Use read_file, please')], { tools });
    expect(used.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'read_file' } });
    expect((await ask('role/king', [user('x')])).status).toBe(404);
  });

  it('are played by the model of the platform, which is told its part and given the client’s tools', async () => {
    const asked: ModelRequest[] = [];
    const client: ModelClient = {
      async *stream(request) {
        asked.push(request);
        yield { type: 'text_delta', text: 'Use a queue.' };
        yield { type: 'finished', stopReason: 'end' };
      },
    };
    const none = createChatModels({ accounts: {}, guard: { protect: (unguarded) => unguarded }, names: [] });
    const chatModels: ChatModels = Object.assign(none, {
      translated: () => ({
        ok: true as const,
        value: {
          type: 'translated' as const,
          name: 'anthropic/good',
          model: 'good',
          client,
          capabilities: anthropicCapabilities,
        },
      }),
    });
    const other = createGateway({ chatModels }, { AIDEVOS_MODEL: 'anthropic/good' });
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];
    const messages = [{ role: 'system', content: 'Answer in verse.' }, user('Hello')];
    const json = { model: 'role/architect', messages, tools };
    const answer = await other.send('/v1/chat/completions', { key: workspace.ownerKey, json });
    const completion: Completion = await answer.json();
    expect([completion.model, contentOf(completion)]).toEqual(['role/architect', 'Use a queue.']);
    expect(asked[0]).toMatchObject({ model: 'good', tools: [{ name: 'look' }] });
    expect(asked[0]?.system).toMatch(/^You are the architect .*shape of the application.*Answer in verse\.$/s);
  });

  it('agents answer from the records of their project, to their own workspace', async () => {
    const projectId = await createTestProject(gateway, workspace.ownerKey);
    const model = `agent/${fakeAgentId(projectId)}`;
    let answer = await ask(model, [user('What is in README.md?')]);
    // The directory hears of the agents a moment after the project is there.
    for (let tries = 0; answer.status === 404 && tries < 100; tries += 1)
      answer = await ask(model, [user('What is in README.md?')]);
    const completion: Completion = await answer.json();
    expect(contentOf(completion)).toContain('# Read me');
    expect((await gateway.send(`/v1/models/${model}`, { key: workspace.ownerKey })).status).toBe(200);
    expect((await ask(model, [user('x')], {}, otherKey)).status).toBe(404);
    expect((await ask('agent/agt_1', [user('x')])).status).toBe(404);
  });
});

/** The team behind OpenAI's API, by the unmodified `openai` SDK: one project, built once, followed, left and found again. */
import OpenAI, { NotFoundError } from 'openai';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { request, sendJson } from './client.ts';

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

const connect = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${inject('url')}/v1`, apiKey, maxRetries: 2 });

/** A name of its own for each run of the file: the same words would find the project of the run before. */
const letters = Array.from({ length: 8 }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('');
const name = `Notes of ${letters}`;
const opening: Message = { role: 'user', content: `# ${name}\n\nA note has a title (required) and a text.\n` };

const projectOf = (text: string): string => /Project (prj_\S+) \(event/.exec(text)?.[1] ?? '';

const countProjects = async (): Promise<number> => {
  const { json } = await request(`/api/projects?search=${letters}`);
  return (json as { projects: readonly unknown[] }).projects.length;
};

let client: OpenAI;
/** What was heard before hanging up, and what came after coming back. */
let heard: string;
let rest: string;
let projectId: string;

const say = async (model: string, messages: readonly Message[]): Promise<string> => {
  const completion = await client.chat.completions.create({ model, messages: [...messages] });
  expect(completion.choices[0]?.finish_reason).toBe('stop');
  return completion.choices[0]?.message.content ?? '';
};

beforeAll(async () => {
  client = connect(inject('apiKey'));
  const first = client.chat.completions.stream({ model: 'team', messages: [opening] });
  heard = '';
  // Leaves in the middle: the project is there, and far from done.
  for await (const { choices } of first) {
    heard += choices[0]?.delta.content ?? '';
    if (heard.includes('- planning')) break;
  }
  projectId = projectOf(heard);
  const back: Message[] = [opening, { role: 'assistant', content: heard }, { role: 'user', content: 'continue' }];
  const second = client.chat.completions.stream({ model: 'team', messages: back });
  rest = (await second.finalContent()) ?? '';
});

describe('the team', () => {
  it('tells its progress, and at the end where the app is, which answers', async () => {
    expect(heard).not.toContain('is done');
    expect(projectOf(rest)).toBe(projectId);
    for (const stage of ['design', 'implementation', 'validation', 'deployment'])
      expect(rest).toContain(`- ${stage}\n`);
    expect(rest).toMatch(/- tests passed: \d+ passed, 0 failed/);
    expect(rest).toContain(`“${name}” is done`);
    const appUrl = /- App: (\S+)/.exec(rest)?.[1] ?? '';
    const made = await request(`${appUrl}notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'First' }),
      key: null,
    });
    expect(made.status).toBe(201);
    expect(rest).toContain(`git clone http://anyone:<your API key>@`);
  });

  it('finds the same project by the same words, and builds it once', async () => {
    expect(projectOf(await say('team', [opening]))).toBe(projectId);
    expect(await countProjects()).toBe(1);
  });

  it('answers how it stands to who asks with the history, and to who names the project', async () => {
    const history: Message[] = [
      opening,
      { role: 'assistant', content: rest },
      { role: 'user', content: 'What is the status?' },
    ];
    const status = await say('team', history);
    expect(status).toContain('is done');
    expect(status).not.toContain('- design');
    expect(await say(`team/${projectId}`, [{ role: 'user', content: 'status' }])).toContain('is done');
    expect(await countProjects()).toBe(1);
  });

  it('has agents that answer for their tasks', async () => {
    const { json } = await request(`/api/projects/${projectId}/agents`);
    const { agents } = json as { agents: readonly { agentId: string; role: string }[] };
    const agentId = agents.find(({ role }) => role === 'architect')?.agentId ?? '';
    const answer = await say(`agent/${agentId}`, [
      { role: 'user', content: 'What did you do, and what is in README.md?' },
    ]);
    expect(answer).toContain(`architect of “${name}”`);
    expect(answer).toMatch(/Design of .*: done/);
    expect(answer).toContain('### README.md');
  });

  it('has roles that answer without a project', async () => {
    expect(await say('role/architect', [{ role: 'user', content: 'Hello' }])).toContain('I am the architect');
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(['team', 'role/architect', 'role/project_manager']));
  });

  it('is not there for another workspace', async () => {
    const made = await sendJson('/api/workspaces', { name: 'others' });
    const { ownerKey } = made.json as { ownerKey: { key: string } };
    const messages: Message[] = [{ role: 'user', content: 'status' }];
    const refused = connect(ownerKey.key).chat.completions.create({ model: `team/${projectId}`, messages });
    await expect(refused).rejects.toBeInstanceOf(NotFoundError);
  });
});

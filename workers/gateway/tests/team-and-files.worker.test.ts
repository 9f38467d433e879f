import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { createGateway, createTestProject, createWorkspace, prepareDirectory } from '../testing/harness.ts';

const gateway = createGateway();
let key: string;
let keyId: string;
let projectId: string;
let agentId: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
  keyId = `key_${key.split('_')[2]}`;
  projectId = await createTestProject(gateway, key);
  agentId = `agt_${projectId.slice('prj_'.length)}`;
  // The agent's row comes through the project's outbox.
  await vi.waitFor(async () => expect((await gateway.send(`/api/agents/${agentId}`, { key })).status).toBe(200));
});

const read = async <Body>(path: string, status = 200): Promise<Body> => {
  const answer = await gateway.send(path, { key });
  expect(answer.status).toBe(status);
  return await answer.json();
};

describe('tasks and agents', () => {
  it('shows a task with its agent and its reviews', async () => {
    const { tasks } = await read<{ tasks: { taskId: string; kind: string }[] }>(`/api/projects/${projectId}/tasks`);
    const [task, review] = tasks;
    const detail = await read(`/api/projects/${projectId}/tasks/${task?.taskId}`);
    expect(detail).toMatchObject({
      task,
      agent: { agentId, name: 'backend-1' },
      reviews: [{ taskId: review?.taskId }],
    });
  });

  it('answers 404 to a task that the project does not have', async () => {
    const problem = await read<Problem>(`/api/projects/${projectId}/tasks/tsk_00000000000000000000000000`, 404);
    expect(problem.detail).toBe('There is no such task.');
  });

  it('shows the team and one agent', async () => {
    expect(await read(`/api/projects/${projectId}/agents`)).toMatchObject({ agents: [{ agentId, role: 'backend' }] });
    expect(await read(`/api/agents/${agentId}`)).toMatchObject({ agentId, projectId, usage: { modelCalls: 0 } });
    expect(await read(`/api/agents/${agentId}/messages`)).toEqual({ messages: [] });
    expect(await read(`/api/agents/${agentId}/events?limit=1`)).toMatchObject({ next: 1, events: [{ sequence: 1 }] });
  });
});

describe('messages', () => {
  it('carries a person’s words to the team and to one agent, stamped with who sent them', async () => {
    const toTeam = await gateway.send(`/api/projects/${projectId}/messages`, {
      key,
      json: { recipient: 'role:backend', content: 'Hello' },
    });
    expect(toTeam.status).toBe(202);
    const json = { content: 'Why?', messageType: 'question' };
    const toAgent = await gateway.send(`/api/agents/${agentId}/messages`, { key, json });
    expect(toAgent.status).toBe(202);
    const { messages } = await read<{ messages: { message: unknown }[] }>(`/api/projects/${projectId}/messages`);
    expect(messages.map(({ message }) => message)).toMatchObject([
      { sender: `person:${keyId}`, recipient: 'role:backend', messageType: 'note', content: 'Hello' },
      { sender: `person:${keyId}`, recipient: `agent:${agentId}`, messageType: 'question', content: 'Why?' },
    ]);
  });

  it('refuses a forged sender and an empty message', async () => {
    const path = `/api/projects/${projectId}/messages`;
    const forged = await gateway.send(path, { key, json: { recipient: '*', content: 'x', sender: 'agent:x' } });
    expect(((await forged.json()) as Problem).errors?.[0]?.field).toBe('body.sender');
    const empty = await gateway.send(path, { key, json: { recipient: '*', content: '' } });
    expect(((await empty.json()) as Problem).errors?.[0]).toEqual({
      field: 'body.content',
      reason: 'must not be empty',
    });
  });
});

describe('files', () => {
  it('lists, reads, and shows folders', async () => {
    const { files } = await read<{ files: { path: string }[] }>(`/api/projects/${projectId}/files?prefix=src/`);
    expect(files.map(({ path }) => path)).toEqual(['src/deep/inner.ts', 'src/index.ts']);
    expect(await read(`/api/projects/${projectId}/file?path=README.md`)).toMatchObject({
      ref: 'main',
      path: 'README.md',
      content: '# Read me\n',
    });
    expect(await read(`/api/projects/${projectId}/tree?path=src`)).toEqual({
      ref: 'main',
      path: 'src',
      entries: [
        { name: 'deep', kind: 'folder' },
        { name: 'index.ts', kind: 'file', sizeBytes: 22 },
      ],
    });
  });

  it('answers 404 to a file or folder that is not there', async () => {
    await read(`/api/projects/${projectId}/file?path=missing.ts`, 404);
    await read(`/api/projects/${projectId}/tree?path=missing`, 404);
  });

  it('shows commits, differences and branches', async () => {
    expect(await read(`/api/projects/${projectId}/commits`)).toMatchObject({ commits: [{ message: 'First' }] });
    expect(await read(`/api/projects/${projectId}/diff?from=main&to=work/1`)).toMatchObject({
      files: [{ path: 'README.md', status: 'added' }],
    });
    expect(await read(`/api/projects/${projectId}/branches`)).toMatchObject({ branches: [{ name: 'main' }] });
  });
});

describe('deployments', () => {
  it('lists and promotes', async () => {
    expect(await read(`/api/projects/${projectId}/deployments`)).toMatchObject({ deployments: [{ slot: 'preview' }] });
    const path = `/api/projects/${projectId}/deployments/promote`;
    const promoted = await gateway.send(path, { key, json: { from: 'preview', to: 'production' } });
    expect(await promoted.json()).toMatchObject({ slot: 'production', action: 'promoted' });
  });

  it('refuses a promotion onto itself and an unknown slot, and passes a conflict on', async () => {
    const path = `/api/projects/${projectId}/deployments`;
    const same = await gateway.send(`${path}/promote`, { key, json: { from: 'preview', to: 'preview' } });
    expect(((await same.json()) as Problem).errors?.[0]?.field).toBe('body.to');
    const unknown = await gateway.send(`${path}/rollback`, { key, json: { slot: 'live' } });
    expect(((await unknown.json()) as Problem).errors?.[0]?.field).toBe('body.slot');
    const conflict = await gateway.send(`${path}/rollback`, { key, json: { slot: 'production' } });
    expect(conflict.status).toBe(409);
    expect(((await conflict.json()) as Problem).retryable).toBe(true);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/schemas/problem.ts';
import {
  createGateway,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';

const gateway = createGateway();
let workspace: TestWorkspace;
let key: string;
let projectId: string;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  projectId = await createTestProject(gateway, key);
});

const put = (path: string, json: unknown): Promise<Response> => gateway.send(path, { key, json, method: 'PUT' });

describe('the budget of a project', () => {
  it('is taken with the project and shown with what was used', async () => {
    const budget = { run: { maxSteps: 40 }, project: { maxTokens: 1_000_000, maxCostMicros: 5_000_000 } };
    const json = { specification: '# Books', budget };
    const project: { projectId: string } = await (await gateway.send('/api/projects', { key, json })).json();
    const usage = await gateway.send(`/api/projects/${project.projectId}/usage`, { key });
    expect(usage.status).toBe(200);
    expect(await usage.json()).toMatchObject({ answered: 1, inputTokens: 900, budget });
  });

  it('is replaced as a whole', async () => {
    const answer = await put(`/api/projects/${projectId}/budget`, { agent: { maxWallMs: 60_000 } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ projectId, budget: { agent: { maxWallMs: 60_000 } } });
  });

  it.each([
    ['project', { maxTokens: 0 }, 'body.project.maxTokens'],
    ['project', { maxTokens: 1.5 }, 'body.project.maxTokens'],
    ['run', { maxSteps: '5' }, 'body.run.maxSteps'],
    ['agent', { maxCostMicros: 1e16 }, 'body.agent.maxCostMicros'],
    ['run', { maxDollars: 5 }, 'body.run'],
    ['planet', { maxTokens: 5 }, 'body'],
  ])('refuses a limit of the %s of %j and names the field', async (scope, limits, field) => {
    const answer = await put(`/api/projects/${projectId}/budget`, { [scope]: limits });
    const problem: Problem = await answer.json();
    expect(answer.status).toBe(400);
    expect(problem.errors?.[0]?.field).toContain(field.replace('body.', '').replace('body', ''));
  });

  it('of another workspace is not found', async () => {
    const stranger = await createWorkspace(gateway);
    const options = { key: stranger.ownerKey };
    expect((await gateway.send(`/api/projects/${projectId}/usage`, options)).status).toBe(404);
    const json = { project: { maxTokens: 1 } };
    const answer = await gateway.send(`/api/projects/${projectId}/budget`, { ...options, json, method: 'PUT' });
    expect(answer.status).toBe(404);
  });
});

describe('the budget of a workspace', () => {
  it('is set, shown, and taken away again', async () => {
    const path = `/api/workspaces/${workspace.workspaceId}/budget`;
    const none = await gateway.send(path, { key });
    expect(await none.json()).toMatchObject({
      limits: {},
      used: { tokens: 0, costMicros: 0, steps: 0 },
      remaining: {},
    });
    const limited = await put(path, { maxTokens: 500, maxSteps: 7 });
    expect(await limited.json()).toMatchObject({
      limits: { maxTokens: 500, maxSteps: 7 },
      remaining: { tokens: 500, steps: 7 },
    });
    expect(await (await put(path, {})).json()).toMatchObject({ limits: {} });
  });

  it('is set once under one idempotency key, and not with another body', async () => {
    const path = `/api/workspaces/${workspace.workspaceId}/budget`;
    const headers = { 'idempotency-key': 'budget-1' };
    const first = await gateway.send(path, { key, json: { maxTokens: 9 }, method: 'PUT', headers });
    const again = await gateway.send(path, { key, json: { maxTokens: 9 }, method: 'PUT', headers });
    expect(await again.json()).toEqual(await first.json());
    const other = await gateway.send(path, { key, json: { maxTokens: 10 }, method: 'PUT', headers });
    expect(other.status).toBe(422);
  });

  it('of another workspace is not found', async () => {
    const stranger = await createWorkspace(gateway);
    const path = `/api/workspaces/${workspace.workspaceId}/budget`;
    expect((await gateway.send(path, { key: stranger.ownerKey })).status).toBe(404);
    const answer = await gateway.send(path, { key: stranger.ownerKey, json: {}, method: 'PUT' });
    expect(answer.status).toBe(404);
  });
});

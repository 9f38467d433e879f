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

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
});

interface Shown {
  readonly projectId: string;
  readonly name: string;
  readonly status: string;
  readonly model: string;
  readonly specificationPath: string;
  readonly appUrl: string;
  readonly repositoryUrl: string;
}

const specificationOf = async (projectId: string): Promise<{ path: string; content: string }> =>
  await (await gateway.send(`/api/projects/${projectId}/specification`, { key })).json();

describe('creating a project', () => {
  it('answers 201 with where to look, and the project is there at once', async () => {
    const answer = await gateway.send('/api/projects', { key, json: { name: 'Shelf', specification: '# Books' } });
    const project: Shown = await answer.json();
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/projects/${project.projectId}`);
    expect(project).toMatchObject({
      name: 'Shelf',
      status: 'active',
      model: 'offline/engineer',
      appUrl: `https://aidevos.test/apps/${project.projectId}/`,
      repositoryUrl: `https://aidevos.test/git/${project.projectId}.git`,
    });
    const shown = await gateway.send(`/api/projects/${project.projectId}`, { key });
    expect(await shown.json()).toMatchObject({ projectId: project.projectId });
    const listed: { projects: Shown[] } = await (await gateway.send('/api/projects', { key })).json();
    expect(listed.projects.map((entry) => entry.projectId)).toContain(project.projectId);
  });

  it.each([
    ['text/markdown; charset=utf-8', '# Books é', '# Books é', 'specification.md'],
    ['application/yaml', 'openapi: 3.0.3\n', 'openapi: 3.0.3\n', 'openapi.yaml'],
    ['application/json', '{ "openapi": "3.1.0" }', '{ "openapi": "3.1.0" }', 'openapi.json'],
  ])('takes a bare document as %s', async (contentType, body, content, path) => {
    const headers = { 'content-type': contentType };
    const answer = await gateway.send('/api/projects?name=Bare', { key, body, headers, method: 'POST' });
    const project: Shown = await answer.json();
    expect(answer.status).toBe(201);
    expect(project).toMatchObject({ name: 'Bare', specificationPath: path });
    expect(await specificationOf(project.projectId)).toEqual({ path, content });
  });

  it('answers the same project to a repeated idempotency key, and refuses it with another body', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const json = { specification: '# Once' };
    const first: Shown = await (await gateway.send('/api/projects', { key, json, headers })).json();
    const second = await gateway.send('/api/projects', { key, json, headers });
    expect(second.status).toBe(201);
    expect(await second.json()).toMatchObject({ projectId: first.projectId });
    const other = await gateway.send('/api/projects', { key, json: { specification: '# Other' }, headers });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'idempotency.mismatch' });
    const another = await createWorkspace(gateway);
    const foreign: Shown = await (await gateway.send('/api/projects', { key: another.ownerKey, json, headers })).json();
    expect(foreign.projectId).not.toBe(first.projectId);
  });

  it('makes different projects without an idempotency key', async () => {
    expect(await createTestProject(gateway, key)).not.toBe(await createTestProject(gateway, key));
  });

  it('passes a refusal of the project on, with field and reason', async () => {
    const answer = await gateway.send('/api/projects', { key, json: { specification: 'REFUSE' } });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      type: 'urn:aidevos:problem:spec.invalid',
      code: 'spec.invalid',
      retryable: false,
      instance: '/api/projects',
      errors: [{ field: 'specification', reason: 'line 1 is not understood' }],
    });
  });

  it('hides what broke inside, and logs it under the request id', async () => {
    const broken = createGateway();
    const answer = await broken.send('/api/projects', { key, json: { specification: 'BREAK' } });
    const problem: Problem = await answer.json();
    expect(answer.status).toBe(500);
    expect(problem.code).toBe('internal');
    expect(JSON.stringify(problem)).not.toMatch(/secret internals|\/srv|stack/);
    const logged = broken.log.find((entry) => entry.level === 'error');
    expect(logged?.requestId).toBe(problem.requestId);
    expect(String(logged?.error)).toContain('secret internals');
  });
});

describe('listing projects', () => {
  it('pages from the newest, filters and searches, and takes wildcards literally', async () => {
    const own = await createWorkspace(gateway);
    const create = async (name: string): Promise<string> => {
      const json = { name, specification: '# x' };
      const project: Shown = await (await gateway.send('/api/projects', { key: own.ownerKey, json })).json();
      return project.projectId;
    };
    const ids = [await create('Alpha one'), await create('Beta 100%'), await create('alpha two')];
    const list = async (query: string): Promise<{ projects: Shown[]; next?: string }> =>
      await (await gateway.send(`/api/projects${query}`, { key: own.ownerKey })).json();

    const first = await list('?limit=2');
    expect(first.projects.map((entry) => entry.projectId)).toEqual([...ids].sort().reverse().slice(0, 2));
    const second = await list(`?limit=2&after=${first.next}`);
    expect(second.projects).toHaveLength(1);
    expect(second.next).toBeUndefined();
    expect((await list('?search=ALPHA')).projects).toHaveLength(2);
    expect((await list(`?search=${encodeURIComponent('100%')}`)).projects).toHaveLength(1);
    expect((await list(`?search=${encodeURIComponent('_')}`)).projects).toHaveLength(0);
    expect((await list('?status=completed')).projects).toHaveLength(0);
  });

  it.each([
    ['?limit=0', 'query.limit'],
    ['?limit=101', 'query.limit'],
    ['?limit=ten', 'query.limit'],
    ['?status=gone', 'query.status'],
    ['?after=1', 'query.after'],
    ['?order=name', 'query.order'],
  ])('refuses %s and names %s', async (query, field) => {
    const answer = await gateway.send(`/api/projects${query}`, { key });
    const problem: Problem = await answer.json();
    expect(answer.status).toBe(400);
    expect(problem.errors?.[0]?.field).toBe(field);
  });
});

describe('controlling a project', () => {
  it('pauses, resumes and cancels', async () => {
    const projectId = await createTestProject(gateway, key);
    const post = async (verb: string, options = {}): Promise<Response> =>
      await gateway.send(`/api/projects/${projectId}/${verb}`, { key, method: 'POST', ...options });
    expect(await (await post('pause')).json()).toMatchObject({ status: 'paused' });
    expect(await (await post('resume')).json()).toMatchObject({ status: 'active' });
    expect((await post('cancel', { json: { reason: 'enough' } })).status).toBe(200);
    const events: { events: { event: unknown }[] } = await (
      await gateway.send(`/api/projects/${projectId}/events?after=3`, { key })
    ).json();
    expect(events.events.map(({ event }) => event)).toEqual([{ type: 'project.cancelled', reason: 'enough' }]);
  });

  it('cancels without a body too, and refuses an empty reason', async () => {
    const projectId = await createTestProject(gateway, key);
    const path = `/api/projects/${projectId}/cancel`;
    expect((await gateway.send(path, { key, json: { reason: ' ' } })).status).toBe(400);
    expect((await gateway.send(path, { key, method: 'POST' })).status).toBe(200);
  });

  it('answers the report as JSON and as Markdown', async () => {
    const projectId = await createTestProject(gateway, key);
    const path = `/api/projects/${projectId}/report`;
    expect(await (await gateway.send(path, { key })).json()).toMatchObject({
      gates: [{ name: 'tests', passed: true }],
    });
    const markdown = await gateway.send(path, { key, headers: { accept: 'text/markdown' } });
    expect(markdown.headers.get('content-type')).toContain('text/markdown');
    expect(await markdown.text()).toBe('# Shelf\n');
  });
});

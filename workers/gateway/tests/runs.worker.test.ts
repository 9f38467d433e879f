import { beforeAll, describe, expect, it } from 'vitest';
import { createRunningHash } from '../../../shared/adapters/crypto/text-hash.ts';
import { readExport } from '../../../shared/domain/replay/read-export.ts';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { agentStub, projectStub, repositoryStub } from '../../../durable-objects/stubs.ts';
import type { AgentId, ProjectId, WorkspaceId } from '../../../shared/domain/ids.ts';
import { err, ok } from '../../../shared/errors/result.ts';
import { RunExporter } from '../run-export.ts';
import type { AgentAccess } from '../services.ts';
import { fakeAgentId } from '../testing/fake-cast.ts';
import { bindings, createGateway, createTestProject, createWorkspace, prepareDirectory } from '../testing/harness.ts';

const gateway = createGateway();
let key: string;
let projectId: ProjectId;
let workspaceId: WorkspaceId;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  ({ ownerKey: key, workspaceId } = workspace);
  // SAFETY: the API answers ids of projects.
  projectId = (await createTestProject(gateway, key)) as ProjectId;
});

describe('an export', () => {
  it('holds logs, journals and files, and ends with a line that tells whether it is whole', async () => {
    const answer = await gateway.send(`/api/projects/${projectId}/export`, { key });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const text = new TextDecoder().decode(await answer.arrayBuffer());
    const run = await readExport(text.split('\n'), createRunningHash());
    if (!run.ok) throw new Error(run.error.detail);
    const { header, events, agents, files } = run.value;
    expect(header).toMatchObject({ format: 1, projectId, sequence: 1, stateHash: 'hash of 1' });
    expect(events.map(({ event }) => event.type)).toEqual(['project.created']);
    expect(agents.map(({ seat, events: log, journal }) => [seat.agentId, log.length, journal.length])).toEqual([
      [fakeAgentId(projectId), 2, 1],
    ]);
    expect(files.map(({ path }) => path)).toEqual(['README.md', 'src/deep/inner.ts', 'src/index.ts']);
  });

  it('ends without its last line when an object fails on the way', async () => {
    const objects = {
      project: () => projectStub(bindings, workspaceId, projectId),
      repository: () => repositoryStub(bindings, workspaceId, projectId),
      // SAFETY: the exporter asks nothing else of an agent.
      agent: (agentId: AgentId) =>
        ({
          get: () => agentStub(bindings, workspaceId, agentId).get(),
          stateHash: async () => ok({ sequence: 2, hash: 'h' }),
          events: async () => err({ type: 'service.unavailable', detail: 'The agent is away.' }),
        }) as unknown as AgentAccess,
    };
    const options = { log: () => undefined, requestId: 'req', part: 'project' };
    const exporter = new RunExporter({ ...objects, options, now: () => 1 });
    const view = await objects.project().get();
    const header = view.ok ? await exporter.header(view.value) : view;
    if (!header.ok) throw new Error(header.error.detail);
    const pages: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const page of exporter.text(header.value)) pages.push(page);
    };
    await expect(reading()).rejects.toThrow('The agent is away.');
    const read = await readExport(pages.join('').split('\n'), createRunningHash());
    expect(!read.ok && read.error.detail).toContain('cut off');
  });
});

describe('a state hash', () => {
  it('is answered for a project and for an agent', async () => {
    const ofProject = await gateway.send(`/api/projects/${projectId}/state-hash?sequence=1`, { key });
    expect(await ofProject.json()).toEqual({ sequence: 1, hash: 'hash of 1' });
    const ofAgent = await gateway.send(`/api/agents/${fakeAgentId(projectId)}/state-hash?sequence=2`, { key });
    expect(await ofAgent.json()).toEqual({ sequence: 2, hash: 'hash of 2' });
  });

  it('is not there beyond the log, and needs a whole number', async () => {
    expect((await gateway.send(`/api/projects/${projectId}/state-hash?sequence=99`, { key })).status).toBe(404);
    const odd = await gateway.send(`/api/projects/${projectId}/state-hash?sequence=-1`, { key });
    expect(((await odd.json()) as Problem).errors?.[0]?.field).toBe('query.sequence');
  });
});

describe('a fork', () => {
  const path = (): string => `/api/projects/${projectId}/fork`;

  it('is a new project, the same one for the same idempotency key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const json = { at: { sequence: 1 }, model: 'offline/engineer', role: 'backend', instructions: 'Be brief.' };
    const first = await gateway.send(path(), { key, json, headers });
    expect(first.status).toBe(201);
    const copy: { projectId: string } = await first.json();
    expect(copy.projectId).not.toBe(projectId);
    expect(first.headers.get('location')).toBe(`/api/projects/${copy.projectId}`);
    const again = await gateway.send(path(), { key, json, headers });
    expect(await again.json()).toMatchObject({ projectId: copy.projectId });
    const asked = await gateway.send(`/api/projects/${copy.projectId}/specification`, { key });
    const { content }: { content: string } = await asked.json();
    expect(JSON.parse(content)).toEqual({ from: projectId, ...json });
  });

  it.each([
    ['an empty list of files', { code: [] }, 'body.code'],
    ['a step without a run', { at: { step: 3 } }, 'body.at'],
    ['a name that no model can have', { model: 'no name' }, 'body.model'],
    ['blank instructions', { instructions: '  ' }, 'body.instructions'],
    ['a field that nobody knows', { projectId: 'prj_x' }, 'body.projectId'],
  ])('refuses %s', async (_, json, field) => {
    const answer = await gateway.send(path(), { key, json });
    expect([answer.status, ((await answer.json()) as Problem).errors?.[0]?.field]).toEqual([400, field]);
  });
});

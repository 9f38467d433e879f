import { beforeAll, describe, expect, it } from 'vitest';
import { createRunningHash } from '../../../shared/adapters/crypto/text-hash.ts';
import { readExport } from '../../../shared/domain/replay/read-export.ts';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { fakeAgentId } from '../testing/fake-project.ts';
import { createGateway, createTestProject, createWorkspace, prepareDirectory } from '../testing/harness.ts';

const gateway = createGateway();
let key: string;
let projectId: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
  projectId = await createTestProject(gateway, key);
});

describe('an export', () => {
  it('holds logs, journals and files, and ends with a line that tells whether it is whole', async () => {
    const answer = await gateway.send(`/api/projects/${projectId}/export`, { key });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const text = await answer.text();
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

  it('does not show whole when an object fails on the way', async () => {
    const broken = createGateway();
    const { ownerKey } = await createWorkspace(broken);
    const id = await createTestProject(broken, ownerKey);
    const answer = await createGateway({
      clock: {
        now: () => {
          throw new Error('no time');
        },
      },
    }).send(`/api/projects/${id}/export`, { key: ownerKey });
    expect(answer.status).toBeGreaterThanOrEqual(400);
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
    ['a model without a provider', { model: 'gpt' }, 'body.model'],
    ['blank instructions', { instructions: '  ' }, 'body.instructions'],
    ['a field that nobody knows', { projectId: 'prj_x' }, 'body.projectId'],
  ])('refuses %s', async (_, json, field) => {
    const answer = await gateway.send(path(), { key, json });
    expect([answer.status, ((await answer.json()) as Problem).errors?.[0]?.field]).toEqual([400, field]);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { createKeyedHash } from '../../../shared/adapters/crypto/keyed-hash.ts';
import { createDirectoryReader } from '../../../shared/adapters/directory/reader.ts';
import { localWorkspaceId } from '../../../shared/domain/access/workspaces.ts';
import { testCreateClock } from '../../../shared/ports/clock.ts';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { parseConfig } from '../config.ts';
import { createKeyRing, keyCacheMs } from '../key-ring.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  operatorKey,
  pepper,
  prepareDirectory,
} from '../testing/harness.ts';

const gateway = createGateway();

beforeAll(prepareDirectory);

describe('workspaces', () => {
  it('start with the local one, to which the configured key belongs', async () => {
    expect(await (await gateway.send('/api/caller', { key: operatorKey })).json()).toMatchObject({
      workspaceId: localWorkspaceId,
      role: 'operator',
    });
    const answer = await gateway.send(`/api/workspaces/${localWorkspaceId}`, { key: operatorKey });
    expect(await answer.json()).toMatchObject({ name: 'local' });
  });

  it('are made by an operator, whose list shows them', async () => {
    const made = await createWorkspace(gateway);
    const { workspaces }: { workspaces: { workspaceId: string }[] } = await (
      await gateway.send('/api/workspaces?limit=100', { key: operatorKey })
    ).json();
    expect(workspaces.map(({ workspaceId }) => workspaceId)).toContain(made.workspaceId);
    expect(await (await gateway.send('/api/caller', { key: made.ownerKey })).json()).toMatchObject({ role: 'owner' });
  });

  it('refuse a name that is none', async () => {
    for (const name of ['', '  ', 'x'.repeat(121), 'a\u0007b', 7]) {
      const answer = await gateway.send('/api/workspaces', { key: operatorKey, json: { name } });
      expect(((await answer.json()) as Problem).errors?.[0]?.field).toBe('body.name');
    }
  });
});

describe('keys', () => {
  it('are shown once and stored as a keyed hash only', async () => {
    const workspace = await createWorkspace(gateway);
    const key = await createRoleKey(gateway, workspace, 'member');
    const listed = await (
      await gateway.send(`/api/workspaces/${workspace.workspaceId}/keys`, { key: workspace.ownerKey })
    ).text();
    expect(JSON.parse(listed).keys.map((entry: { role: string }) => entry.role)).toEqual(['member', 'owner']);
    const dump = JSON.stringify((await bindings.DIRECTORY.prepare('SELECT * FROM api_key').all()).results);
    const secret = key.split('_')[3] ?? '';
    expect(secret).toHaveLength(43);
    expect(listed).not.toMatch(/hash/);
    expect(listed + dump).not.toContain(secret);
    expect(dump).toContain(await createKeyedHash(pepper).sign(key));
    expect(JSON.stringify(gateway.log)).not.toContain(secret);
  });

  it('stop working at once here when they are revoked', async () => {
    const workspace = await createWorkspace(gateway);
    const key = await createRoleKey(gateway, workspace, 'member');
    expect((await gateway.send('/api/caller', { key })).status).toBe(200);
    const path = `/api/workspaces/${workspace.workspaceId}/keys/key_${key.split('_')[2]}`;
    const revoked = await gateway.send(path, { key: workspace.ownerKey, method: 'DELETE' });
    expect(((await revoked.json()) as { revokedAt?: number }).revokedAt).toBeTypeOf('number');
    expect((await gateway.send('/api/caller', { key })).status).toBe(401);
    expect((await gateway.send(path, { key: workspace.ownerKey, method: 'DELETE' })).status).toBe(200);
  });

  it('stop working elsewhere within the cache’s five seconds', async () => {
    const workspace = await createWorkspace(gateway);
    const key = await createRoleKey(gateway, workspace, 'member');
    const clock = testCreateClock();
    const config = parseConfig({ AIDEVOS_ENVIRONMENT: 'test', AIDEVOS_KEY_PEPPER: pepper });
    if (!config.ok) throw new Error(config.error.detail);
    const directory = createDirectoryReader(bindings.DIRECTORY);
    const hash = createKeyedHash(pepper);
    const elsewhere = createKeyRing({ config: config.value, clock, hash, directory, log: () => undefined });
    expect((await elsewhere.authenticate(key)).ok).toBe(true);
    const path = `/api/workspaces/${workspace.workspaceId}/keys/key_${key.split('_')[2]}`;
    await gateway.send(path, { key: workspace.ownerKey, method: 'DELETE' });
    clock.advance(keyCacheMs);
    expect(keyCacheMs).toBeLessThanOrEqual(5_000);
    expect((await elsewhere.authenticate(key)).ok).toBe(false);
  });

  it('cost no lookup when their form is wrong', async () => {
    const lookups: string[] = [];
    const config = parseConfig({ AIDEVOS_ENVIRONMENT: 'test', AIDEVOS_KEY_PEPPER: pepper });
    if (!config.ok) throw new Error(config.error.detail);
    const ring = createKeyRing({
      config: config.value,
      clock: testCreateClock(),
      hash: createKeyedHash(pepper),
      log: () => undefined,
      directory: {
        findApiKey: async (keyId) => {
          lookups.push(keyId);
          return undefined;
        },
      },
    });
    const good = (await createWorkspace(gateway)).ownerKey;
    for (const key of ['x', good.slice(0, -1), `${good}0`, good.toUpperCase(), good.replace('test', 'prod')]) {
      expect((await ring.authenticate(key)).ok).toBe(false);
    }
    expect(lookups).toEqual([]);
    await ring.authenticate(good);
    expect(lookups).toHaveLength(1);
  });

  it('cannot be told good from bad while the directory is down, and say so', async () => {
    const workspace = await createWorkspace(gateway);
    const down = async (): Promise<never> => {
      throw new Error('D1_ERROR: no such table');
    };
    const config = parseConfig({ AIDEVOS_ENVIRONMENT: 'test', AIDEVOS_KEY_PEPPER: pepper });
    if (!config.ok) throw new Error(config.error.detail);
    const keys = createKeyRing({
      config: config.value,
      clock: testCreateClock(),
      hash: createKeyedHash(pepper),
      log: () => undefined,
      directory: { findApiKey: down },
    });
    const answer = await createGateway({ keys }).send('/api/caller', { key: workspace.ownerKey });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.text()).not.toContain('D1_ERROR');
  });

  it('are not handed out above one’s own role, nor by members', async () => {
    const workspace = await createWorkspace(gateway);
    const path = `/api/workspaces/${workspace.workspaceId}/keys`;
    const up = await gateway.send(path, { key: workspace.ownerKey, json: { name: 'x', role: 'operator' } });
    expect(up.status).toBe(403);
    expect(((await up.json()) as Problem).errors?.[0]?.field).toBe('body.role');
    const member = await createRoleKey(gateway, workspace, 'member');
    expect((await gateway.send(path, { key: member, json: { name: 'x', role: 'viewer' } })).status).toBe(403);
  });

  it('are at most a hundred to a workspace', async () => {
    const workspace = await createWorkspace(gateway);
    const path = `/api/workspaces/${workspace.workspaceId}/keys`;
    const create = async (): Promise<Response> =>
      await gateway.send(path, { key: workspace.ownerKey, json: { name: 'x', role: 'viewer' } });
    for (let count = 1; count < 100; count += 1) expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(409);
  });
});

describe('rebuilding the directory', () => {
  it('gives the same rows, and touches no other workspace', async () => {
    const workspace = await createWorkspace(gateway);
    const neighbour = await createWorkspace(gateway);
    const projectId = await createTestProject(gateway, workspace.ownerKey);
    await createTestProject(gateway, neighbour.ownerKey);
    const dump = async (): Promise<string> => {
      const tables = ['workspace', 'api_key', 'project', 'agent'];
      const rows = await bindings.DIRECTORY.batch(
        tables.map((table) => bindings.DIRECTORY.prepare(`SELECT * FROM ${table} ORDER BY id`)),
      );
      return JSON.stringify(rows.map(({ results }) => results));
    };
    const path = `/api/projects/${projectId}`;
    const agentPath = `/api/agents/agt_${projectId.slice('prj_'.length)}`;
    await expect.poll(async () => (await gateway.send(agentPath, { key: workspace.ownerKey })).status).toBe(200);
    await expect
      .poll(async () => {
        const answer = await gateway.send(`/api/workspaces/${workspace.workspaceId}`, { key: workspace.ownerKey });
        return ((await answer.json()) as { projects: number }).projects;
      })
      .toBe(1);
    const before = await dump();
    await bindings.DIRECTORY.prepare("UPDATE project SET name = 'broken' WHERE id = ?").bind(projectId).run();
    await bindings.DIRECTORY.prepare('DELETE FROM agent WHERE project_id = ?').bind(projectId).run();
    expect(await dump()).not.toBe(before);

    const rebuild = `/api/workspaces/${workspace.workspaceId}/rebuild-directory`;
    const answer = await gateway.send(rebuild, { key: workspace.ownerKey, method: 'POST' });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ projects: 1 });
    // Whatever the rows are at the moment, the project itself can be reached.
    expect((await gateway.send(path, { key: workspace.ownerKey })).status).toBe(200);
    await expect.poll(dump, { timeout: 5_000 }).toBe(before);
  });
});

import {
  abortAllDurableObjects,
  applyD1Migrations,
  env,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
  type D1Migration,
} from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createDirectoryReader } from '../../shared/adapters/directory/reader.ts';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { localWorkspaceId } from '../../shared/domain/access/workspaces.ts';
import type { ApiKeyId, ProjectId, WorkspaceId } from '../../shared/domain/ids.ts';
import type { NewKey, WorkspaceRpc } from '../../shared/rpc/workspace-access.ts';
import { objectName, workspaceStub, type ObjectBindings } from '../stubs.ts';
import type { RecordingProject } from './testing/worker.ts';

// SAFETY: `testing/wrangler.toml` has these bindings.
const bindings = env as unknown as Pick<ObjectBindings, 'WORKSPACE' | 'PROJECT'> & {
  readonly DIRECTORY: D1Database;
  readonly TEST_MIGRATIONS: D1Migration[];
};
const ids = createRandomIds(systemClock);
const directory = createDirectoryReader(bindings.DIRECTORY);

beforeAll(async () => {
  await applyD1Migrations(bindings.DIRECTORY, bindings.TEST_MIGRATIONS);
});

/** A fresh stub each time: one of an object that was stopped stays broken. */
const workspace = (workspaceId: WorkspaceId): WorkspaceRpc => workspaceStub(bindings, workspaceId);
const durable = (workspaceId: WorkspaceId): DurableObjectStub =>
  bindings.WORKSPACE.getByName(objectName(workspaceId, 'workspace', workspaceId));

const newKey = (role: NewKey['role'] = 'owner'): NewKey => ({
  keyId: ids.create('key'),
  name: role,
  role,
  hash: 'ab'.repeat(32),
});

const create = async (): Promise<{ workspaceId: WorkspaceId; keyId: ApiKeyId }> => {
  const workspaceId = ids.create('wsp');
  const firstKey = newKey();
  const created = await workspace(workspaceId).create({ commandId: 'c1', workspaceId, name: 'team', firstKey });
  expect(created).toMatchObject({ ok: true, value: { workspaceId, name: 'team', keys: 1, projects: 0 } });
  return { workspaceId, keyId: firstKey.keyId };
};

const register = async (workspaceId: WorkspaceId, projectId: ProjectId): Promise<unknown> =>
  await workspace(workspaceId).registerProject({ commandId: `r:${projectId}`, projectId, name: 'p', createdAt: 1 });

describe('a workspace', () => {
  it('is made once: a repeat answers the same, another command is refused', async () => {
    const workspaceId = ids.create('wsp');
    const command = { commandId: 'c1', workspaceId, name: 'team', firstKey: newKey() };
    const first = await workspace(workspaceId).create(command);
    expect(await workspace(workspaceId).create(command)).toEqual(first);
    expect(await workspace(workspaceId).create({ ...command, commandId: 'c2' })).toMatchObject({
      ok: false,
      error: { type: 'resource.conflict' },
    });
    expect(await workspace(workspaceId).create({ ...command, name: 'other' })).toMatchObject({
      ok: false,
      error: { type: 'idempotency.mismatch' },
    });
  });

  it('refuses a command for another workspace, and knows nothing before it was made', async () => {
    const workspaceId = ids.create('wsp');
    const lost = { commandId: 'c1', workspaceId: ids.create('wsp'), name: 'x', firstKey: newKey() };
    const notFound = { ok: false, error: { type: 'resource.not_found' } };
    expect(await workspace(workspaceId).create(lost)).toMatchObject(notFound);
    expect(await workspace(workspaceId).get()).toMatchObject(notFound);
    expect(await workspace(workspaceId).listKeys()).toMatchObject(notFound);
    expect(await register(workspaceId, ids.create('prj'))).toMatchObject(notFound);
    expect(await workspace(workspaceId).createKey({ commandId: 'k', ...newKey() })).toMatchObject(notFound);
  });

  it('is there from the start when it is the local one', async () => {
    expect(await workspace(localWorkspaceId).get()).toMatchObject({ ok: true, value: { name: 'local', keys: 0 } });
    await vi.waitFor(async () =>
      expect(await directory.findWorkspace(localWorkspaceId)).toMatchObject({ name: 'local' }),
    );
  });

  it('keeps everything over an eviction and over a kill', async () => {
    const { workspaceId, keyId } = await create();
    const projectId = ids.create('prj');
    await register(workspaceId, projectId);
    const before = await workspace(workspaceId).get();
    await evictDurableObject(durable(workspaceId));
    expect(await workspace(workspaceId).get()).toEqual(before);
    await abortAllDurableObjects();
    expect(await workspace(workspaceId).get()).toEqual(before);
    expect(await workspace(workspaceId).hasProject({ projectId })).toEqual({ ok: true, value: true });
    expect(await workspace(workspaceId).listKeys()).toMatchObject({ value: [{ keyId, role: 'owner' }] });
  });
});

describe('keys', () => {
  it('never leave with their hash, and stand in the directory when the answer comes', async () => {
    const { workspaceId } = await create();
    const key = newKey('member');
    const created = await workspace(workspaceId).createKey({ commandId: 'k1', ...key });
    expect(JSON.stringify(created)).not.toContain(key.hash);
    expect(await directory.findApiKey(key.keyId)).toMatchObject({ workspaceId, role: 'member', hash: key.hash });
    await workspace(workspaceId).revokeKey({ commandId: 'k2', keyId: key.keyId });
    expect((await directory.findApiKey(key.keyId))?.revokedAt).toBeTypeOf('number');
    expect(JSON.stringify(await workspace(workspaceId).listKeys())).not.toContain(key.hash);
  });

  it('keep the time of their first revocation', async () => {
    const { workspaceId, keyId } = await create();
    const first = await workspace(workspaceId).revokeKey({ commandId: 'r1', keyId });
    expect(await workspace(workspaceId).revokeKey({ commandId: 'r2', keyId })).toEqual(first);
    expect(await workspace(workspaceId).get()).toMatchObject({ value: { keys: 0 } });
    const unknown = ids.create('key');
    expect(await workspace(workspaceId).revokeKey({ commandId: 'r3', keyId: unknown })).toMatchObject({ ok: false });
  });

  it('reach the directory later when it was away', async () => {
    const { workspaceId } = await create();
    const key = newKey('viewer');
    await bindings.DIRECTORY.exec('ALTER TABLE api_key RENAME TO api_key_away');
    await workspace(workspaceId).createKey({ commandId: 'k1', ...key });
    await bindings.DIRECTORY.exec('ALTER TABLE api_key_away RENAME TO api_key');
    await vi.waitFor(
      async () => {
        await runDurableObjectAlarm(durable(workspaceId));
        expect(await directory.findApiKey(key.keyId)).toMatchObject({ role: 'viewer' });
      },
      { timeout: 5_000, interval: 100 },
    );
  });
});

describe('tickets', () => {
  const ticket = (keyId: ApiKeyId, change = {}) => ({
    ticketId: ids.create('cmd'),
    keyId,
    bootstrap: false,
    expiresAt: Date.now() + 60_000,
    ...change,
  });
  const refused = { ok: false, error: { type: 'auth.invalid' } };

  it('are taken once', async () => {
    const { workspaceId, keyId } = await create();
    const mine = ticket(keyId);
    expect(await workspace(workspaceId).redeemTicket(mine)).toMatchObject({ ok: true });
    expect(await workspace(workspaceId).redeemTicket(mine)).toMatchObject(refused);
    await evictDurableObject(durable(workspaceId));
    expect(await workspace(workspaceId).redeemTicket(mine)).toMatchObject(refused);
  });

  it('are refused when they ran out or their key is unknown or revoked', async () => {
    const { workspaceId, keyId } = await create();
    const redeem = async (change: object): Promise<unknown> =>
      await workspace(workspaceId).redeemTicket(ticket(keyId, change));
    expect(await redeem({ expiresAt: Date.now() - 1 })).toMatchObject(refused);
    expect(await redeem({ keyId: ids.create('key') })).toMatchObject(refused);
    expect(await redeem({ keyId: ids.create('key'), bootstrap: true })).toMatchObject({ ok: true });
    await workspace(workspaceId).revokeKey({ commandId: 'r', keyId });
    expect(await redeem({})).toMatchObject(refused);
  });

  it('are forgotten when they can no longer be used', async () => {
    const { workspaceId, keyId } = await create();
    await workspace(workspaceId).redeemTicket(ticket(keyId));
    await runInDurableObject(durable(workspaceId), (_, state) => {
      state.storage.sql.exec('UPDATE redeemed_ticket SET expires_at = 1');
    });
    await workspace(workspaceId).redeemTicket(ticket(keyId));
    const count = await runInDurableObject(
      durable(workspaceId),
      (_, state) => state.storage.sql.exec('SELECT id FROM redeemed_ticket').toArray().length,
    );
    expect(count).toBe(1);
  });
});

describe('projects', () => {
  it('are listed once however often they register', async () => {
    const { workspaceId } = await create();
    const projectId = ids.create('prj');
    const again = { commandId: 'another', projectId, name: 'Shelf', createdAt: 1 };
    expect(await register(workspaceId, projectId)).toEqual({ ok: true, value: { registered: true } });
    expect(await register(workspaceId, projectId)).toEqual({ ok: true, value: { registered: true } });
    expect(await workspace(workspaceId).registerProject(again)).toEqual({ ok: true, value: { registered: false } });
    expect(await workspace(workspaceId).get()).toMatchObject({ value: { projects: 1 } });
    expect(await workspace(workspaceId).hasProject({ projectId: ids.create('prj') })).toMatchObject({ value: false });
  });

  it('keep the id that their command reserved first', async () => {
    const { workspaceId } = await create();
    const [first, second] = [ids.create('prj'), ids.create('prj')];
    const reserve = async (commandId: string, projectId: ProjectId): Promise<unknown> =>
      await workspace(workspaceId).reserveProject({ commandId, projectId });
    expect(await reserve('one', first)).toEqual({ ok: true, value: first });
    expect(await reserve('one', second)).toEqual({ ok: true, value: first });
    expect(await reserve('two', second)).toEqual({ ok: true, value: second });
  });
});

describe('rebuilding the directory', () => {
  const askedOf = async (workspaceId: WorkspaceId, projectId: ProjectId): Promise<string[]> => {
    const stub = bindings.PROJECT.getByName(
      objectName(workspaceId, 'project', projectId),
    ) as unknown as DurableObjectStub<RecordingProject>;
    return await stub.asked();
  };

  it('drops what is wrong, writes its own rows, and asks every project once more even if one fails first', async () => {
    const { workspaceId, keyId } = await create();
    const failing = `${ids.create('prj').slice(0, -1)}z` as ProjectId;
    const good = `${ids.create('prj').slice(0, -1)}0` as ProjectId;
    await register(workspaceId, failing);
    await register(workspaceId, good);
    await bindings.DIRECTORY.batch([
      bindings.DIRECTORY.prepare('DELETE FROM api_key WHERE workspace_id = ?').bind(workspaceId),
      bindings.DIRECTORY.prepare(
        "INSERT INTO agent VALUES ('agt_ghost', ?, 'prj_ghost', 'r', 'n', 'idle', NULL, 0, 999, 0)",
      ).bind(workspaceId),
    ]);
    const answer = await workspace(workspaceId).rebuildDirectory({ commandId: 'b1' });
    expect(answer).toEqual({ ok: true, value: { projects: 2 } });
    await vi.waitFor(
      async () => {
        await runDurableObjectAlarm(durable(workspaceId));
        expect(await directory.findApiKey(keyId)).toMatchObject({ workspaceId });
        expect(await directory.findAgent('agt_ghost')).toBeUndefined();
        expect(await askedOf(workspaceId, good)).toHaveLength(1);
        expect(await askedOf(workspaceId, failing)).toHaveLength(2);
      },
      { timeout: 8_000, interval: 100 },
    );
  });

  it('asks with a new command each time, so that a project does not take it for a repeat', async () => {
    const { workspaceId } = await create();
    const projectId = `${ids.create('prj').slice(0, -1)}0` as ProjectId;
    await register(workspaceId, projectId);
    for (const commandId of ['b1', 'b2']) await workspace(workspaceId).rebuildDirectory({ commandId });
    await vi.waitFor(async () => expect(await askedOf(workspaceId, projectId)).toHaveLength(2), { timeout: 5_000 });
    expect(new Set(await askedOf(workspaceId, projectId)).size).toBe(2);
  });
});

describe('migrations', () => {
  it('bring an object of the first shape up without loss', async () => {
    const { workspaceId } = await create();
    const applied = await runInDurableObject(durable(workspaceId), (_, state) =>
      state.storage.sql.exec("SELECT id, name FROM schema_migration WHERE namespace = 'object'").toArray(),
    );
    expect(applied).toEqual([
      { id: 1, name: 'workspace' },
      { id: 2, name: 'budget' },
      { id: 3, name: 'api calls' },
      { id: 4, name: 'model quality' },
      { id: 5, name: 'vault' },
      { id: 6, name: 'row history' },
      { id: 7, name: 'quotas' },
    ]);
  });
});

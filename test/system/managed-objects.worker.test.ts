/** The State Manager and the Lifecycle Manager on the real objects, made and driven as in production. */
import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { inside, createWorld, valueOf, type World } from './method-cases/world.ts';

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
});

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

const by = 'person:key_1';
const versionOf = async ({ project }: World) => valueOf(await project().objectState({})).version;

const limits = (maxTokens: number) => ({ project: { maxTokens } });

describe('a project', () => {
  it('goes back over what persons decided, tells its agents, and keeps what was', async () => {
    const world = await createWorld();
    valueOf(await world.project().setBudget({ commandId: 'b1', budget: limits(1_000) }));
    const before = await versionOf(world);
    valueOf(await world.project().setBudget({ commandId: 'b2', budget: limits(5) }));
    const restored = valueOf(await world.project().restoreObject({ commandId: 'r', version: before, by }));
    expect(restored.lines).toEqual(expect.arrayContaining([expect.stringMatching(/maxTokens: 5 → 1000$/)]));
    await kill();
    expect(valueOf(await world.project().usage())).toMatchObject({ budget: limits(1_000) });
    const events = valueOf(await world.project().events({ after: before, limit: 10 })).map(({ event }) => event.type);
    expect(events.filter((type) => type !== 'message.relayed')).toEqual(['budget.changed', 'state.restored']);
    const { state } = valueOf(await world.project().objectState({ version: before }));
    expect(valueOf(await world.project().objectState({ version: restored.version })).state).toEqual(state);
    expect(valueOf(await world.project().stateHash({ sequence: restored.version })).hash).toBe(
      valueOf(await world.project().stateHash({ sequence: before })).hash,
    );
  });

  it('does not go back over what its team was told', async () => {
    const world = await createWorld();
    const version = await versionOf(world);
    const refusal = await world.project().restoreObject({ commandId: 'r', version: 1, by });
    expect(refusal).toMatchObject({
      error: { type: 'state.irreversible', detail: expect.stringContaining('aidevos runs fork') },
    });
    expect(await versionOf(world)).toBe(version);
    expect(await world.agent().restoreObject({ commandId: 'r', version: 0, by })).toMatchObject({
      error: { type: 'state.irreversible' },
    });
  });

  it('is made again from its file with its agent and its repository, and goes on', async () => {
    const world = await createWorld();
    const { project, agent, repository } = world;
    const objects = { project: project(), agent: agent(), repository: repository() };
    const kinds = ['project', 'agent', 'repository'] as const;
    const files = await Promise.all(kinds.map(async (kind) => valueOf(await objects[kind].exportObject()).lines));
    const before = await Promise.all(kinds.map(async (kind) => valueOf(await objects[kind].objectState({}))));
    for (const kind of kinds) await inside(world, kind, ({ storage }) => storage.deleteAll());
    await kill();
    const fresh = { project: project(), agent: agent(), repository: repository() };
    for (const [index, kind] of kinds.entries()) {
      const lines = files[index] ?? '';
      const report = valueOf(await fresh[kind].importObject({ commandId: 'i', lines, trial: false }));
      expect(report.hash).toBe(before[index]?.hash);
    }
    await kill();
    const [tree] = valueOf(await repository().log({ ref: 'main', limit: 1 }));
    expect(tree?.oid).toMatch(/^[0-9a-f]{40}$/);
    expect(valueOf(await agent().get())).toMatchObject({ name: 'backend-1', status: 'idle' });
    expect(valueOf(await project().get())).toMatchObject({ status: 'paused' });
    expect(valueOf(await world.workspace().hasProject({ projectId: world.projectId }))).toBe(true);
    expect(valueOf(await project().resume({ commandId: 'resume' })).status).toBe('active');
  });
});

describe('each kind of object', () => {
  it('says how it lives, which tables it has, and rests until it is given something to do', async () => {
    const world = await createWorld();
    await world.conversation().keep({ responseId: 'resp_1', input: '[]', response: '{}' });
    await world.topic().publish({ deliveryId: 'd', source: 'test', events: [{ type: 'placed', data: 1 }] });
    const objects = () => [
      world.workspace(),
      world.project(),
      world.agent(),
      world.repository(),
      world.conversation(),
      world.topic(),
      world.topicCatalog(),
      world.serviceRegistry(),
      world.composer(),
    ];
    for (const [index, object] of objects().entries()) {
      expect(['idle', 'active']).toContain(valueOf(await object.objectLifecycle()).phase);
      expect(valueOf(await object.objectMigrations()).every(({ appliedAt }) => appliedAt !== undefined)).toBe(true);
      valueOf(await object.deactivateObject({ commandId: 'stop', by }));
      while (valueOf(await object.objectLifecycle()).phase === 'deactivating') await scheduler.wait(1);
      expect([index, valueOf(await object.objectLifecycle()).phase]).toEqual([index, 'inactive']);
    }
    await kill();
    for (const object of objects()) expect(valueOf(await object.objectLifecycle()).phase).toBe('inactive');
    // The agent is woken by a message, the others by an order.
    const note = {
      messageId: 'msg_1',
      sender: 'person:key_1',
      recipient: `agent:${world.agentId}`,
      messageType: 'note',
    };
    const stamp = { workspaceId: world.workspaceId, sequence: 0 };
    // SAFETY: an id of a message is any text to the one who takes it.
    const message = { ...note, content: 'Hello', timestamp: 1, stamp } as Parameters<
      ReturnType<typeof world.agent>['receiveMessage']
    >[0];
    valueOf(await world.agent().receiveMessage(message));
    expect(valueOf(await world.agent().objectLifecycle()).phase).not.toBe('inactive');
    for (const object of objects()) {
      expect(valueOf(await object.reviveObject({ commandId: 'go' })).phase).not.toBe('inactive');
    }
  });

  it('shows nothing of keys and credentials', async () => {
    const world = await createWorld();
    const { state } = valueOf(await world.workspace().objectState({}));
    expect(JSON.stringify(state)).not.toContain('0'.repeat(64));
    expect(Object.keys(state as object)).toEqual(['workspace', 'project', 'quality_alarm']);
    expect(await world.workspace().exportObject()).toMatchObject({ error: { type: 'resource.conflict' } });
    const lines = valueOf(await world.project().exportObject()).lines;
    expect(await world.workspace().importObject({ commandId: 'i', lines, trial: false })).toMatchObject({
      error: { type: 'resource.conflict' },
    });
  });
});

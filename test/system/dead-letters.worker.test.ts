/** One poisoned message among a hundred: the others arrive, it is kept, shown and, once mended, delivered once. */
import { abortAllDurableObjects, applyD1Migrations, env, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { agentStub, projectStub, workspaceStub } from '../../durable-objects/stubs.ts';
import { createId, type AgentId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { DeadLetterView } from '../../shared/rpc/dead-letters.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
  const keyId = createId('key', Date.now(), random());
  const firstKey = { keyId, name: 'first', role: 'owner' as const, hash: '0'.repeat(64) };
  await workspaceStub(env, workspaceId).create({ commandId: 'create', workspaceId, name: 'Tests', firstKey });
});

interface Started {
  readonly projectId: ProjectId;
  readonly agentId: AgentId;
}

/** A paused project: its agents do nothing by themselves. */
const start = async (): Promise<Started> => {
  const projectId: ProjectId = createId('prj', Date.now(), random());
  const project = projectStub(env, workspaceId, projectId);
  await project.create({ commandId: 'c', workspaceId, projectId, specification: '# A\n\nA note has a title.\n' });
  await project.pause({ commandId: 'p' });
  const agents = await project.agents();
  const agentId = agents.ok ? agents.value.find(({ role }) => role === 'judge')?.agentId : undefined;
  if (agentId === undefined) throw new Error('The team has no judge.');
  await vi.waitFor(async () => expect((await agentStub(env, workspaceId, agentId).get()).ok).toBe(true), 10_000);
  return { projectId, agentId };
};

const lettersOf = async (projectId: ProjectId): Promise<readonly DeadLetterView[]> => {
  const letters = await projectStub(env, workspaceId, projectId).deadLetters();
  if (!letters.ok) throw new Error(letters.error.detail);
  return letters.value;
};

const poison = '{"messageId": ';

const mend = (stub: DurableObjectStub, payload: string): Promise<void> =>
  runInDurableObject(stub, (_instance, state) => {
    state.storage.sql.exec('UPDATE outbox SET payload = ? WHERE payload = ?', payload, poison);
  });

describe('a poisoned message of a project', () => {
  it('is a dead letter, while the 99 others arrive, and is delivered once after it was mended', async () => {
    const { projectId, agentId } = await start();
    const project = () => projectStub(env, workspaceId, projectId);
    const object = () => env.PROJECT.getByName(`${workspaceId}/project/${projectId}`);
    // Nothing leaves while the object is busy with this: the entry can be spoiled before it is delivered.
    const payload = await runInDurableObject(object(), async (instance, state) => {
      // SAFETY: the object implements it.
      const rpc = instance as unknown as ReturnType<typeof project>;
      let spoiled = '';
      for (let index = 0; index < 100; index += 1) {
        const content = `note ${String(index).padStart(3, '0')}`;
        const sent = rpc.sendMessage({
          commandId: `m${index}`,
          sender: 'person:key_1',
          recipient: `agent:${agentId}`,
          messageType: 'note',
          content,
        });
        if (index === 50) {
          // The command has run synchronously up to its first await.
          const row = state.storage.sql
            .exec<{ id: number; payload: string }>('SELECT id, payload FROM outbox ORDER BY id DESC LIMIT 1')
            .one();
          state.storage.sql.exec('UPDATE outbox SET payload = ?, attempts = 9 WHERE id = ?', poison, row.id);
          spoiled = row.payload;
        }
        await sent;
      }
      return spoiled;
    });
    const received = async (): Promise<readonly string[]> => {
      const messages = await agentStub(env, workspaceId, agentId).messages({ after: 0, limit: 1_000 });
      return messages.ok
        ? messages.value.filter(({ message }) => message.messageType === 'note').map(({ message }) => message.content)
        : [];
    };
    await vi.waitFor(async () => expect(await received()).toHaveLength(99), { timeout: 20_000 });
    expect(await received()).not.toContain('note 050');
    const letters = await lettersOf(projectId);
    expect(letters).toMatchObject([
      {
        object: 'project',
        part: 'outbox',
        kind: 'message',
        lane: `agent/${agentId}`,
        attempts: 10,
        cause: expect.stringContaining('does not parse as JSON'),
        payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(await project().get()).toMatchObject({ value: { deadLetters: 1 } });
    await scheduler.wait(0);
    await abortAllDurableObjects();
    expect(await lettersOf(projectId)).toEqual(letters);

    await mend(object(), payload);
    const letterId = letters[0]?.letterId ?? '';
    expect(await project().replayDeadLetter({ commandId: 'replay', letterId })).toEqual({
      ok: true,
      value: { replayed: true },
    });
    expect(await project().replayDeadLetter({ commandId: 'replay', letterId })).toEqual({
      ok: true,
      value: { replayed: true },
    });
    expect(await project().replayDeadLetter({ commandId: 'again', letterId })).toMatchObject({
      error: { type: 'resource.not_found' },
    });
    await vi.waitFor(async () => expect(await received()).toHaveLength(100), { timeout: 20_000 });
    expect((await received()).filter((content) => content === 'note 050')).toHaveLength(1);
    expect(await lettersOf(projectId)).toEqual([]);
    expect(await project().get()).toMatchObject({ value: { deadLetters: 0 } });
  });
});

describe('a dead letter of an agent', () => {
  it('is counted and listed by its project, and replayed through it', async () => {
    const { projectId, agentId } = await start();
    const project = () => projectStub(env, workspaceId, projectId);
    const object = () => env.AGENT.getByName(`${workspaceId}/agent/${agentId}`);
    const payload = await runInDurableObject(object(), async (instance, state) => {
      // SAFETY: the object implements it.
      const rpc = instance as unknown as ReturnType<typeof agentStub>;
      const sent = rpc.sendMessage({ commandId: 's', recipient: '*', messageType: 'note', content: 'Lunch?' });
      const row = state.storage.sql
        .exec<{ id: number; payload: string }>('SELECT id, payload FROM outbox ORDER BY id DESC LIMIT 1')
        .one();
      state.storage.sql.exec('UPDATE outbox SET payload = ?, attempts = 9 WHERE id = ?', poison, row.id);
      await sent;
      return row.payload;
    });
    await vi.waitFor(async () => expect(await project().get()).toMatchObject({ value: { deadLetters: 1 } }), {
      timeout: 10_000,
    });
    const [letter] = await lettersOf(projectId);
    expect(letter).toMatchObject({
      object: `agent:${agentId}`,
      letterId: expect.stringMatching(`^${agentId}-outbox-\\d+$`),
    });
    await mend(object(), payload);
    const letterId = letter?.letterId ?? '';
    expect(await project().replayDeadLetter({ commandId: 'r', letterId })).toMatchObject({ ok: true });
    await vi.waitFor(async () => expect(await project().get()).toMatchObject({ value: { deadLetters: 0 } }), {
      timeout: 10_000,
    });
    const events = await project().events({ after: 0, limit: 1_000 });
    const relayed = events.ok ? events.value.filter(({ event }) => event.type === 'message.relayed') : [];
    expect(relayed).toHaveLength(1);
    expect(await project().replayDeadLetter({ commandId: 'x', letterId: 'agt_unknown-outbox-1' })).toMatchObject({
      error: { type: 'resource.not_found' },
    });
  });
});

describe('a timer that failed too often', () => {
  it('is a dead letter too', async () => {
    const { projectId } = await start();
    const object = env.PROJECT.getByName(`${workspaceId}/project/${projectId}`);
    await runInDurableObject(object, (_instance, state) => {
      state.storage.sql.exec(
        "INSERT INTO timer_dead_letter (id, name, key, payload, attempts, cause, parked_at) VALUES (9999, 'directory', '', 'null', 8, 'Error: no', 5)",
      );
    });
    const [letter] = await lettersOf(projectId);
    expect(letter).toMatchObject({ letterId: 'project-timer-9999', part: 'timer', kind: 'directory', parkedAt: 5 });
    expect(
      await projectStub(env, workspaceId, projectId).replayDeadLetter({
        commandId: 'r',
        letterId: 'project-timer-9999',
      }),
    ).toMatchObject({ ok: true });
    expect(await lettersOf(projectId)).toEqual([]);
  });
});

/** What happens in projects and compositions reaches the bus, and from there the mailboxes of agents, whatever is killed. */
import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { agentStub, topicStub } from '../../durable-objects/stubs.ts';
import { defaultGroupSettings } from '../../shared/domain/event-bus/group.ts';
import { projectsTopic } from '../../shared/domain/event-bus/platform-topics.ts';
import { parseTopicPattern } from '../../shared/domain/event-bus/topic-name.ts';
import type { StoredBusEvent } from '../../shared/rpc/event-bus.ts';
import { createWorld, nameWorld, valueOf, type World } from './method-cases/world.ts';

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
});

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

/** Again, whatever a kill cut off, until it answers something. */
const until = async <T>(work: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    try {
      const found = await work();
      if (found !== undefined) return found;
    } catch {
      // Its object was killed; the next look meets a fresh one.
    }
    await scheduler.wait(20);
  }
};

const news = ({ workspaceId }: World) => topicStub(env, workspaceId, projectsTopic);

const readNews = async (world: World): Promise<readonly StoredBusEvent[]> => {
  const page = await news(world).events({ after: 0, limit: 1_000 });
  return page.ok ? page.value : [];
};

/** The project's log, as the bus is to have it. */
const expected = async (world: World) =>
  valueOf(await world.project().events({ after: 0, limit: 1_000 })).map(({ sequence, recordedAt, event }) => ({
    type: event.type,
    key: world.projectId,
    data: { projectId: world.projectId, sequence, recordedAt, event },
  }));

const caughtUp = async (world: World): Promise<readonly StoredBusEvent[] | undefined> => {
  const told = await readNews(world);
  const { length } = valueOf(await world.project().events({ after: 0, limit: 1_000 }));
  return told.length >= length ? told : undefined;
};

const toggle = async ({ project }: World, round: number): Promise<void> => {
  const command = { commandId: `toggle-${round}` };
  await until(async () => await (round % 2 === 0 ? project().resume(command) : project().pause(command)));
};

describe('the events of a project', () => {
  it('are on the bus, each once and in order, with a schema, through kills at any moment', async () => {
    const world = await createWorld();
    for (let round = 0; round < 10; round += 1) {
      await toggle(world, round);
      await scheduler.wait(round * 15);
      await kill();
    }
    const told = await until(() => caughtUp(world));
    const events = told.map(({ event: { type, key, data } }) => ({ type, key, data }));
    expect(events).toEqual(await expected(world));
    expect(told.every(({ event }) => event.schemaVersion === 1)).toBe(true);
    expect(told[0]?.event.source).toContain(world.projectId);
  });

  it('are on the same topic for every project of the workspace, and never in another workspace', async () => {
    const world = await createWorld();
    const other = await createWorld();
    const told = await until(() => caughtUp(world));
    expect(new Set(told.map(({ event }) => event.key))).toEqual(new Set([world.projectId]));
    await until(() => caughtUp(other));
    expect((await readNews(world)).some(({ event }) => event.key === other.projectId)).toBe(false);
  });

  it('of a copy are those since it was made', async () => {
    const world = await createWorld();
    const copy = nameWorld(world.workspaceId);
    const { projectId, workspaceId } = copy;
    const sequence = valueOf(await world.project().objectState({})).version;
    valueOf(
      await copy.project().fork({ commandId: 'f', workspaceId, projectId, from: world.projectId, at: { sequence } }),
    );
    const done = await until(async () => {
      const page = valueOf(await copy.project().events({ after: 0, limit: 1_000 }));
      return page.find(({ event }) => event.type === 'fork.completed');
    });
    const told = await until(async () => {
      const own = (await readNews(world)).filter(({ event }) => event.key === projectId);
      return own.some(({ event }) => event.type === 'fork.completed') ? own : undefined;
    });
    expect(told.map(({ event }) => event.type).slice(0, 2)).toEqual(['project.forked', 'fork.completed']);
    expect(told[1]?.event.data).toMatchObject({ sequence: done.sequence });
  });
});

describe('an event that is pushed as a message', () => {
  const pattern = valueOf(parseTopicPattern('platform.*'));
  const settingsOf = ({ projectId }: World, recipient: string) => ({
    ...defaultGroupSettings,
    target: { kind: 'message' as const, projectId, recipient },
    types: ['project.pa*', 'message.relayed'],
    backoffBaseMs: 20,
    backoffCapMs: 50,
  });

  it('is in the mailbox of the agent once, only of the types it asked for, through kills, and never tells of itself', async () => {
    const world = await createWorld();
    await until(() => caughtUp(world));
    const [seat] = valueOf(await world.project().agents());
    if (seat === undefined) throw new Error('The project has no team.');
    const { agentId } = seat;
    const settings = { ...settingsOf(world, `agent:${agentId}`), start: 'new' as const };
    valueOf(await world.topicCatalog().subscribe({ commandId: 's', name: 'alarm', pattern, settings }));
    await until(async () => {
      const { groups } = valueOf(await news(world).view());
      return groups.length > 0 ? groups : undefined;
    });
    for (let round = 0; round < 4; round += 1) {
      await toggle(world, round);
      await scheduler.wait(round * 40);
      await kill();
    }
    const told = await until(async () => {
      const agent = agentStub(env, world.workspaceId, agentId);
      const messages = valueOf(await agent.messages({ after: 0, limit: 100 }));
      const events = messages.filter(({ message }) => message.messageType === 'bus.event');
      const { groups } = valueOf(await news(world).view());
      return events.length >= 2 && groups[0]?.lag === 0 ? events : undefined;
    });
    expect(told.map(({ message }) => [message.sender, JSON.parse(message.content).event.type])).toEqual([
      ['topic:platform.projects', 'project.paused'],
      ['topic:platform.projects', 'project.paused'],
    ]);
  });

  it('is a dead letter with the reason when its recipient is nobody of the project', async () => {
    const world = await createWorld();
    await until(() => caughtUp(world));
    const settings = { ...settingsOf(world, 'role:nobody'), maxAttempts: 2 };
    valueOf(await news(world).putGroup({ commandId: 'g', group: 'lost', settings }));
    const letters = await until(async () => {
      const found = valueOf(await news(world).deadLetters({ group: 'lost', after: 0, limit: 10 }));
      return found.length > 0 ? found : undefined;
    });
    expect(letters[0]).toMatchObject({ attempts: 2, cause: expect.stringContaining('role:nobody') });
  });
});

import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { agentCases } from './method-cases/agent-cases.ts';
import type { Command, Query } from './method-cases/cases.ts';
import { composerCases } from './method-cases/composer-cases.ts';
import { conversationCases } from './method-cases/conversation-cases.ts';
import { conversationItemCases } from './method-cases/conversation-item-cases.ts';
import { managedCases } from './method-cases/managed-cases.ts';
import { poolCases } from './method-cases/pool-cases.ts';
import { projectCases } from './method-cases/project-cases.ts';
import { qualityCases } from './method-cases/quality-cases.ts';
import { agentReplayCases, projectReplayCases, repositoryReplayCases } from './method-cases/replay-cases.ts';
import { repositoryCases } from './method-cases/repository-cases.ts';
import { toolCases } from './method-cases/tool-cases.ts';
import { topicCases, topicCatalogCases } from './method-cases/topic-cases.ts';
import { serviceRegistryCases, serviceUpgradeCases } from './method-cases/service-registry-cases.ts';
import { workspaceCases } from './method-cases/workspace-cases.ts';
import { createWorld, dump, inside, type Kind, type World } from './method-cases/world.ts';

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
});

const tables: readonly (readonly [Kind, Readonly<Record<string, Query | Command>>])[] = [
  ['workspace', { ...workspaceCases }],
  ['project', { ...projectCases, ...projectReplayCases, ...qualityCases, ...toolCases, ...poolCases, ...managedCases }],
  ['agent', { ...agentCases, ...agentReplayCases }],
  ['repository', { ...repositoryCases, ...repositoryReplayCases }],
  ['conversation', { ...conversationCases, ...conversationItemCases }],
  ['topic', { ...topicCases }],
  ['topic-catalog', { ...topicCatalogCases }],
  ['service-registry', { ...serviceRegistryCases, ...serviceUpgradeCases }],
  ['composer', { ...composerCases }],
];
const methods = tables.flatMap(([kind, cases]) =>
  Object.entries(cases).map(([name, entry]) => ({ kind, name, entry })),
);
const commands = methods.flatMap(({ kind, name, entry }) => ('command' in entry ? [{ kind, name, entry }] : []));

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

const measure = async (world: World, kind: Kind, counted: string | undefined): Promise<unknown> =>
  counted === undefined
    ? dump(world, kind)
    : inside(world, kind, ({ storage }) =>
        storage.sql.exec('SELECT COUNT(*) FROM event WHERE type = ?', counted).one(),
      );

describe.each(commands)('$kind $name', ({ kind, entry }) => {
  it('given twice is done once, is answered alike, also after a kill, and is refused with another body', async () => {
    const world = await createWorld();
    await entry.prepare?.(world);
    const give = entry.command(world);
    const first = await give();
    const after = await measure(world, kind, entry.counted);
    const expected = entry.repeated?.(first) ?? first;
    expect(await give()).toEqual(expected);
    await kill();
    expect(await give()).toEqual(expected);
    if (entry.otherBody !== undefined) {
      expect(await entry.otherBody(world)).toMatchObject(
        entry.otherAnswer === undefined
          ? { ok: false, error: { type: 'idempotency.mismatch' } }
          : (entry.otherAnswer(first) as object),
      );
    }
    expect(await measure(world, kind, entry.counted)).toEqual(after);
  });
});

describe.each(['project', 'agent', 'repository', 'service-registry', 'composer'] as const)(
  'a %s with an event from the future',
  (kind) => {
    it('answers every method with state.unreadable, changes nothing, and works again without it', async () => {
      const world = await createWorld();
      const before = await dump(world, kind);
      await inside(world, kind, ({ storage }) => {
        storage.sql.exec("INSERT INTO event (type, version, payload, recorded_at) VALUES ('task.cloned', 1, '{}', 1)");
      });
      await kill();
      // A copy of its rows can be taken of an object that nobody can read, too.
      const guarded = methods.filter((method) => method.kind === kind && method.name !== 'exportObject');
      for (const { name, entry } of guarded) {
        const answer = await entry.call(world).catch((thrown: unknown) => thrown);
        const refusal = { error: { type: 'state.unreadable', detail: expect.stringContaining('"task.cloned"') } };
        // One method answers a bare list; it can only throw.
        const thrown = { name: 'UnreadableEvent', message: expect.stringContaining('"task.cloned"') };
        expect([name, answer]).toMatchObject([name, name === 'branches' ? thrown : { ok: false, ...refusal }]);
      }
      // What later code would do, as far as this code can: read the event, here by taking it out.
      await inside(world, kind, ({ storage }) => {
        storage.sql.exec("DELETE FROM event WHERE type = 'task.cloned'");
        storage.sql.exec("DELETE FROM event_kind WHERE type = 'task.cloned'");
      });
      expect(await dump(world, kind)).toBe(before);
      await kill();
      // The Composer was given nothing that could be got.
      const looks = kind === 'composer' ? ['list'] : ['get', 'log', 'listServices'];
      const look = methods.find((method) => method.kind === kind && looks.includes(method.name));
      expect(await look?.entry.call(world)).toMatchObject({ ok: true });
    });
  },
);

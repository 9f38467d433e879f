import { env } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentStub } from '../../durable-objects/stubs.ts';
import type { AgentId } from '../../shared/domain/ids.ts';
import { findViolations } from '../../shared/domain/project/invariants.ts';
import { planned, says, scriptModel, teamScript } from './scripted-model.ts';
import { killEverything } from './stuck-course.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';

beforeAll(prepareDirectory);

afterEach(() => {
  vi.restoreAllMocks();
});

const pool = { role: 'backend', minimum: 1, maximum: 4, targetLoad: 2, coolDownSeconds: 1 };

const parts = 8;

/** Parts that wait for nobody, and a test that keeps the project alive until it is told to end. */
const start = async (ended: Promise<void>): Promise<TestProject> => {
  scriptModel(
    teamScript(
      [
        ...Array.from({ length: parts }, (_, index) => planned(`part-${index}`)),
        planned('check', { kind: 'test', role: 'qa' }),
      ],
      (asked) => (asked.kind === 'test' ? ended.then(() => says('Over.')) : undefined),
    ),
  );
  return new TestProject().create({ pools: [pool], maxRevisions: 0 });
};

const phaseOf = async (project: TestProject, agentId: AgentId): Promise<string | undefined> => {
  const life = await agentStub(env, project.workspaceId, agentId).objectLifecycle();
  return life.ok ? life.value.phase : undefined;
};

describe('a pool of a project', () => {
  it.each(['pool.grew', 'pool.shrank'] as const)(
    'grows with the queue, works, rests and comes back, when everything is killed at its first %s',
    async (killedAt) => {
      const ended = Promise.withResolvers<void>();
      const project = await start(ended.promise);
      await project.event(killedAt);
      await killEverything();
      const grown = await project.event('pool.grew');
      expect(grown).toMatchObject({ reason: 'queue', from: 1, to: 4, queued: parts - 1, working: 1, revived: [] });
      expect(grown.enrolled.map(({ name }) => name)).toEqual(['backend-2', 'backend-3', 'backend-4']);

      const team = await until(async () => {
        const agents = await project.stub.agents();
        const builders = agents.ok ? agents.value.filter(({ role }) => role === 'backend') : [];
        const done = builders.reduce((sum, { tasksDone }) => sum + tasksDone, 0);
        return done === parts && builders.filter(({ status }) => status === 'resting').length === 3
          ? builders
          : undefined;
      });
      expect(team.filter(({ tasksDone }) => tasksDone > 0).length).toBeGreaterThan(1);
      for (const { agentId, status } of team) {
        if (status === 'resting')
          await until(async () => (await phaseOf(project, agentId)) === 'inactive' || undefined);
      }

      const set = await project.pools.setPools({ commandId: 'more', pools: [{ ...pool, minimum: 2 }], by: 'person:k' });
      expect(set).toMatchObject({ ok: true, value: [{ minimum: 2 }] });
      // The workspace's quota is asked first.
      const back = await project.event('pool.grew', ({ reason }) => reason === 'below_minimum');
      expect(await project.pools.pools()).toMatchObject({ ok: true, value: [{ agents: 2, resting: 2 }] });
      const [revived] = back.revived;
      if (revived === undefined) throw new Error('nobody came back');
      await until(async () => (await phaseOf(project, revived)) !== 'inactive' || undefined);

      const events = await project.events();
      expect(findViolations(events.map(({ event }) => event))).toEqual([]);
      await project.stub.cancel({ commandId: 'end' });
      ended.resolve();
    },
  );

  it('tells a resting agent what a person writes to it, and lets it rest again', async () => {
    const ended = Promise.withResolvers<void>();
    const project = await start(ended.promise);
    const { rested } = await project.event('pool.shrank', ({ to }) => to === 1);
    const [agentId] = rested;
    if (agentId === undefined) throw new Error('nobody rests');
    await until(async () => (await phaseOf(project, agentId)) === 'inactive' || undefined);
    const note = { sender: 'person:key_1', recipient: `agent:${agentId}`, messageType: 'note', content: 'Hello' };
    const sent = await project.stub.sendMessage({ commandId: 'note', ...note });
    if (!sent.ok) throw new Error(sent.error.detail);
    await until(async () => {
      const kept = await project.stub.messages({ after: 0, limit: 1_000 });
      const message = kept.ok
        ? kept.value.find(({ message: { messageId } }) => messageId === sent.value.messageId)
        : undefined;
      return message?.acknowledgedAt;
    });
    await until(async () => (await phaseOf(project, agentId)) === 'inactive' || undefined);
    await project.stub.cancel({ commandId: 'end' });
    ended.resolve();
  });
});

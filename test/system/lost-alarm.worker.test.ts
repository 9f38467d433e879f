import { env, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Caretaker } from '../../durable-objects/project/caretaker.ts';
import { objectName } from '../../durable-objects/stubs.ts';
import type { AgentId, ProjectId, TaskId } from '../../shared/domain/ids.ts';
import { initialProjectState, type ProjectState } from '../../shared/domain/project/state.ts';
import type { ProjectStatus, TaskStatus } from '../../shared/protocol/stages.ts';
import { pause } from './projects.ts';
import { ScriptedProvider } from './scripted-provider.ts';
import { askAgain, kill, Stage, until } from './stage.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an agent with an open run and no alarm', () => {
  it('goes on as soon as it is asked anything', { timeout: 60_000 }, async () => {
    const stage = await Stage.create();
    const provider = new ScriptedProvider((index) => askAgain(index));
    provider.fallSilent((index) => (index === 0 ? 0 : undefined));
    const projectId = await stage.start();
    const agentId = await stage.worker(projectId);
    await until(() => (provider.stalled === 1 ? true : undefined));
    // What a crash leaves that also takes the alarm: the run is in the log, and nothing is set to wake the object.
    const agent = env.AGENT.getByName(objectName(stage.workspaceId, 'agent', agentId));
    await runInDurableObject(agent, async (_instance, { storage }) => {
      storage.sql.exec('DELETE FROM timer');
      await storage.deleteAlarm();
    });
    await kill();
    await pause(200);
    expect(provider.calls).toHaveLength(1);
    await stage.agent(agentId).get();
    await until(() => (provider.calls.length > 1 ? true : undefined));
    await stage.end(projectId);
  });
});

describe('a project that somebody asks for', () => {
  // SAFETY: ids that never leave this test.
  const projectId = 'prj_1' as ProjectId;
  const agents = ['agt_1', 'agt_2', 'agt_3'] as unknown as readonly AgentId[];
  const stateOf = (updatedAt: number, status: ProjectStatus = 'active'): ProjectState => {
    const task = (index: number, taskStatus: TaskStatus) => [
      `tsk_${index}`,
      { taskId: `tsk_${index}` as TaskId, status: taskStatus, agentId: agents[index - 1] },
    ];
    // SAFETY: only the fields that the caretaker reads.
    return {
      ...initialProjectState,
      status,
      identity: { projectId },
      tasks: Object.fromEntries([task(1, 'assigned'), task(2, 'in_review'), task(3, 'assigned')]),
      updatedAt,
    } as unknown as ProjectState;
  };
  const lookAfter = async (states: readonly (readonly [now: number, state: ProjectState])[]) => {
    const asked: string[] = [];
    let repaired = 0;
    let work: Promise<unknown> = Promise.resolve();
    let [now, state]: readonly [number, ProjectState] = [0, initialProjectState];
    const caretaker = new Caretaker({
      timers: {
        repair: () => {
          repaired += 1;
        },
      },
      now: () => now,
      state: () => state,
      agent: (agentId) => ({
        get: async () => {
          asked.push(agentId);
          throw new Error('not now');
        },
      }),
      waitUntil: (promise) => {
        work = promise;
      },
    });
    for ([now, state] of states) {
      caretaker.lookAfter();
      await work;
    }
    return { asked, repaired };
  };

  it('asks the agents at work once it has been silent, again only after as long, and minds no refusal', async () => {
    expect(await lookAfter([[119_999, stateOf(100_000)]])).toEqual({ asked: [], repaired: 1 });
    expect(
      await lookAfter([
        [120_000, stateOf(100_000)],
        [139_999, stateOf(100_000)],
      ]),
    ).toEqual({ asked: ['agt_1', 'agt_3'], repaired: 2 });
    const again = await lookAfter([
      [120_000, stateOf(100_000)],
      [140_000, stateOf(100_000)],
    ]);
    expect(again.asked).toHaveLength(4);
  });

  it('asks nobody when it has ended or was never created', async () => {
    expect(await lookAfter([[500_000, stateOf(0, 'completed')]])).toEqual({ asked: [], repaired: 1 });
    expect(await lookAfter([[500_000, initialProjectState]])).toEqual({ asked: [], repaired: 0 });
  });
});

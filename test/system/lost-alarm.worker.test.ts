import { abortAllDurableObjects, env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { Caretaker } from '../../durable-objects/project/caretaker.ts';
import { agentStub } from '../../durable-objects/stubs.ts';
import type { TaskAssignment } from '../../shared/domain/agent/assignment.ts';
import { createId, type AgentId, type ProjectId, type TaskId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { initialProjectState, type ProjectState } from '../../shared/domain/project/state.ts';
import type { ProjectStatus, TaskStatus } from '../../shared/protocol/stages.ts';
import { pause } from './projects.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());
const projectId: ProjectId = createId('prj', Date.now(), random());

const assignment: TaskAssignment = {
  taskId: createId('tsk', Date.now(), random()),
  attempt: 1,
  fencingToken: 1,
  leaseMs: 60_000,
  branch: 'main',
  writes: false,
  task: {
    key: 'plan',
    title: 'Plan the work',
    kind: 'plan',
    role: 'project_manager',
    description: 'Turn the specification into a backlog of tasks.',
    acceptanceCriteria: [],
    dependsOn: [],
    priority: 1,
    estimateMinutes: 1,
    paths: [],
  },
  context: {
    projectName: 'lost',
    specificationPath: 'SPEC.md',
    stage: 'planning',
    revision: 0,
    team: ['project_manager'],
    comments: [],
    measurements: [],
    gates: [],
    plannedKeys: [],
  },
};

describe('an agent with an open run and no alarm', () => {
  it('goes on as soon as it is asked anything', async () => {
    const agentId: AgentId = createId('agt', Date.now(), random());
    const agent = () => agentStub(env, workspaceId, agentId);
    const identity = {
      workspaceId,
      projectId,
      agentId,
      role: 'project_manager',
      name: 'pm',
      model: 'offline/engineer',
    };
    await agent().enroll({ commandId: 'enroll', ...identity });
    // What a crash leaves that also takes the alarm: the run is in the log, and nothing is set to wake the object.
    await runInDurableObject(env.AGENT.getByName(`${workspaceId}/agent/${agentId}`), async (_instance, state) => {
      const started = { type: 'run.started', runId: createId('run', Date.now(), random()), assignment };
      state.storage.sql.exec(
        "INSERT INTO event (type, version, payload, recorded_at) VALUES ('run.started', 1, ?, ?)",
        JSON.stringify(started),
        Date.now(),
      );
      await state.storage.deleteAlarm();
    });
    await scheduler.wait(0);
    await abortAllDurableObjects();
    expect(await agent().get()).toMatchObject({ ok: true, value: { status: 'working' } });
    const typesOf = async (): Promise<readonly string[]> => {
      const events = await agent().events({ after: 0, limit: 100 });
      return events.ok ? events.value.map(({ event }) => event.type) : [];
    };
    let types = await typesOf();
    expect(types.slice(0, 2)).toEqual(['agent.initialized', 'run.started']);
    while (!types.includes('model.responded') && !types.includes('model.failed')) {
      await pause(5);
      types = await typesOf();
    }
  });
});

describe('a project that somebody asks for', () => {
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

import { abortAllDurableObjects, env } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentStub, projectStub } from '../../durable-objects/stubs.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { ProjectId } from '../../shared/domain/ids.ts';
import { CrashPoints, type Phase } from './crash-points.ts';
import { finish, look, openWorkspace, pause, startProject, treeOf, workspaceId } from './projects.ts';

const specification = '# Notes\n\nA note has a title (required) and a text.\n';

beforeAll(openWorkspace);

afterEach(() => {
  vi.restoreAllMocks();
});

/** What an alarm would do a moment later: every object of the project is loaded, and goes on by itself. */
const wakeAll = async (projectId: ProjectId): Promise<void> => {
  try {
    const project = projectStub(env, workspaceId, projectId);
    await project.get();
    const agents = await project.agents();
    const all = agents.ok ? agents.value : [];
    await Promise.all(all.map(({ agentId }) => agentStub(env, workspaceId, agentId).get()));
  } catch {
    // An object that was aborted again meanwhile wakes by its own alarm.
  }
};

/** Reports, gates and tasks, without what differs between any two runs. */
const resultOf = async (projectId: ProjectId): Promise<unknown> => {
  const report = await projectStub(env, workspaceId, projectId).report();
  if (!report.ok) throw new Error(report.error.detail);
  const { status, stage, revision, tasks, gates, findings, deployments } = report.value;
  return {
    status,
    stage,
    revision,
    findings,
    tasks: tasks.map(({ key, status: taskStatus, attempt }) => `${key} ${taskStatus} ${attempt}`).toSorted(),
    gates: gates.map(({ name, passed }) => `${name} ${passed}`),
    deployments: deployments.map(({ slot, action }) => `${slot} ${action}`),
    tree: await treeOf(projectId),
  };
};

describe('a whole project', () => {
  it.each<Phase>(['before', 'after'])(
    'ends as undisturbed when all objects are killed again and again at its steps, %s the effect',
    async (phase) => {
      const undisturbed = await startProject(specification);
      await finish(undisturbed);
      const points = new CrashPoints(phase);
      const disturbed = await startProject(specification);
      let view = await look(disturbed);
      let crashes = 0;
      while (view === undefined || !isFinalStatus(view.status)) {
        if (points.take() === undefined) {
          await pause(2);
          view = await look(disturbed);
          continue;
        }
        await pause(0);
        // A turn of its own: the runtime dies when an object is destroyed from inside one of its own callbacks.
        await scheduler.wait(0);
        await abortAllDurableObjects();
        crashes += 1;
        await wakeAll(disturbed);
      }
      expect(view.status).toBe('completed');
      // Steps of agents, their messages, the project's own effects: a run of this size has far more than a hundred.
      expect(crashes).toBeGreaterThan(100);
      expect(await resultOf(disturbed)).toEqual(await resultOf(undisturbed));
    },
    600_000,
  );
});

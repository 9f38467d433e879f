import { env, runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { objectName } from '../../durable-objects/stubs.ts';
import type { AgentId } from '../../shared/domain/ids.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';
import { delayMessages } from './late-messages.ts';
import { call, planned, says, scriptModel, teamScript, work, type Reply } from './scripted-model.ts';

const realNow = Date.now;
let skippedMs = 0;
Date.now = () => realNow() + skippedMs;

beforeAll(prepareDirectory);

afterEach(() => {
  skippedMs = 0;
  vi.restoreAllMocks();
});

/** What the calls of an agent gave back, by tool. */
const resultsOf = async (project: TestProject, agentId: AgentId, tool: string): Promise<readonly string[]> => {
  const events = await project.agent(agentId).events({ after: 0, limit: 1_000 });
  if (!events.ok) throw new Error(events.error.detail);
  return events.value.flatMap(({ event }) =>
    event.type === 'tool.returned' && event['tool'] === tool ? [String(event['content'])] : [],
  );
};

describe('a holder that pauses beyond its lease', () => {
  it('finds every write refused, and the tree holds only what its successor wrote', async () => {
    const paused = Promise.withResolvers<void>();
    const resumed = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const reachable = Promise.withResolvers<void>();
    scriptModel(
      teamScript([planned('part'), planned('check', { kind: 'test', role: 'qa' })], (asked) => {
        // Keeps the project alive to the end.
        if (asked.kind === 'test') return ended.promise.then(() => says('Over.'));
        if (asked.key !== 'part') return undefined;
        if (asked.attempt > 1) return work(asked, 'src/part/second.ts');
        if (asked.calls.length === 0) return work(asked, 'src/part/first.ts');
        if (asked.calls.length > 1) return says('I see.');
        paused.resolve();
        return resumed.promise.then((): Reply => {
          const files = [{ path: 'src/part/late.ts', content: 'export const late = true;\n' }];
          return says(
            'I go on.',
            call('write_files', { files }),
            call('commit', { message: 'late' }),
            call('update_branch'),
            call('delete_file', { path: 'src/part/second.ts' }),
            call('edit_file', { path: 'src/part/second.ts', find: 'by', replace: 'late' }),
          );
        });
      }),
    );
    const project = await new TestProject().create({ leaseSeconds: 30 });
    await paused.promise;
    const held = await project.task('part');
    const { taskId, agentId: firstId, fencingToken } = held;
    if (firstId === undefined || fencingToken === undefined) throw new Error('nobody holds the task');
    // A paused agent hears nothing either.
    delayMessages(({ recipient }) => recipient === `agent:${firstId}`, reachable.promise);
    skippedMs += 31_000;
    await runDurableObjectAlarm(env.PROJECT.getByName(objectName(project.workspaceId, 'project', project.projectId)));
    await project.event('lease.expired', (event) => event.agentId === firstId);
    await project.event('task.merged', (event) => event.taskId === taskId);
    const successor = await project.event('task.assigned', (event) => event.taskId === taskId && event.attempt === 2);
    expect(successor.agentId).not.toBe(firstId);
    expect(successor.fencingToken).toBeGreaterThan(fencingToken);

    resumed.resolve();
    await until(async () => {
      const detail = await project.agent(firstId).get();
      return detail.ok && detail.value.status === 'idle' ? true : undefined;
    });
    for (const tool of ['write_files', 'commit', 'update_branch', 'delete_file', 'edit_file']) {
      const last = (await resultsOf(project, firstId, tool)).at(-1);
      expect(last, tool).toContain('Someone with a newer lease works on task/part');
    }
    const holder = { taskId, fencingToken };
    const checks = [{ criterion: 'c', method: 'GET', path: '/', expectStatus: 200 }];
    const stale = { ok: false, error: { type: 'lease.stale' } };
    expect(await project.stub.deploy({ commandId: 'd', slot: 'preview', holder })).toMatchObject(stale);
    expect(await project.stub.promote({ commandId: 'p', from: 'preview', to: 'production', holder })).toMatchObject(
      stale,
    );
    expect(await project.stub.runChecks({ commandId: 'c', slot: 'preview', checks, holder })).toMatchObject(stale);
    reachable.resolve();

    const files = await project.repository.listFiles({ ref: 'main', prefix: 'src/' });
    expect(files.ok && files.value.files.map(({ path }) => path)).toEqual(['src/part/second.ts']);
    const content = await project.repository.readFile({ ref: 'main', path: 'src/part/second.ts' });
    expect(content.ok && content.value.content).toBe("export const by = 'src/part/second.ts';\n");
    const ends = (await project.events()).filter(
      ({ event }) => event.type === 'task.completed' && event.taskId === taskId,
    );
    expect(ends).toHaveLength(1);
    expect((await project.task('part')).status).toBe('done');
    await project.stub.cancel({ commandId: 'end' });
    ended.resolve();
  });
});

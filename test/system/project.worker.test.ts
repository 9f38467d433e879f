import { abortAllDurableObjects, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectStub } from '../../durable-objects/stubs.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import { findViolations } from '../../shared/domain/project/invariants.ts';
import bookshelf from '../../examples/bookshelf/spec.md?raw';
import petstore from '../../examples/petstore/openapi.json?raw';
import { finish, look, openWorkspace, pause, startProject, treeOf, workspaceId } from './projects.ts';

beforeAll(openWorkspace);

describe('a project', () => {
  it('goes from a specification to a running application', async () => {
    const projectId = await startProject(bookshelf);
    const view = await finish(projectId);
    expect(view.reason).toBeUndefined();
    expect(view.status).toBe('completed');
    const report = await projectStub(env, workspaceId, projectId).report();
    expect(report.ok && report.value.gates.every(({ passed }) => passed)).toBe(true);
    expect(report.ok && report.value.markdown).toContain('## Gates');
    const events = await projectStub(env, workspaceId, projectId).events({ after: 0, limit: 1_000 });
    const log = events.ok ? events.value.map(({ event }) => event) : [];
    expect(findViolations(log)).toEqual([]);
    expect(log.filter(({ type }) => type === 'task.stuck' || type === 'project.stalled')).toEqual([]);
  });

  it('ends blocked with the sentence quoted when it does not understand', async () => {
    const view = await finish(await startProject('# Bücherregal\n\nDas Buch muss jeden Abend gelüftet werden.\n'));
    expect(view.status).toBe('blocked');
    expect(JSON.stringify(view.sentences)).toContain('Buch');
  });

  it('fails visibly when a role is missing', async () => {
    const view = await finish(
      await startProject(bookshelf, { roles: ['project_manager', 'architect', 'tech_lead', 'security'] }),
    );
    expect(view.status).toBe('failed');
    expect(view.reason).toContain('nobody in the team is backend');
  });

  it('writes its rows into the directory', async () => {
    const projectId = await startProject('# Notes\n\nA note has a title (required) and a text.\n');
    await finish(projectId);
    await pause(500);
    const row = await env.DIRECTORY.prepare('SELECT status, tasks_done, tasks_total FROM project WHERE id = ?')
      .bind(projectId)
      .first();
    expect(row).toMatchObject({ status: 'completed' });
    expect(row?.['tasks_done']).toBe(row?.['tasks_total']);
  });

  it('ends as an undisturbed run does when all objects are killed again and again', async () => {
    const undisturbed = await startProject(petstore);
    await finish(undisturbed);
    const disturbed = await startProject(petstore);
    let killsAtWork = 0;
    while (killsAtWork < 12) {
      await pause(150);
      const view = await look(disturbed);
      if (view !== undefined && isFinalStatus(view.status)) break;
      // A turn of its own: the runtime dies when an object is destroyed from inside one of its own callbacks.
      await scheduler.wait(0);
      await abortAllDurableObjects();
      killsAtWork += 1;
    }
    expect(killsAtWork).toBeGreaterThan(5);
    const view = await finish(disturbed);
    expect(view.status).toBe('completed');
    expect(await treeOf(disturbed)).toEqual(await treeOf(undisturbed));
  });
});

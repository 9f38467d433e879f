import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildProject, request, sendJson, waitForProject, type ProjectAnswer } from './client.ts';

const specification = '# Notes\n\nA note has a title (required) and a text.\n';
const bookshelf = readFileSync(`${import.meta.dirname}/../../examples/bookshelf/spec.md`, 'utf8');
const everyone = [
  'project_manager',
  'architect',
  'tech_lead',
  'backend',
  'frontend',
  'reviewer',
  'qa',
  'security',
  'devops',
  'judge',
];

interface Page {
  readonly events: readonly {
    readonly sequence: number;
    readonly event: { readonly type: string; readonly [key: string]: unknown };
  }[];
}

describe('the team', () => {
  it.each(['architect', 'reviewer', 'judge', 'devops'])(
    'cannot do its job without the %s, and says so',
    async (role) => {
      const project = await buildProject(specification, { roles: everyone.filter((name) => name !== role) });
      expect(project.status).toBe('failed');
      expect(project.reason).toContain(role);
    },
  );

  it('ends blocked with the sentence quoted when it does not understand', async () => {
    const sentence = 'The system must predict tomorrow’s weather with a neural network.';
    const project = await buildProject(`# Weather\n\nA reading has a temperature (number, required).\n\n${sentence}\n`);
    expect(project.status).toBe('blocked');
    expect(JSON.stringify(project.sentences)).toContain('neural network');
  });

  it('repairs seeded mistakes before anything is deployed', async () => {
    const project = await buildProject(bookshelf, { model: 'offline/engineer?faults=1&seed=3' });
    expect(project.status).toBe('completed');
    const { json } = await request(`/api/projects/${project.projectId}/events?after=0&limit=1000`);
    const events = (json as Page).events.map(({ event }) => event);
    const failedRuns = events.filter(
      ({ type, activity }) => type === 'task.progressed' && JSON.stringify(activity).includes('"status":"failed"'),
    );
    expect(failedRuns.length).toBeGreaterThan(0);
  });

  it('pauses, resumes and cancels', async () => {
    const created = await sendJson('/api/projects', { specification: bookshelf });
    const { projectId } = created.json as ProjectAnswer;
    expect((await sendJson(`/api/projects/${projectId}/pause`, {})).json).toMatchObject({ status: 'paused' });
    expect((await sendJson(`/api/projects/${projectId}/resume`, {})).json).toMatchObject({ status: 'active' });
    expect((await sendJson(`/api/projects/${projectId}/cancel`, {})).json).toMatchObject({ status: 'cancelled' });
    expect((await waitForProject(projectId)).status).toBe('cancelled');
    expect((await request(`/apps/${projectId}/`, { key: null })).status).toBe(404);
  });
});

describe('ten projects at once', () => {
  it('finish, none disturbed by another', async () => {
    const specs = Array.from(
      { length: 10 },
      (_, index) => `# Shelf ${index}\n\nA thing${index} has a name (required, unique).\n`,
    );
    const projects = await Promise.all(specs.map((text) => buildProject(text)));
    for (const [index, project] of projects.entries()) {
      expect(project.status).toBe('completed');
      const { json } = await request(`/apps/${project.projectId}/openapi.json`, { key: null });
      expect(JSON.stringify(json)).toContain(`thing${index}`);
    }
  });
});

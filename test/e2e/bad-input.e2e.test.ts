import { describe, expect, it } from 'vitest';
import { request, sendJson, waitForProject, type Answer } from './client.ts';

const expectProblem = (answer: Answer, status: number, text: string): void => {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.text).toContain(text);
  expect(answer.text).not.toMatch(/at .+\.(?:ts|js):\d+/);
};

const countProjects = async (): Promise<number> => {
  const { json } = await request('/api/projects?limit=100');
  return (json as { readonly projects: readonly unknown[] }).projects.length;
};

const deepJson = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`;

describe('bad input', () => {
  it('is refused with field and reason, and nothing is half-made', async () => {
    const before = await countProjects();
    expectProblem(await sendJson('/api/projects', { specification: '' }), 400, 'specification');
    expectProblem(await sendJson('/api/projects', { specification: '   \n ' }), 400, 'empty');
    expectProblem(await sendJson('/api/projects', {}), 400, 'specification');
    expectProblem(await sendJson('/api/projects', { specification: 'x'.repeat(10_000_000) }), 413, 'large');
    const json = { 'content-type': 'application/json' };
    expectProblem(await request('/api/projects', { method: 'POST', headers: json, body: deepJson }), 400, 'deep');
    expectProblem(
      await request('/api/projects', { method: 'POST', headers: json, body: '{"specification":' }),
      400,
      'JSON',
    );
    expectProblem(
      await request('/api/projects', { method: 'POST', headers: { 'content-type': 'image/png' }, body: 'x' }),
      415,
      'content type',
    );
    expectProblem(await sendJson('/api/projects', { specification: '# A', model: 'nowhere/x' }), 400, 'model');
    expectProblem(await sendJson('/api/projects', { specification: '# A', roles: ['pilot'] }), 400, 'pilot');
    expectProblem(await sendJson('/api/projects', { specification: '# A', nonsense: 1 }), 400, 'nonsense');
    expect(await countProjects()).toBe(before);
  });

  it('does not reach anything without a good key', async () => {
    expectProblem(await request('/api/projects', { key: null }), 401, 'key');
    expectProblem(await request('/api/projects', { key: 'ados_local_nonsense' }), 401, 'key');
    expectProblem(await request('/api/projects', { key: 'x'.repeat(5_000) }), 401, 'key');
  });

  it('does not tell unknown ids from ids of the wrong form or of others', async () => {
    for (const id of ['prj_00000000000000000000000000', 'prj_x', '..%2f..', 'wsp_00000000000000000000000000', '%00']) {
      expect((await request(`/api/projects/${id}`)).status).toBe(404);
      expect((await request(`/apps/${id}/`, { key: null })).status).toBe(404);
    }
    expectProblem(await request('/api/nothing'), 404, 'Not found');
    expectProblem(await request('/api/projects', { method: 'PATCH' }), 405, 'method');
  });

  it.each([
    ['invalid YAML', 'openapi: 3.0.0\ninfo:\n  title: [broken\n'],
    [
      'a circular $ref',
      'openapi: 3.0.0\ninfo: {title: A, version: "1"}\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: "#/components/schemas/A"}\n',
    ],
    ['Swagger 2.0', '{"swagger":"2.0","info":{"title":"A","version":"1"},"paths":{}}'],
    ['another language', '# Bücherregal\n\nEin Buch muss einen Titel haben. Ausleihen dürfen nicht überlappen.\n'],
    ['no resource', '# Nothing\n\nLorem ipsum.\n'],
  ])('ends the project blocked for %s, with a reason', async (_name, specification) => {
    const created = await sendJson('/api/projects', { specification });
    expect(created.status).toBe(201);
    const { projectId } = created.json as { readonly projectId: string };
    const project = await waitForProject(projectId);
    expect(project.status).toBe('blocked');
    expect(project.sentences?.[0]?.reason).toBeTruthy();
  });
});

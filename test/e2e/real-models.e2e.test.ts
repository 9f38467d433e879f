import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildProject, request } from './client.ts';

const specification = readFileSync(`${import.meta.dirname}/../../examples/petstore/openapi.json`, 'utf8');

interface Files {
  readonly files: readonly { readonly path: string; readonly oid: string }[];
}

const treeOf = async (projectId: string): Promise<readonly string[]> => {
  const { json } = await request(`/api/projects/${projectId}/files?limit=500`);
  return (json as Files).files.map(({ path, oid }) => `${path} ${oid}`);
};

describe('a project over a provider’s wire', () => {
  it.each(['openai', 'anthropic'])(
    'is the same as one in the same process, although %s misbehaves',
    async (provider) => {
      const offline = await buildProject(specification);
      const remote = await buildProject(specification, { model: `${provider}/engineer` });
      expect(remote.reason).toBeUndefined();
      expect(remote.status).toBe('completed');
      const tree = await treeOf(remote.projectId);
      expect(tree.length).toBeGreaterThan(20);
      expect(tree).toEqual(await treeOf(offline.projectId));
      const { text } = await request(`/api/projects/${remote.projectId}/events?after=0&limit=1000`);
      expect(text).toContain('The model failed');
    },
  );

  it('fails visibly when the model answers nothing', async () => {
    const project = await buildProject(specification, { model: 'openai/silent' });
    expect(project.status).toBe('failed');
    expect(project.reason).toContain('answered nothing');
  });
});

import { describe, expect, it } from 'vitest';
import { buildProject, request } from './client.ts';

const specification = `# Field notes

People keep notes about what they saw outside.

## Notes

A note has:

- title: text, required, at most 100 characters
- count: integer, at least 0

## Rules

- People must sign in with their e-mail address and a password.
- Everyone sees only their own notes.
- The app counts how often it is used.
`;

describe('an app whose specification needs signing in', () => {
  it('is built by the team on the platform’s services, and keeps two people apart', async () => {
    const project = await buildProject(specification);
    expect(project.status).toBe('completed');
    const send = (method: string, path: string, token?: string, body?: unknown) =>
      request(`/apps/${project.projectId}${path}`, {
        key: null,
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const signUp = async (name: string): Promise<string> => {
      const credentials = { email: `${name}@example.com`, password: `a password of ${name}` };
      const answer = await send('POST', '/auth/sign-up', undefined, credentials);
      expect(answer.status).toBe(201);
      return (answer.json as { readonly token: string }).token;
    };
    expect((await send('GET', '/notes')).status).toBe(401);
    const [ada, bob] = [await signUp('ada'), await signUp('bob')];
    const made = await send('POST', '/notes', ada, { title: 'Heron', count: 2 });
    expect(made.status).toBe(201);
    const { id } = made.json as { readonly id: string };
    expect((await send('GET', '/notes', ada)).json).toMatchObject({ total: 1 });
    expect((await send('GET', '/notes', bob)).json).toMatchObject({ total: 0 });
    expect((await send('GET', `/notes/${id}`, bob)).status).toBe(404);
    expect((await send('DELETE', `/notes/${id}`, bob)).status).toBe(404);
    expect(JSON.stringify((await send('GET', '/usage', ada)).json)).toContain('{"name":"post.notes","count":1}');
    expect((await send('POST', '/auth/sign-out', ada)).status).toBe(204);
    expect((await send('GET', '/notes', ada)).status).toBe(401);
    // The data of the preview is another's: nobody signed up there under this name.
    const elsewhere = await request(`/apps/${project.projectId}@preview/notes`, {
      key: null,
      headers: { authorization: `Bearer ${bob}` },
    });
    expect(elsewhere.status).toBe(401);
  });
});

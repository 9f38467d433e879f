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
    // Operators see which accounts a slot has, and of nobody who it is.
    const accounts = async (slot: string): Promise<{ readonly text: string; readonly ids: readonly string[] }> => {
      const { status, text, json } = await request(`/api/objects/service/${project.projectId}.${slot}.auth`);
      expect([status, text]).toEqual([200, expect.stringContaining('"account":')]);
      const { state } = json as { readonly state: { readonly account: Readonly<Record<string, unknown>> } };
      return { text, ids: Object.keys(state.account) };
    };
    const [shown, preview] = [await accounts('production'), await accounts('preview')];
    expect(shown.ids).toHaveLength(2);
    for (const accountId of shown.ids) expect(preview.text).not.toContain(accountId);
    expect(shown.text).not.toContain('example.com');
    expect((await request(`/api/objects/service/${project.projectId}.production.connector`)).status).toBe(404);
    const hosts = await request(`/api/services/aidevos-app-host?attribute=projectId:${project.projectId}`);
    expect(hosts.json).toMatchObject({ services: [{ instance: project.projectId }] });
  });
});

const catalogue = `# Catalogue

A catalogue of books that members can search and filter, with import and export, and a feed of changes.

## Books

- title: text, required
- genre: one of fiction, science or poetry

## Loans

- book: reference to a book, required
- borrower: text, required
- returned date: date

A loan is returned with POST /loans/:id/return, which is refused for a loan that has been returned. A book with loans
cannot be deleted.
`;

describe('an app whose specification asks for records out, in and told', () => {
  it('is built by the team on the Data service', { timeout: 600_000 }, async () => {
    const project = await buildProject(catalogue);
    expect(project.status).toBe('completed');
    const send = (method: string, path: string, body?: unknown, type = 'application/json') =>
      request(`/apps/${project.projectId}${path}`, {
        key: null,
        method,
        headers: body === undefined ? {} : { 'content-type': type },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
    const lines =
      '{"title":"Dune","genre":"fiction"}\n{"title":"Odd","genre":"war"}\n{"title":"Cosmos","genre":"science"}\n';
    const imported = await send('POST', '/import/books', lines, 'application/x-ndjson');
    expect(imported.json).toMatchObject({ imported: 2, refused: [{ line: 2 }] });
    const found = (await send('GET', '/books?genre=fiction&q=du')).json as { items: { id: string; title: string }[] };
    expect(found.items.map(({ title }) => title)).toEqual(['Dune']);
    const bookId = found.items[0]?.id ?? '';
    const loan = (await send('POST', '/loans', { bookId, borrower: 'Ada' })).json as { id: string };
    expect((await send('DELETE', `/books/${bookId}`)).status).toBe(409);
    expect((await send('POST', `/loans/${loan.id}/return`)).status).toBe(200);
    expect((await send('POST', `/loans/${loan.id}/return`)).status).toBe(409);
    const feed = (await send('GET', '/changes?kind=loans')).json as { items: { change: string; id: string }[] };
    expect(feed.items.map(({ change, id }) => [change, id])).toEqual([
      ['inserted', loan.id],
      ['updated', loan.id],
    ]);
    const { text } = await send('GET', '/export/books');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { title: string }).title)
        .sort(),
    ).toEqual(['Cosmos', 'Dune']);
  });
});

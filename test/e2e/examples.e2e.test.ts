import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { buildProject, request, sendJson, type Answer } from './client.ts';

const read = (path: string): string => readFileSync(`${import.meta.dirname}/../../${path}`, 'utf8');

interface App {
  readonly get: (path: string) => Promise<Answer>;
  readonly send: (path: string, body: unknown, method?: string) => Promise<Answer>;
}

const build = async (path: string): Promise<App> => {
  const project = await buildProject(read(path));
  expect(project.reason).toBeUndefined();
  expect(project.status).toBe('completed');
  const base = `/apps/${project.projectId}`;
  return {
    get: (rest) => request(`${base}${rest}`, { key: null }),
    send: (rest, body, method) => sendJson(`${base}${rest}`, body, method),
  };
};

const idOf = (answer: Answer): string => (answer.json as { readonly id: string }).id;

describe('the bookshelf', () => {
  it('is built, deployed, and lends books as its specification says', async () => {
    const app = await build('examples/bookshelf/spec.md');
    expect((await app.get('/')).headers.get('content-type')).toContain('text/html');
    expect((await app.get('/health')).status).toBe(200);
    expect((await app.get('/openapi.json')).json).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });

    const book = await app.send('/books', { title: 'Momo', author: 'Michael Ende', isbn: '9783522202107' });
    expect(book.status).toBe(201);
    expect(book.json).toMatchObject({ genre: 'fiction', title: 'Momo' });
    const again = await app.send('/books', { title: 'Copy', author: 'X', isbn: '9783522202107' });
    expect(again.status).toBe(409);
    const wrong = await app.send('/books', { author: 'X', isbn: '12', genre: 'crime' });
    expect(wrong.status).toBeGreaterThanOrEqual(400);
    expect(wrong.status).toBeLessThan(500);
    expect(wrong.text).toContain('title');

    const member = await app.send('/members', { name: 'Ada', email: 'ada@example.org' });
    const loan = await app.send('/loans', { bookId: idOf(book), memberId: idOf(member) });
    expect(loan.status).toBe(201);
    const second = await app.send('/loans', { bookId: idOf(book), memberId: idOf(member) });
    expect(second.status).toBe(409);
    expect((await app.send(`/books/${idOf(book)}`, undefined, 'DELETE')).status).toBe(409);
    expect((await app.send(`/loans/${idOf(loan)}/return`, {})).status).toBe(200);
    expect((await app.send(`/loans/${idOf(loan)}/return`, {})).status).toBe(409);
    expect((await app.send('/loans', { bookId: idOf(book), memberId: idOf(member) })).status).toBe(201);

    const reference = await app.send('/books', { title: 'Atlas', author: 'Y', genre: 'reference' });
    expect(
      (await app.send('/loans', { bookId: idOf(reference), memberId: idOf(member) })).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await app.get('/books?q=momo')).json).toMatchObject({ total: 1 });
    expect((await app.get('/books?genre=reference')).json).toMatchObject({ total: 1 });
    expect((await app.get(`/members/${idOf(member)}/loans`)).json).toMatchObject({ total: 2 });
    expect((await app.get('/stats')).status).toBe(200);
    const page = await app.get('/pages/books');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Momo');
  });
});

describe('the issue tracker', () => {
  it('is built, deployed and answers', async () => {
    const app = await build('examples/issue-tracker/spec.md');
    expect((await app.get('/health')).status).toBe(200);
    const document = (await app.get('/openapi.json')).json as { readonly paths: Record<string, unknown> };
    const lists = Object.keys(document.paths).filter((path) => !path.includes('{'));
    for (const path of lists) expect((await app.get(path)).status).toBeLessThan(500);
    expect(lists.length).toBeGreaterThan(3);
  });
});

describe('the pet store', () => {
  it('answers as its document says, asks for credentials, and keeps what it is given', async () => {
    const { projectId, status } = await buildProject(read('examples/petstore/openapi.json'));
    expect(status).toBe('completed');
    const ask = (path: string, credentials: Record<string, string>, body?: object): Promise<Answer> =>
      request(`/apps/${projectId}${path}`, {
        key: null,
        headers: { 'content-type': 'application/json', ...credentials },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
    const pet = { name: 'Rex', photoUrls: ['https://example.org/rex.png'], status: 'available' };
    const bearer = { authorization: 'Bearer anybody' };
    expect((await ask('/pet', {}, pet)).status).toBe(401);
    expect((await ask('/pet', { authorization: `Bearer ${inject('apiKey')}` }, pet)).status).toBe(401);
    const created = await ask('/pet', bearer, pet);
    expect(created.status).toBe(200);
    const { id } = created.json as { readonly id: number };
    expect((await ask(`/pet/${id}`, { api_key: 'anybody' })).json).toMatchObject(pet);
    expect((await ask('/pet/findByStatus?status=available', bearer)).json).toEqual([{ ...pet, id }]);
    expect((await ask('/pet/findByStatus?status=sold', bearer)).json).toEqual([]);
    expect((await ask('/pet/999999', { api_key: 'anybody' })).status).toBe(404);
    expect((await ask('/pet', bearer, { name: 7 })).status).toBe(405);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { bindings, createGateway, createTestProject, createWorkspace, prepareDirectory } from '../testing/harness.ts';

const gateway = createGateway();
let key: string;
let projectId: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
  projectId = await createTestProject(gateway, key);
});

const countProjects = async (): Promise<number> =>
  (await bindings.DIRECTORY.prepare('SELECT COUNT(*) AS count FROM project').first<number>('count')) ?? 0;

const refused = async (answer: Response): Promise<Problem> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem: Problem = await answer.json();
  expect(problem.status).toBe(answer.status);
  expect(JSON.stringify(problem)).not.toMatch(/\bat .*\.ts|node_modules|SELECT|stack/);
  return problem;
};

const deep = (depth: number): string => `{"specification":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const wide = `{${Array.from({ length: 10_001 }, (_, index) => `"k${index}":1`).join(',')}}`;

describe('a body for a project', () => {
  it.each<[string, string, string, number, string, RegExp]>([
    ['an empty specification', 'application/json', '{"specification":"  "}', 400, 'body.specification', /empty/],
    ['no specification', 'application/json', '{}', 400, 'body.specification', /must be the specification/],
    [
      'a specification that is no text',
      'application/json',
      '{"specification":7}',
      400,
      'body.specification',
      /as text/,
    ],
    ['an empty Markdown document', 'text/markdown', '\n', 400, 'body.specification', /empty/],
    ['an unknown field', 'application/json', '{"specification":"x","owner":"me"}', 400, 'body.owner', /not a field/],
    [
      'a forged tenant',
      'application/json',
      '{"specification":"x","workspaceId":"w"}',
      400,
      'body.workspaceId',
      /not a field/,
    ],
    ['a prototype', 'application/json', '{"specification":"x","__proto__":{}}', 400, 'body.__proto__', /not a field/],
    [
      'a path as file name',
      'application/json',
      '{"specification":"x","fileName":"../a"}',
      400,
      'body.fileName',
      /plain file name/,
    ],
    ['a bad model', 'application/json', '{"specification":"x","model":"no name"}', 400, 'body.model', /provider/],
    ['broken JSON', 'application/json', '{"specification":', 400, 'body', /not valid JSON/],
    ['an empty body', 'application/json', '', 400, 'body', /not valid JSON/],
    ['JSON that is no object', 'application/json', '[1]', 400, 'body', /object/i],
    ['deeply nested JSON', 'application/json', deep(100), 400, 'body', /deeper than 64/],
    ['very deeply nested JSON', 'application/json', deep(400_000), 400, 'body', /deeper than 64/],
    ['too many keys', 'application/json', wide, 400, 'body', /more than 10000 keys/],
    ['a media type that is not taken', 'application/xml', '<a/>', 415, 'header.content-type', /must be one of/],
    ['an unknown option', 'text/markdown', '# x', 400, 'query.color', /not a field/],
  ])('refuses %s', async (name, contentType, body, status, field, reason) => {
    const before = await countProjects();
    const path = name === 'an unknown option' ? '/api/projects?color=red' : '/api/projects';
    const answer = await gateway.send(path, { key, method: 'POST', body, headers: { 'content-type': contentType } });
    const problem = await refused(answer);
    expect(answer.status).toBe(status);
    expect(problem.errors?.[0]?.field).toBe(field);
    expect(problem.errors?.[0]?.reason).toMatch(reason);
    expect(await countProjects()).toBe(before);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const body = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    const answer = await gateway.send('/api/projects', { key, body, headers: { 'content-type': 'text/markdown' } });
    expect((await refused(answer)).errors).toEqual([{ field: 'body', reason: 'is not valid UTF-8' }]);
  });

  it('refuses a compressed body as such', async () => {
    const stream = new Blob(['{"model":"auto"}']).stream().pipeThrough(new CompressionStream('gzip'));
    const body = new Uint8Array(await new Response(stream).arrayBuffer());
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await gateway.send('/api/projects', { key, body, headers });
    expect(answer.status).toBe(415);
    expect((await refused(answer)).errors?.[0]).toMatchObject({ field: 'header.content-encoding' });
  });

  it('refuses a body without a content type', async () => {
    const body = new TextEncoder().encode('{"specification":"x"}');
    const answer = await gateway.send('/api/projects', { key, body });
    expect(answer.status).toBe(415);
    expect((await refused(answer)).errors?.[0]).toEqual({ field: 'header.content-type', reason: 'is missing' });
  });

  it('refuses 10 MB of text', async () => {
    const body = 'x'.repeat(10_000_000);
    const headers = { 'content-type': 'text/markdown', 'content-length': String(body.length) };
    const answer = await gateway.send('/api/projects', { key, body, headers });
    expect(answer.status).toBe(413);
    expect((await refused(answer)).errors?.[0]?.field).toBe('body');
  });

  it('stops reading an endless body', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const answer = await gateway.send('/api/projects', {
      key,
      body: endless,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(413);
    await refused(answer);
    expect(pulled * 65_536).toBeLessThan(40 * 1_048_576);
  });

  it('accepts a quote, a bracket and a colon inside strings as what they are', async () => {
    const specification = `${'[{"'.repeat(500)} \\" ${':'.repeat(20_000)}`;
    const answer = await gateway.send('/api/projects', { key, json: { specification } });
    expect(answer.status).toBe(201);
  });
});

describe('paths and ids', () => {
  it.each([
    '/api/projects/nope',
    '/api/projects/prj_00000000000000000000000000',
    `/api/projects/PRJ_00000000000000000000000000`,
    '/api/projects/prj_0000000000000000000000000%00',
    '/api/projects/..%2f..%2fhealth',
    '/api/agents/agt_00000000000000000000000000',
    '/api/agents/agt_00000000000000000000000000/messages',
    '/api/nothing',
  ])('answers 404 to %s', async (path) => {
    const answer = await gateway.send(path, { key });
    expect(answer.status).toBe(404);
    expect((await refused(answer)).code).toBe('resource.not_found');
  });

  it.each([
    '../etc/passwd',
    'src/../../x',
    '/etc/passwd',
    'src\\index.ts',
    'C:/windows',
    'src//index.ts',
    './a',
    'a/./b',
    'a\u0000b',
    'a'.repeat(1_100),
    '',
  ])('refuses the file path %j', async (path) => {
    const answer = await gateway.send(`/api/projects/${projectId}/file?path=${encodeURIComponent(path)}`, { key });
    expect(answer.status).toBe(400);
    expect((await refused(answer)).errors?.[0]?.field).toBe('query.path');
  });

  it.each(['--upload-pack=x', '../main', 'a..b', 'main.lock', 'a/', '@{1}', 'a b', 'refs/heads/\u0001'])(
    'refuses the ref %j',
    async (ref) => {
      const answer = await gateway.send(`/api/projects/${projectId}/files?ref=${encodeURIComponent(ref)}`, { key });
      expect(answer.status).toBe(400);
      expect((await refused(answer)).errors?.[0]?.field).toBe('query.ref');
    },
  );

  it.each([
    ['*all', 'body.recipient'],
    ['agent:prj_1', 'body.recipient'],
    ['person:key', 'body.recipient'],
  ])('refuses the recipient %j', async (recipient, field) => {
    const json = { recipient, content: 'hello' };
    const answer = await gateway.send(`/api/projects/${projectId}/messages`, { key, json });
    expect((await refused(answer)).errors?.[0]?.field).toBe(field);
  });

  it('answers 405 with what is allowed', async () => {
    const answer = await gateway.send('/api/projects', { key, method: 'PUT' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    expect((await refused(answer)).code).toBe('request.method_not_allowed');
  });

  it('refuses an idempotency key that cannot be one', async () => {
    const headers = { 'idempotency-key': 'x'.repeat(300) };
    const answer = await gateway.send('/api/projects', { key, json: { specification: 'x' }, headers });
    expect((await refused(answer)).errors?.[0]?.field).toBe('header.idempotency-key');
  });
});

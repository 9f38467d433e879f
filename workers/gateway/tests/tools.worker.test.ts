import { beforeAll, describe, expect, it } from 'vitest';
import {
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  prepareDirectory,
} from '../testing/harness.ts';

const gateway = createGateway();
let key: string;
let viewerKey: string;
let memberKey: string;
let strangerKey: string;
let path: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  key = workspace.ownerKey;
  viewerKey = await createRoleKey(gateway, workspace, 'viewer');
  memberKey = await createRoleKey(gateway, workspace, 'member');
  strangerKey = (await createWorkspace(gateway)).ownerKey;
  path = `/api/projects/${await createTestProject(gateway, key)}`;
});

const read = async (address: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await gateway.send(address, { key: viewerKey });
  return { status: answer.status, body: await answer.json() };
};

const namesOf = ({ body }: { body: Record<string, unknown> }): readonly string[] =>
  // SAFETY: the shape that the contract of the route states.
  (body['tools'] as readonly { readonly name: string }[]).map(({ name }) => name);

describe('the catalogue', () => {
  it('lists all tools in pages, and those of one capability', async () => {
    const all = namesOf(await read('/api/tools?limit=200'));
    const pages: string[] = [];
    for (let after = ''; ;) {
      const page = await read(`/api/tools?limit=7&after=${after}`);
      pages.push(...namesOf(page));
      if (page.body['next'] === undefined) break;
      after = String(page.body['next']);
    }
    expect(pages).toEqual(all);
    expect(all).toEqual(all.toSorted());
    expect(namesOf(await read('/api/tools?capability=files.write'))).toEqual(
      expect.arrayContaining(['apply_diff', 'edit_file', 'write_files']),
    );
  });

  it.each([
    ['change a file by a unified diff', 'apply_diff'],
    ['regular expression over the lines of files', 'grep'],
    ['find files by name pattern', 'glob'],
    ['run the tests', 'run_tests'],
    ['typescript program that calls tools', 'run_program'],
  ])('finds for "%s" the tool %s first', async (query, name) => {
    expect(namesOf(await read(`/api/tools?query=${encodeURIComponent(query)}`))[0]).toBe(name);
  });

  it('shows one tool with its schema and examples', async () => {
    expect((await read('/api/tools/grep')).body).toMatchObject({
      name: 'grep',
      effectClass: 'pure',
      capability: 'files.read',
      open: true,
      parameters: { type: 'object', required: ['pattern'] },
      examples: [expect.objectContaining({ shows: expect.any(String) })],
    });
    expect((await read('/api/tools/no_such_tool')).status).toBe(404);
    expect((await read('/api/tools/NOT-A-NAME')).status).toBe(404);
  });
});

describe('running a tool', () => {
  const run = async (name: string, json: unknown, by = memberKey): Promise<{ status: number; text: string }> => {
    const answer = await gateway.send(`${path}/tools/${name}`, { key: by, json });
    return { status: answer.status, text: await answer.text() };
  };

  it('answers its result with where it comes from', async () => {
    const { status, text } = await run('read_file', { arguments: { path: 'README.md' } });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      tool: 'read_file',
      content: '# Read me\n',
      isError: false,
      provenance: { tool: 'read_file', version: 1, commit: 'a'.repeat(40), truncated: false },
    });
  });

  it('answers what the tool says about wrong arguments, and about what is not there', async () => {
    for (const json of [{ arguments: { path: 7 } }, { arguments: { path: 'no' } }, {}]) {
      const { status, text } = await run('read_file', json);
      expect([status, JSON.parse(text)]).toMatchObject([200, { isError: true }]);
    }
  });

  it.each([
    ['read_file', { arguments: 'x' }, 400, 'arguments'],
    ['read_file', { other: 1 }, 400, 'other'],
    ['read_file', { ref: 'main', branch: 'people/a' }, 400, 'ref'],
    ['read_file', { arguments: { path: 'README.md' }, cursor: 'a@1' }, 410, 'cursor'],
    ['write_files', { arguments: { files: [{ path: 'a', content: 'a' }] } }, 400, 'branch'],
    ['write_files', { arguments: {}, branch: 'task/books' }, 400, 'people/'],
    ['write_files', { arguments: {}, branch: 'people/../main' }, 400, 'people/'],
    ['complete_task', { arguments: { summary: 's' } }, 400, 'belongs to the task of an agent'],
    ['no_such_tool', {}, 404, 'tool'],
  ])('refuses %s %j with %i', async (name, json, expected, words) => {
    const { status, text } = await run(name, json);
    expect([status, text]).toEqual([expected, expect.stringContaining(words)]);
  });

  it('is for members of the workspace', async () => {
    expect((await run('read_file', {}, viewerKey)).status).toBe(403);
    expect((await run('read_file', {}, strangerKey)).status).toBe(404);
  });
});

describe('the rules of a project', () => {
  it('are read by all and changed by owners', async () => {
    const rules = { grants: [{ effect: 'deny', tools: ['grep'] }], fetchOrigins: ['https://example.com'] };
    expect((await gateway.send(`${path}/tool-rules`, { key: memberKey, method: 'PUT', json: rules })).status).toBe(403);
    const changed = await gateway.send(`${path}/tool-rules`, { key, method: 'PUT', json: rules });
    expect([changed.status, await changed.json()]).toEqual([200, { tools: [], ...rules }]);
    expect((await read(`${path}/tools`)).status).toBe(200);
  });

  it.each([
    [{ grants: [{ effect: 'maybe', tools: ['grep'] }] }, 'grants.0.effect'],
    [{ grants: [{ effect: 'deny', tools: [] }] }, 'grants.0.tools'],
    [{ grants: {} }, 'grants'],
    [{ fetchOrigins: [7] }, 'fetchOrigins.0'],
  ])('refuses %j and names the field', async (json, field) => {
    const answer = await gateway.send(`${path}/tool-rules`, { key, method: 'PUT', json });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(field)]);
  });

  it('shows a registered tool without its address', async () => {
    const tool = { description: 'Books a room.', url: 'https://tools.example.com/book', effectClass: 'pure' };
    const answer = await gateway.send(`${path}/tools/book_room`, { key, method: 'PUT', json: tool });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([200, expect.stringContaining('book_room')]);
    expect(text).not.toContain('tools.example.com');
    expect((await gateway.send(`${path}/tools/book_room`, { key, method: 'DELETE' })).status).toBe(200);
  });
});

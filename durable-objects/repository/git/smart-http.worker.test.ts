import * as git from 'isomorphic-git';
import { describe, expect, it } from 'vitest';
import { changed, created, fresh, must, opened, repository } from '../testing/repository.ts';
import { MemoryFiles } from '../testing/memory-files.ts';
import { send, textOf } from '../testing/packs.ts';
import { flushPacket, packet } from './pkt-line.ts';

const gzip = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
  );

const headOf = async (name: string): Promise<string> => (await repository(name).branches())[0]?.head ?? '';

describe('the advertisement', () => {
  it('shows the references and where HEAD points', async () => {
    const name = await created();
    await opened(name, 'task');
    const response = await send(name, '/info/refs?service=git-upload-pack', { method: 'GET' });
    expect(response.headers.get('content-type')).toBe('application/x-git-upload-pack-advertisement');
    expect(response.headers.get('cache-control')).toMatch(/no-cache/u);
    const text = await textOf(response);
    const head = await headOf(name);
    expect(text).toMatch(/^001e# service=git-upload-pack\n0000/u);
    expect(text).toContain(`${head} HEAD\0`);
    expect(text).toContain('symref=HEAD:refs/heads/main');
    expect(text).toContain(`${head} refs/heads/task\n`);
  });

  it('of an empty repository still says what can be done', async () => {
    for (const service of ['git-upload-pack', 'git-receive-pack']) {
      const response = await send(fresh('empty'), `/info/refs?service=${service}`, { method: 'GET' });
      expect(await textOf(response)).toContain(`${'0'.repeat(40)} capabilities^{}\0`);
    }
  });

  it('answers version 2 with version 0', async () => {
    const headers = { 'git-protocol': 'version=2' };
    const response = await send(await created(), '/info/refs?service=git-upload-pack', { method: 'GET', headers });
    expect(await textOf(response)).not.toContain('version 2');
  });
});

describe('requests that are not right', () => {
  const status = async (...request: Parameters<typeof send>): Promise<number> => (await send(...request)).status;

  it('get a status and a line of text', async () => {
    const name = await created();
    expect(await status(name, '/', { method: 'GET' })).toBe(404);
    expect(await status(name, '/HEAD', { method: 'GET' })).toBe(404);
    expect(await status(name, '/toString', { method: 'GET' })).toBe(404);
    expect(await status(name, '/objects/info/packs', { method: 'GET' })).toBe(404);
    expect(await status(name, '/info/refs', { method: 'GET' })).toBe(403);
    expect(await status(name, '/info/refs?service=git-upload-archive', { method: 'GET' })).toBe(403);
    expect(await status(name, '/info/refs?service=git-upload-pack')).toBe(405);
    expect(await status(name, '/git-upload-pack', { method: 'GET' })).toBe(405);
    expect(await status(name, '/git-upload-pack', { headers: { 'content-type': 'text/plain' } })).toBe(415);
    expect(await status(name, '/git-upload-pack', { headers: { 'content-encoding': 'br' } })).toBe(415);
    expect(
      await status(name, '/git-upload-pack', { body: Buffer.from('x'), headers: { 'content-encoding': 'gzip' } }),
    ).toBe(400);
    const response = await send(name, '/git-upload-pack', { body: packet(`want ${'f'.repeat(40)}\n`) });
    expect(response.status).toBe(400);
    expect(await textOf(response)).toBe(`The repository does not have ${'f'.repeat(40)}.\n`);
  });

  it('are refused when their framing is wrong', async () => {
    const name = await created();
    for (const body of ['zzzz', '0001', '0003', 'ffff', '00', '0009want', '0010push nonsense'])
      for (const path of ['/git-upload-pack', '/git-receive-pack'])
        expect(await status(name, path, { body: Buffer.from(body) })).toBe(400);
  });

  it('are refused beyond 32 MB, compressed or not', async () => {
    const name = await created();
    const large = Buffer.alloc(32 * 1024 * 1024 + 1);
    expect(await status(name, '/git-receive-pack', { body: large })).toBe(413);
    const headers = { 'content-encoding': 'gzip' };
    expect(await status(name, '/git-receive-pack', { body: await gzip(large), headers })).toBe(413);
  });

  it('but an empty request, with which git tests the way, is answered', async () => {
    const name = await created();
    for (const path of ['/git-upload-pack', '/git-receive-pack']) {
      const response = await send(name, path, { body: flushPacket });
      expect([response.status, await textOf(response)]).toEqual([200, '']);
    }
  });
});

describe('the negotiation', () => {
  const ask = async (name: string, lines: readonly (string | null)[], headers = {}): Promise<string> => {
    const body = Buffer.concat(lines.map((line) => (line === null ? flushPacket : packet(`${line}\n`))));
    const response = await send(name, '/git-upload-pack', { body, headers });
    return Buffer.from(await response.arrayBuffer()).toString('latin1');
  };

  it('acknowledges what both have, in each dialect', async () => {
    const name = await created();
    const old = await headOf(name);
    const head = await changed(name, 'main', { 'b.txt': 'b' });
    const unknown = 'f'.repeat(40);
    const detailed = 'multi_ack_detailed no-done side-band-64k';
    const asked = [null, `have ${unknown}`, `have ${old}`, null];
    const answer = await ask(name, [`want ${head} ${detailed}`, ...asked]);
    expect(answer).toMatch(
      new RegExp(`^0038ACK ${old} common\n0037ACK ${old} ready\n0008NAK\n0031ACK ${old}\n....\u0001PACK`, 'u'),
    );
    const continued = await ask(name, [`want ${head} multi_ack`, ...asked]);
    expect(continued).toBe(`003aACK ${old} continue\n0008NAK\n`);
    expect(await ask(name, [`want ${head}`, ...asked])).toBe(`0031ACK ${old}\n`);
    expect(await ask(name, [`want ${head} ${detailed}`, null, `have ${unknown}`, null])).toBe('0008NAK\n');
    const done = await ask(name, [`want ${head}`, 'shallow ' + unknown, 'deepen 1', null, `have ${old}`, 'done']);
    expect(done).toMatch(new RegExp(`^0031ACK ${old}\nPACK`, 'u'));
    expect(await ask(name, [`want ${head}`, null, 'done'])).toMatch(/^0008NAK\nPACK/u);
  });

  it('reads compressed requests', async () => {
    const name = await created();
    const body = await gzip(Buffer.concat([packet(`want ${await headOf(name)}\n`), flushPacket, packet('done\n')]));
    const response = await send(name, '/git-upload-pack', { body, headers: { 'content-encoding': 'gzip' } });
    expect(await textOf(response)).toMatch(/^0008NAK\nPACK/u);
  });
});

it('is understood by another implementation of git, down to each file', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`d${index % 7}/f${index}.txt`, `${index}\n`]),
  );
  const name = await created(files);
  await opened(name, 'task');
  await changed(name, 'task', { 'd0/f0.txt': null, 'new file.txt': 'ü\n' });
  const fs = new MemoryFiles();
  const http: git.HttpClient = {
    request: async ({ url, method = 'GET', headers = {}, body }) => {
      const parts: Uint8Array[] = [];
      for await (const part of body ?? []) parts.push(part);
      const init = { method, headers };
      const response = await repository(name).fetch(
        new Request(url, parts.length === 0 ? init : { ...init, body: Buffer.concat(parts) }),
      );
      const bytes = new Uint8Array(await response.arrayBuffer());
      return {
        url,
        statusCode: response.status,
        statusMessage: response.statusText,
        headers: Object.fromEntries(response.headers),
        body: (async function* () {
          yield bytes;
        })(),
      };
    },
  };
  await git.clone({ fs, http, dir: '/', url: 'https://repository', ref: 'task', noCheckout: true });
  const oid = await git.resolveRef({ fs, dir: '/', ref: 'task' });
  const paths = await git.listFiles({ fs, dir: '/', ref: 'task' });
  const expected = (await must(repository(name).snapshot({ ref: 'task' }))).files;
  expect(paths.toSorted()).toEqual(Object.keys(expected));
  for (const filepath of paths) {
    const { blob } = await git.readBlob({ fs, dir: '/', oid, filepath });
    expect(new TextDecoder().decode(blob)).toBe(expected[filepath]);
  }
});

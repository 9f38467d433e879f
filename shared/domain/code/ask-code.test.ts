import { describe, expect, it } from 'vitest';
import { err, ok } from '../../errors/result.ts';
import type { CodeReply, CodeRequest } from '../../rpc/code.ts';
import { askCode, mostFiles } from './ask-code.ts';

const entry = (path: string, sizeBytes = 1) => ({ path, oid: `oid of ${path}`, sizeBytes });

/** A toolchain that wants every text once, and a repository that has them. */
const world = (paths: readonly string[], sizeBytes = 1) => {
  const known = new Set<string>();
  const batches: number[] = [];
  const files = paths.map((path) => entry(path, sizeBytes));
  const code = async (request: CodeRequest): Promise<CodeReply> => {
    for (const oid of Object.keys(request.texts ?? {})) known.add(oid);
    const oids = request.files.map(({ oid }) => oid).filter((oid) => !known.has(oid));
    return oids.length === 0
      ? { status: 'answer', answer: { cycles: [] } }
      : { status: 'needs', oids, ready: known.size, total: request.files.length };
  };
  const repository = {
    listFiles: async ({ after = '', limit = 1_000 }: { readonly after?: string; readonly limit?: number }) => {
      const rest = files.filter(({ path }) => path > after);
      const page = rest.slice(0, limit);
      const last = page.at(-1)?.path;
      return ok(last !== undefined && rest.length > limit ? { files: page, next: last } : { files: page });
    },
    readTexts: async ({ paths: asked }: { readonly paths: readonly string[] }) => {
      batches.push(asked.length);
      return ok({ texts: asked.map((path) => ({ path, oid: `oid of ${path}`, text: 'x' })) });
    },
  };
  return { source: { repository, toolchain: { code }, ref: 'main' }, batches };
};

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `f${String(index).padStart(6, '0')}.ts`);

describe('askCode', () => {
  it('reads 10,000 files in batches', async () => {
    const { source, batches } = world(numbered(10_000));
    expect(await askCode<'cycles'>(source, { kind: 'cycles' })).toEqual(ok({ cycles: [] }));
    expect(batches).toEqual(Array.from({ length: 10 }, () => 1_000));
  });

  it('reads large files one by one', async () => {
    const { source, batches } = world(numbered(3), 5 * 1024 * 1024);
    await askCode<'cycles'>(source, { kind: 'cycles' });
    expect(batches).toEqual([1, 1, 1]);
  });

  it('refuses more files than it can hold', async () => {
    const { source } = world(numbered(mostFiles + 1));
    expect(await askCode<'cycles'>(source, { kind: 'cycles' })).toMatchObject({
      ok: false,
      error: { type: 'request.too_large' },
    });
  });

  it('says how far it came when nobody waits any longer', async () => {
    const { source } = world(numbered(2_000));
    let asked = 0;
    const isOver = (): boolean => (asked += 1) > 1;
    const result = await askCode<'cycles'>({ ...source, isOver }, { kind: 'cycles' });
    expect(result).toEqual(
      err({
        type: 'service.timeout',
        detail: 'The code is not analysed yet: 0 of 2000 files are read. Ask again to go on.',
      }),
    );
  });

  it('ends when a file is gone before it is read', async () => {
    const { source } = world(['a.ts']);
    const readTexts = async () => ok({ texts: [] });
    const gone = { ...source, repository: { ...source.repository, readTexts } };
    expect((await askCode<'cycles'>(gone, { kind: 'cycles' })).ok).toBe(true);
  });
});

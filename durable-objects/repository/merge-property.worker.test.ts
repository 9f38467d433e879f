import { runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { inflateSync } from 'node:zlib';
import { author, changed, created, fresh, opened, rawStub, repository } from './testing/repository.ts';

type Files = Readonly<Record<string, string>>;

const blocks = ['import', 'types', 'code', 'tests', 'end'] as const;
const whole = ['a.txt', 'dir/b.txt', 'dir/deep/c.txt', 'd.txt'] as const;

/** One line of a file whose other lines stay, or a whole file that is replaced or deleted. */
const edit = fc.oneof(
  fc.record({ block: fc.constantFrom(...blocks), text: fc.constantFrom('x', 'y') }),
  fc.record({ path: fc.constantFrom(...whole), content: fc.constantFrom('one\n', 'two\n', null) }),
);
const edits = fc.array(edit, { maxLength: 4 });
type Edits = typeof edits extends fc.Arbitrary<infer Value> ? Value : never;

/** The blocks and files of one branch. */
interface State {
  readonly blocks: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string | undefined>>;
}

const start: State = {
  blocks: Object.fromEntries(blocks.map((block) => [block, 'as it was'])),
  files: { 'a.txt': 'one\n', 'dir/b.txt': 'one\n' },
};

const edited = (list: Edits): State => {
  const state = { blocks: { ...start.blocks }, files: { ...start.files } };
  for (const item of list) {
    if ('block' in item) state.blocks[item.block] = item.text;
    else state.files[item.path] = item.content ?? undefined;
  }
  return state;
};

const toFiles = (state: State): Files => ({
  'blocks.txt': blocks.map((block) => `# ${block}\n${state.blocks[block]}\n\n`).join(''),
  ...Object.fromEntries(
    Object.entries(state.files).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
  ),
});

const contradiction = Symbol('contradiction');

/** Three-way merge of one value. */
const decide = (base: string | undefined, ours: string | undefined, theirs: string | undefined) =>
  ours === theirs || base === theirs ? ours : base === ours ? theirs : contradiction;

const model = (ours: State, theirs: State): Files | typeof contradiction => {
  const merged = { blocks: { ...start.blocks }, files: { ...start.files } };
  for (const block of blocks) {
    const text = decide(start.blocks[block], ours.blocks[block], theirs.blocks[block]);
    if (text === contradiction || text === undefined) return contradiction;
    merged.blocks[block] = text;
  }
  for (const path of whole) {
    const text = decide(start.files[path], ours.files[path], theirs.files[path]);
    if (text === contradiction) return contradiction;
    merged.files[path] = text;
  }
  return toFiles(merged);
};

const commitAll = async (name: string, branch: string, from: Files, to: Files): Promise<void> => {
  const paths = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((path) => from[path] !== to[path]);
  if (paths.length > 0) await changed(name, branch, Object.fromEntries(paths.map((path) => [path, to[path] ?? null])));
};

/** Every stored object is what its id says: SHA-1 over header and content, by the runtime's own implementation. */
const verifyObjects = async (name: string): Promise<void> => {
  const rows = await runInDurableObject(rawStub(name), (_instance, state) =>
    state.storage.sql
      .exec<{ oid: string; kind: string; data: ArrayBuffer }>('SELECT oid, kind, data FROM git_object')
      .toArray(),
  );
  for (const { oid, kind, data } of rows) {
    const content = inflateSync(new Uint8Array(data));
    const loose = Buffer.concat([Buffer.from(`${kind} ${content.byteLength}\0`), content]);
    expect(Buffer.from(await crypto.subtle.digest('SHA-1', loose)).toString('hex')).toBe(oid);
  }
};

it('merges random edits of two branches as the model does, or refuses and changes nothing', async () => {
  const property = fc.asyncProperty(edits, edits, async (oursEdits, theirsEdits) => {
    const [ours, theirs] = [edited(oursEdits), edited(theirsEdits)];
    const name = await created(toFiles(start));
    await opened(name, 'task');
    await commitAll(name, 'task', toFiles(start), toFiles(theirs));
    await commitAll(name, 'main', toFiles(start), toFiles(ours));
    const before = await repository(name).branches();
    const command = { commandId: fresh('cmd'), branch: 'task', into: 'main', message: 'Merge', author };
    const result = await repository(name).merge(command);
    const expected = model(ours, theirs);
    if (expected === contradiction) {
      expect(result).toMatchObject({ ok: false, error: { type: 'git.refused' } });
      expect(await repository(name).branches()).toEqual(before);
    } else {
      expect(result).toMatchObject({ ok: true });
      const snapshot = await repository(name).snapshot({ ref: 'main' });
      expect(snapshot).toMatchObject({ ok: true, value: { dirty: false } });
      expect(snapshot.ok && snapshot.value.files).toEqual(expected);
    }
    await verifyObjects(name);
  });
  await fc.assert(property, { numRuns: 60 });
});

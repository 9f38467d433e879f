import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repositoryRoot } from './platform/state-folder.ts';
import { runBeside, type Patience } from './test-part.ts';

const folders: string[] = [];

// What the vitest within says would read as if it were said of these tests.
beforeEach(() => {
  for (const way of ['log', 'error'] as const) vi.spyOn(console, way).mockReturnValue(undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with one file of tests. */
const createSuite = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-part-'));
  folders.push(folder);
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'vitest.config.ts'), 'export default { test: { testTimeout: 600_000 } };\n');
  writeFileSync(join(folder, 'one.test.ts'), `import { expect, it } from 'vitest';\n${text}`);
  return folder;
};

const runIn = (folder: string, patience?: Patience) =>
  runBeside(
    { args: ['--root', folder], environment: process.env, reportPath: join(folder, 'report.json') },
    ...(patience === undefined ? [] : [patience]),
  );

describe('a part of the tests', () => {
  it('is counted', async () => {
    const folder = createSuite("it('adds', () => expect(1 + 1).toBe(2));\nit('fails', () => expect(1).toBe(2));\n");
    expect(await runIn(folder)).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  });

  it('that stalls is ended with all it started and begun once more, and is a failure the second time', async () => {
    const beats = join(mkdtempSync(join(tmpdir(), 'aidevos-beats-')), 'beats');
    folders.push(dirname(beats));
    const folder = createSuite(`
      import { appendFileSync } from 'node:fs';
      it('waits', async () => {
        setInterval(() => appendFileSync(${JSON.stringify(beats)}, '.'), 20);
        await new Promise(() => undefined);
      });
    `);
    const summary = await runIn(folder, { silenceMs: 5_000, idleMs: 600_000, lookEveryMs: 500 });
    expect(summary).toMatchObject({ passed: 0, failed: 1, exitCode: 1 });
    expect(summary.notes).toEqual([expect.stringContaining('twice')]);
    const heard = statSync(beats).size;
    await setTimeout(500);
    expect(statSync(beats).size).toBe(heard);
  });

  it.skipIf(process.platform !== 'linux')('that only waits is found out much sooner than one that works', async () => {
    const waiting = createSuite("it('waits', async () => { await new Promise(() => undefined); });");
    const patience = { silenceMs: 600_000, idleMs: 3_000, lookEveryMs: 500 };
    expect(await runIn(waiting, patience)).toMatchObject({
      failed: 1,
      notes: [expect.stringContaining('stood still')],
    });
    const working = createSuite(`it('works', async () => {
      for (const until = Date.now() + 6_000; Date.now() < until; await new Promise(setImmediate));
      expect(1).toBe(1);
    });`);
    expect(await runIn(working, patience)).toMatchObject({ passed: 1, failed: 0, notes: [] });
  });
});

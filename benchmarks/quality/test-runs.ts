/**
 * 200 tests in 20 files, by the lab and by vitest, on the same files: cold (from the start of the program to the last
 * result) and warm (again, with everything loaded).
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLaboratory } from '../../scripts/lab/laboratory.ts';
import { runProject } from '../../scripts/lab/run-project.ts';
import { capture } from '../../scripts/platform/child-process.ts';
import { repositoryRoot } from '../../scripts/platform/state-folder.ts';
import { ensureWorkerBundles } from '../../scripts/platform/worker-bundle.ts';
import { defaultTestRunLimits } from '../../shared/rpc/sandbox.ts';
import { median } from '../statistics.ts';

const fileCount = 20;
const testsPerFile = 10;
const warmRounds = 5;

const sources = (): Readonly<Record<string, string>> => {
  const files: Record<string, string> = {};
  for (let file = 0; file < fileCount; file += 1) {
    files[`src/part-${file}.ts`] = [
      `export interface Item { readonly id: number; readonly name: string }`,
      `export const items = (count: number): Item[] => Array.from({ length: count }, (_, id) => ({ id, name: 'item ' + id }));`,
      `export const total = (list: readonly Item[]): number => list.reduce((sum, { id }) => sum + id, ${file});`,
      '',
    ].join('\n');
    const tests = Array.from({ length: testsPerFile }, (_, index) => {
      const count = index * 10 + 1;
      return `  it('case ${index}', () => { expect(total(items(${count}))).toBe(${(count * (count - 1)) / 2 + file}); expect(items(${count})).toHaveLength(${count}); });`;
    });
    files[`test/part-${file}.test.ts`] = [
      `import { describe, expect, it } from 'vitest';`,
      `import { items, total } from '../src/part-${file}.ts';`,
      `describe('part ${file}', () => {`,
      ...tests,
      `});`,
      '',
    ].join('\n');
  }
  return files;
};

const milliseconds = (value: number): number => Math.round(value);

const measureLab = async (files: Readonly<Record<string, string>>) => {
  const tests = Object.keys(files).filter((path) => path.includes('.test.'));
  const run = async (lab: Awaited<ReturnType<typeof startLaboratory>>, isolation: 'run' | 'file'): Promise<number> => {
    const startedAt = performance.now();
    const { report } = await runProject(lab, { files, tests, settings: { limits: defaultTestRunLimits, isolation } });
    if (report?.counts.passed !== fileCount * testsPerFile)
      throw new Error(`the lab's run ${report?.status ?? 'was not built'}`);
    return performance.now() - startedAt;
  };
  // Bundled once for each state of the sources, as a package is built once before it is installed.
  await ensureWorkerBundles(repositoryRoot);
  const startedAt = performance.now();
  const lab = await startLaboratory();
  try {
    const firstMs = await run(lab, 'file');
    const coldMs = performance.now() - startedAt;
    const apart: number[] = [];
    const together: number[] = [];
    for (let round = 0; round < warmRounds; round += 1) {
      apart.push(await run(lab, 'file'));
      together.push(await run(lab, 'run'));
    }
    return { coldMs, firstMs, warmMs: median(apart), warmSharedMs: median(together) };
  } finally {
    await lab.stop();
  }
};

const warmProgram = `
import { createVitest } from 'vitest/node';
const vitest = await createVitest('test', { root: process.argv[2], watch: true, reporters: [{}], config: false });
await vitest.start();
const times = [];
for (let round = 0; round < ${warmRounds}; round += 1) {
  const startedAt = performance.now();
  await vitest.rerunFiles();
  times.push(performance.now() - startedAt);
}
const failed = vitest.state.getFiles().length !== ${fileCount} || vitest.state.getCountOfFailedTests() > 0;
console.log('figures ' + JSON.stringify({ times, failed }));
await vitest.close();
process.exit(0);
`;

const measureVitest = async (folder: string) => {
  const program = join(repositoryRoot, 'node_modules/vitest/vitest.mjs');
  const startedAt = performance.now();
  const cold = await capture(process.execPath, [program, 'run', '--root', folder], { cwd: folder });
  const coldMs = performance.now() - startedAt;
  if (cold.exitCode !== 0) throw new Error(`vitest failed:\n${cold.output}`);
  writeFileSync(join(folder, 'warm.mjs'), warmProgram);
  const warm = await capture(process.execPath, [join(folder, 'warm.mjs'), folder], { cwd: folder });
  const line = /^figures (.*)$/m.exec(warm.output)?.[1];
  if (line === undefined) throw new Error(`vitest did not run again:\n${warm.output}`);
  // SAFETY: the program above writes this shape.
  const { times, failed } = JSON.parse(line) as { readonly times: number[]; readonly failed: boolean };
  if (failed) throw new Error('vitest failed when it ran again');
  return { coldMs, warmMs: median(times) };
};

/** 200 tests, cold and warm, by both in one run. */
export const measureTestRuns = async (tell: (line: string) => void): Promise<object> => {
  const files = sources();
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-tests-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const lab = await measureLab(files);
    const vitest = await measureVitest(folder);
    tell(
      `  200 tests: cold ${milliseconds(lab.coldMs)} ms (vitest ${milliseconds(vitest.coldMs)} ms), warm ${milliseconds(lab.warmMs)} ms (vitest ${milliseconds(vitest.warmMs)} ms), warm in one isolate ${milliseconds(lab.warmSharedMs)} ms`,
    );
    return {
      tests: fileCount * testsPerFile,
      lab,
      vitest,
      coldRatio: vitest.coldMs / lab.coldMs,
      warmRatio: vitest.warmMs / lab.warmMs,
      warmSharedRatio: vitest.warmMs / lab.warmSharedMs,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

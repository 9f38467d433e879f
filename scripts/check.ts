/**
 * Everything a change must pass before its tests are worth running. Each step is timed; one that fails does not stop
 * the others, and all failures stand together at the end.
 */
import { join } from 'node:path';
import { buildAssets } from './platform/assets.ts';
import { capture } from './platform/child-process.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { deployWorker, readBundleSize, runWrangler, workerProjects, type WorkerProject } from './workers.ts';

interface StepResult {
  readonly passed: boolean;
  /** One short remark for the line of the step. */
  readonly remark?: string;
  /** What to read when it failed. */
  readonly output: string;
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<StepResult>;
}

const binaries = join(repositoryRoot, 'node_modules', '.bin');

const tool = (name: string, program: string, args: readonly string[]): Step => ({
  name,
  run: async () => {
    const suffix = process.platform === 'win32' ? '.cmd' : '';
    const { exitCode, output } = await capture(join(binaries, `${program}${suffix}`), args, { cwd: repositoryRoot });
    return { passed: exitCode === 0, output };
  },
});

const script = (name: string, path: string, args: readonly string[]): Step => ({
  name,
  run: async () => {
    const { exitCode, output } = await capture(process.execPath, [join(repositoryRoot, path), ...args], {
      cwd: repositoryRoot,
    });
    return { passed: exitCode === 0, output };
  },
});

/** Made anew, not kept: the types of the runtime and of the gateway's bindings, which the checks after it read. */
const workerTypes: Step = {
  name: 'types of the runtime and the bindings',
  run: async () => {
    const gateway = workerProjects.find(({ name }) => name === 'gateway');
    if (gateway === undefined) return { passed: false, output: 'There is no gateway among the Workers.' };
    const { exitCode, output } = await runWrangler(gateway, ['types', 'worker-configuration.d.ts']);
    return { passed: exitCode === 0, output };
  },
};

const assets: Step = {
  name: 'static assets build',
  run: async () => {
    const built = await buildAssets(repositoryRoot);
    return { passed: built.exitCode === 0, output: built.output };
  },
};

const bundle = (worker: WorkerProject): Step => ({
  name: `bundle of ${worker.name} (deploy --dry-run)`,
  run: async () => {
    const { exitCode, output } = await deployWorker(worker, true);
    const size = readBundleSize(output);
    if (exitCode !== 0 || size === undefined) return { passed: false, output };
    const limit = worker.maximumGzipKib;
    const remark = `${size.gzipKib} KiB gzipped, ${size.totalKib} KiB${limit === undefined ? '' : `, limit ${limit} KiB`}`;
    return limit !== undefined && size.gzipKib > limit
      ? { passed: false, remark, output: `${worker.name} is too large: ${remark}` }
      : { passed: true, remark, output };
  },
});

const steps: readonly Step[] = [
  workerTypes,
  tool('format', 'oxfmt', ['--check', '.']),
  tool('lint', 'oxlint', ['--type-aware']),
  tool('types of the pure part', 'tsc', ['-p', 'tsconfig.pure.json']),
  tool('types of the Workers', 'tsc', ['-p', 'tsconfig.workers.json']),
  tool('types of the Node programs', 'tsc', ['-p', 'tsconfig.node.json']),
  tool('types of the command line', 'tsc', ['-p', 'cli/tsconfig.json']),
  tool('unused code', 'knip', ['--no-progress']),
  script('API document up to date', 'scripts/check-openapi.ts', []),
  assets,
  ...workerProjects.map(bundle),
];

const failures: { readonly name: string; readonly output: string }[] = [];
for (const step of steps) {
  const startedAt = performance.now();
  const result = await step.run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const remark = result.remark === undefined ? '' : `  ${result.remark}`;
  console.log(`${result.passed ? 'ok    ' : 'FAILED'} ${seconds.padStart(5)} s  ${step.name}${remark}`);
  if (!result.passed) failures.push({ name: step.name, output: result.output.trim() });
}

for (const failure of failures) console.error(`\n--- ${failure.name}\n${failure.output}`);
if (failures.length > 0) {
  console.error(
    `\n${failures.length} of ${steps.length} checks failed: ${failures.map(({ name }) => name).join('; ')}`,
  );
  process.exitCode = 1;
} else {
  console.log(`all ${steps.length} checks passed`);
}

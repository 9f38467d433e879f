/** The three Workers, in the order in which they are deployed: the gateway binds to the other two. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, type Captured } from './platform/child-process.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { wranglerEnvironment, wranglerProgram } from './platform/wrangler.ts';

export interface WorkerProject {
  readonly name: 'toolchain' | 'sandbox' | 'gateway';
  /** Path of its wrangler.toml from the root of the repository. */
  readonly config: string;
  /** Largest compressed size in KiB, where the platform's plan or our own promise sets one. */
  readonly maximumGzipKib?: number;
}

export const workerProjects: readonly WorkerProject[] = [
  { name: 'toolchain', config: 'workers/toolchain/wrangler.toml' },
  { name: 'sandbox', config: 'workers/sandbox/wrangler.toml' },
  { name: 'gateway', config: 'wrangler.toml', maximumGzipKib: 3 * 1024 },
];

export interface BundleSize {
  readonly totalKib: number;
  readonly gzipKib: number;
}

/** The sizes that wrangler prints when it bundles a Worker. */
export const readBundleSize = (output: string): BundleSize | undefined => {
  const match = /Total Upload:\s*([\d.]+)\s*KiB\s*\/\s*gzip:\s*([\d.]+)\s*KiB/.exec(output);
  return match === null ? undefined : { totalKib: Number(match[1]), gzipKib: Number(match[2]) };
};

/** The arguments that choose the production environment, where the Worker has one. */
export const productionArguments = (toml: string): readonly string[] =>
  /^\s*\[+env\.production\b/m.test(toml) ? ['--env', 'production'] : [];

/** Runs wrangler for one Worker. */
export const runWrangler = (worker: Pick<WorkerProject, 'config'>, args: readonly string[]): Promise<Captured> =>
  capture(process.execPath, ['--no-warnings', wranglerProgram, ...args, '--config', worker.config], {
    cwd: repositoryRoot,
    environment: wranglerEnvironment(join(repositoryRoot, '.aidevos')),
  });

/** Bundles or deploys one Worker for production. */
export const deployWorker = (worker: WorkerProject, dryRun: boolean): Promise<Captured> => {
  const toml = readFileSync(join(repositoryRoot, worker.config), 'utf8');
  return runWrangler(worker, ['deploy', ...(dryRun ? ['--dry-run'] : []), ...productionArguments(toml)]);
};

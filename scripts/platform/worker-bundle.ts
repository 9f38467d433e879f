/**
 * The three Workers, bundled once for each state of their sources. wrangler needs seconds of processor time to bundle,
 * and would do so again at every start and after every crash.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAssets } from './assets.ts';
import { capture } from './child-process.ts';
import { wranglerEnvironment, wranglerProgram } from './wrangler.ts';
import { tryMakeFolder } from './try-make-folder.ts';

/** Where a Worker's bundle lies. */
export interface WorkerBundle {
  /** `index.js` and the texts and WebAssembly that it imports, under the names by which it imports them. */
  readonly modulesFolder: string;
  /** How wrangler.toml configures the Worker, in the words of miniflare, as JSON. */
  readonly optionsPath: string;
}

export const workerNames = ['gateway', 'sandbox', 'toolchain'] as const;
export type WorkerName = (typeof workerNames)[number];
export type WorkerBundles = Readonly<Record<WorkerName, WorkerBundle>>;

/** Path of a Worker's wrangler.toml from the root. */
export const configOf = (name: WorkerName): string =>
  name === 'gateway' ? 'wrangler.toml' : `workers/${name}/wrangler.toml`;

/** What a bundle is made of. */
const sources = ['workers', 'durable-objects', 'shared', 'wrangler.toml', 'package-lock.json'];

/** So many of earlier sources stay. */
const keptBundles = 3;

/** Holds the number of the process that bundles. */
const builderName = 'builder';

const describeFiles = (path: string, lines: string[]): void => {
  const entry = statSync(path);
  if (!entry.isDirectory()) lines.push(`${path} ${entry.size} ${entry.mtimeMs}`);
  else for (const name of readdirSync(path).toSorted()) describeFiles(join(path, name), lines);
};

/** Changes with the name, the size or the time of any file that goes into a bundle. */
const fingerprint = (root: string): string => {
  const lines: string[] = [];
  for (const source of sources) describeFiles(join(root, source), lines);
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
};

const bundleIn = (folder: string, name: WorkerName): WorkerBundle => ({
  modulesFolder: join(folder, name),
  optionsPath: join(folder, `${name}.json`),
});

const readIfThere = (path: string): string | undefined =>
  statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(path, 'utf8');

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const bundle = async (root: string, folder: string, name: WorkerName): Promise<void> => {
  const config = join(root, configOf(name));
  const { modulesFolder, optionsPath } = bundleIn(folder, name);
  const { exitCode, output } = await capture(
    process.execPath,
    ['--no-warnings', wranglerProgram, 'deploy', '--dry-run', '--env=', '--outdir', modulesFolder, '--config', config],
    { cwd: root, environment: wranglerEnvironment(join(root, '.aidevos')) },
  );
  if (exitCode !== 0) throw new Error(`the Worker ${name} could not be bundled:\n${output.trim()}`);
  const { unstable_getMiniflareWorkerOptions: readOptions } = await import('wrangler');
  writeFileSync(optionsPath, JSON.stringify(readOptions(config).workerOptions, null, 2));
};

/** The latest ones stay, because a platform that runs starts its Workers again from the one it began with. */
const removeOld = (parent: string): void => {
  const ages = readdirSync(parent)
    .filter((name) => !name.endsWith('.unfinished'))
    .map((name) => ({ path: join(parent, name), usedAt: statSync(join(parent, name)).mtimeMs }))
    .toSorted((left, right) => right.usedAt - left.usedAt);
  for (const { path } of ages.slice(keptBundles)) rmSync(path, { recursive: true, force: true });
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process.
    return false;
  }
};

/** A builder that has not written its number yet is given this long. */
const beginsWithinMs = 5_000;

const isAbandoned = (unfinished: string): boolean => {
  const builder = Number(readIfThere(join(unfinished, builderName)) ?? '');
  if (builder > 0) return !isAlive(builder);
  const begunAt = statSync(unfinished, { throwIfNoEntry: false })?.mtimeMs;
  return begunAt !== undefined && Date.now() - begunAt > beginsWithinMs;
};

/** Bundles all Workers, unless another process is at it: then its result is waited for. */
const build = async (root: string, folder: string): Promise<void> => {
  const unfinished = `${folder}.unfinished`;
  while (!isFolder(folder)) {
    if (!tryMakeFolder(unfinished)) {
      if (isAbandoned(unfinished)) rmSync(unfinished, { recursive: true, force: true });
      await sleep(100);
      continue;
    }
    writeFileSync(join(unfinished, builderName), String(process.pid));
    try {
      await Promise.all(workerNames.map((name) => bundle(root, unfinished, name)));
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      throw error;
    }
  }
};

/**
 * The bundles of the sources as they are; they are made when there are none yet. wrangler wants the static assets to be
 * there before it bundles, so they are brought up to date first.
 */
export const ensureWorkerBundles = async (root: string): Promise<WorkerBundles> => {
  const assets = await buildAssets(root);
  if (assets.exitCode !== 0) throw new Error(`the static assets could not be built:\n${assets.output}`);
  const parent = join(root, 'dist', 'workers');
  const folder = join(parent, fingerprint(root));
  if (!isFolder(folder)) {
    mkdirSync(parent, { recursive: true });
    removeOld(parent);
    await build(root, folder);
  }
  const now = new Date();
  utimesSync(folder, now, now);
  return {
    gateway: bundleIn(folder, 'gateway'),
    sandbox: bundleIn(folder, 'sandbox'),
    toolchain: bundleIn(folder, 'toolchain'),
  };
};

/** The real toolchain and sandbox Workers on this machine, each in a process of its own, and a door to them by HTTP. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileCoverageMap } from '../../shared/domain/quality/coverage/coverage-map.ts';
import type { TestReport, TestRunRequest } from '../../shared/rpc/sandbox.ts';
import type { Diagnostic, MissingModule, SourceFiles } from '../../shared/rpc/toolchain.ts';
import { loopback, reserveFreePort } from '../platform/ports.ts';
import { repositoryRoot } from '../platform/state-folder.ts';
import { Supervisor } from '../platform/supervisor.ts';
import { configOf, ensureWorkerBundles, type WorkerBundle } from '../platform/worker-bundle.ts';
import type { WorkerSettings } from '../platform/worker-process.ts';
import { readWorkerName, wranglerEnvironment } from '../platform/wrangler.ts';

/** A project's files and what is to be run of them. */
export interface LabRequest extends Omit<TestRunRequest, 'built' | 'testFiles' | 'runId' | 'host'> {
  readonly files: SourceFiles;
  /** The test files. */
  readonly entries: readonly string[];
  /** As `BuildRequest.aliases`. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** As `BuildRequest.format`; not together with `covered`. */
  readonly format?: 'commonjs';
  /** Sources whose coverage is counted; absent: nothing is. */
  readonly covered?: readonly string[];
}

export interface LabAnswer {
  readonly buildMs: number;
  /** Why nothing was run; empty when the project was built. */
  readonly diagnostics: readonly Diagnostic[];
  readonly missing: readonly MissingModule[];
  /** Test files that could not be built, and why; the others were run. */
  readonly broken?: Readonly<Record<string, readonly Diagnostic[]>>;
  readonly imports?: Readonly<Record<string, readonly string[]>>;
  readonly report?: TestReport;
  /** With `covered`: what the counts of the report mean. */
  readonly maps?: readonly FileCoverageMap[];
}

export interface Laboratory {
  /** Never rejects because of the project's code: a run that takes its sandbox down is a report that says so. */
  readonly run: (request: LabRequest, signal?: AbortSignal) => Promise<LabAnswer>;
  readonly stop: () => Promise<void>;
}

interface Service {
  readonly name: string;
  readonly workerName: string;
  readonly bundle: WorkerBundle;
  readonly port: number;
}

const workerProgram = join(repositoryRoot, 'scripts/platform/worker-process.ts');

const supervise = (folder: string, service: Service, tell: (line: string) => void): Supervisor => {
  const registryFolder = join(folder, 'registry');
  const settings: WorkerSettings = {
    ...service.bundle,
    workerName: service.workerName,
    host: loopback,
    port: service.port,
    stateFolder: join(folder, service.name),
    registryFolder,
    variables: {},
  };
  const path = join(folder, `${service.name}.json`);
  writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
  const command = {
    name: service.name,
    program: workerProgram,
    args: [path],
    cwd: repositoryRoot,
    environment: wranglerEnvironment(folder),
    logPath: join(folder, `${service.name}.log`),
    staleFiles: [join(registryFolder, service.workerName)],
  };
  const pingUrl = `http://${loopback}:${service.port}/ping`;
  // Work without a pause is allowed to take its time here, so nobody but a run's own limit says that it hangs.
  return new Supervisor({ command, port: service.port, pingUrl, readyNeedsOk: false, watch: false }, tell);
};

/** The door needs no bundler: it is one file without imports. */
const frontBundle = (folder: string): WorkerBundle => {
  const modulesFolder = join(folder, 'front-modules');
  mkdirSync(modulesFolder);
  copyFileSync(join(import.meta.dirname, 'front-worker.mjs'), join(modulesFolder, 'index.js'));
  const optionsPath = join(folder, 'front-options.json');
  const binding = (worker: 'toolchain' | 'sandbox', entrypoint: string): object => ({
    name: readWorkerName(join(repositoryRoot, configOf(worker))),
    entrypoint,
  });
  writeFileSync(
    optionsPath,
    JSON.stringify({
      compatibilityDate: '2026-10-20',
      compatibilityFlags: [],
      serviceBindings: { TOOLCHAIN: binding('toolchain', 'Toolchain'), SANDBOX: binding('sandbox', 'Sandbox') },
    }),
  );
  return { modulesFolder, optionsPath };
};

/** A sandbox that died is back after some seconds; it is asked again this often, this far apart. */
const maxAttempts = 12;
const pauseMs = 2_000;
/** A run that takes the sandbox down itself does so each time. */
const maxDeaths = 2;

/** How long beyond its own limit a run is waited for before it counts as lost with its sandbox. */
const graceMs = 10_000;

const lostReport = (runId: string, status: 'timed_out' | 'crashed', reason: string): TestReport => ({
  runId,
  status,
  tests: [],
  loadFailures: [],
  counts: { passed: 0, failed: 0, skipped: 0, todo: 0 },
  console: [],
  durationMs: 0,
  reason,
});

const lost = (report: TestReport): LabAnswer => ({ buildMs: 0, diagnostics: [], missing: [], report });

/** Starts the Workers; bundles them first when the sources changed. Answers when they are ready. */
export const startLaboratory = async (tell: (line: string) => void = () => undefined): Promise<Laboratory> => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-lab-'));
  mkdirSync(join(folder, 'registry'));
  const started = new Map<string, Supervisor>();
  const stop = async (): Promise<void> => {
    await Promise.all([...started.values()].map((supervisor) => supervisor.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const bundles = await ensureWorkerBundles(repositoryRoot);
    const reserved = [await reserveFreePort(), await reserveFreePort(), await reserveFreePort()];
    const [toolchainPort = 0, sandboxPort = 0, frontPort = 0] = reserved.map(({ port }) => port);
    const nameOf = (worker: 'toolchain' | 'sandbox'): string => readWorkerName(join(repositoryRoot, configOf(worker)));
    const services: readonly Service[] = [
      { name: 'toolchain', workerName: nameOf('toolchain'), bundle: bundles.toolchain, port: toolchainPort },
      { name: 'sandbox', workerName: nameOf('sandbox'), bundle: bundles.sandbox, port: sandboxPort },
      { name: 'front', workerName: 'aidevos-lab', bundle: frontBundle(folder), port: frontPort },
    ];
    for (const service of services) started.set(service.name, supervise(folder, service, tell));
    await Promise.all([...started.values()].map((supervisor) => supervisor.ready()));
    for (const { release } of reserved) release();
    /** A call that never returns holds the whole process: it is ended and another one started in its place. */
    const restartSandbox = async (): Promise<void> => {
      const sandbox = services.find(({ name }) => name === 'sandbox');
      if (sandbox === undefined) return;
      await started.get('sandbox')?.stop();
      const next = supervise(folder, sandbox, tell);
      started.set('sandbox', next);
      await next.ready();
    };
    return laboratoryAt(`http://${loopback}:${frontPort}/runs`, restartSandbox, stop);
  } catch (error) {
    await stop();
    throw error;
  }
};

interface DoorAnswer extends LabAnswer {
  /** The sandbox was lost during the run. */
  readonly died?: string;
}

const laboratoryAt = (url: string, restartSandbox: () => Promise<void>, stop: () => Promise<void>): Laboratory => {
  let runs = 0;
  let restarting: Promise<void> | undefined;
  const restartOnce = async (): Promise<void> => {
    restarting ??= restartSandbox().finally(() => {
      restarting = undefined;
    });
    await restarting;
  };
  const ask = async (request: LabRequest, runId: string, signal: AbortSignal | undefined): Promise<DoorAnswer> => {
    const timeout = AbortSignal.timeout(request.limits.runTimeoutMs + graceMs);
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ ...request, runId, host: 'lab' }),
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    if (!response.ok) throw new Error(`the laboratory answered ${response.status}: ${await response.text()}`);
    // SAFETY: the door is ours; see front-worker.mjs.
    return (await response.json()) as DoorAnswer;
  };
  const run = async (request: LabRequest, signal?: AbortSignal): Promise<LabAnswer> => {
    runs += 1;
    const runId = `lab-${String(runs)}`;
    let deaths = 0;
    for (let attempt = 1; ; attempt += 1) {
      let reason: string;
      try {
        const { died, ...answer } = await ask(request, runId, signal);
        if (died === undefined) return answer;
        reason = died;
        // Not there: it is being started again. Anything else happened during this run.
        if (!died.includes('not found')) deaths += 1;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof Error && error.name === 'TimeoutError') {
          const limit = `The run did not end within ${String(request.limits.runTimeoutMs)} ms and took its sandbox with it`;
          await restartOnce();
          return lost(lostReport(runId, 'timed_out', limit));
        }
        reason = error instanceof Error ? error.message : String(error);
        deaths += 1;
      }
      if (deaths === maxDeaths || attempt === maxAttempts) {
        return lost(lostReport(runId, 'crashed', `The sandbox ended during the run: ${reason}`));
      }
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  };
  return { run, stop };
};

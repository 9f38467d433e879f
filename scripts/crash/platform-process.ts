/** The platform as a user starts it, `npm start`, as a process of its own that can be killed with all it started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback } from '../platform/ports.ts';
import { repositoryRoot } from '../platform/state-folder.ts';
import { findRuntime, findTree, killNow, listProcesses } from '../platform/processes.ts';

export type KillTarget = 'runtime' | 'sandbox' | 'tree';

/** Beside other platforms on a busy machine a start takes many times as long as alone. */
const readyTimeoutMs = 300_000;

/** Ports are reserved and then handed on; with several platforms at once one may be lost in between. */
const startAttempts = 3;

export class PlatformProcess {
  readonly #stateFolder: string;
  readonly #port: number;
  readonly #variables: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(options: {
    readonly stateFolder: string;
    readonly port: number;
    readonly variables: Readonly<Record<string, string>>;
  }) {
    this.#stateFolder = options.stateFolder;
    this.#port = options.port;
    this.#variables = options.variables;
  }

  get url(): string {
    return `http://${loopback}:${this.#port}`;
  }

  /** The last of what it wrote, for messages about a platform that does not come back. */
  get output(): string {
    return this.#output.slice(-4_000);
  }

  /** Starts it and answers its API key when it serves. As a person would, once more when another had taken a port. */
  async start(): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#startOnce();
      } catch (error) {
        if (attempt === startAttempts || !this.#output.includes('Address already in use')) throw error;
        await this.stop();
      }
    }
  }

  async #startOnce(): Promise<string> {
    const program = join(repositoryRoot, 'scripts', 'start.ts');
    const args = [program, '--port', String(this.#port), '--state', this.#stateFolder];
    const child = spawn(process.execPath, args, {
      cwd: repositoryRoot,
      env: { ...process.env, ...this.#variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.#output = (this.#output + bytes.toString()).slice(-100_000);
      });
    }
    const deadline = Date.now() + readyTimeoutMs;
    for (;;) {
      const key = /^ {2}Key +(\S+)$/m.exec(this.#output)?.[1];
      if (key !== undefined) return key;
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the platform did not start:\n${this.output}`);
      }
      await sleep(20);
    }
  }

  /** Resolves when the gateway serves again; answers when that was, in milliseconds since the epoch. */
  async whenServing(): Promise<number> {
    const deadline = Date.now() + readyTimeoutMs;
    for (;;) {
      if (await this.#answers()) return Date.now();
      if (Date.now() > deadline) throw new Error(`the gateway did not come back:\n${this.output}`);
      await sleep(10);
    }
  }

  /** Kills the target with SIGKILL, at once. False when there was nothing to kill. */
  kill(target: KillTarget): boolean {
    const rootPid = this.#child?.pid;
    if (rootPid === undefined) return false;
    if (target === 'tree') {
      for (const pid of findTree(rootPid)) killNow(pid);
      return true;
    }
    const pid = this.runtimePid(target);
    return pid !== undefined && killNow(pid);
  }

  /** The process that a kill of this target would hit. */
  runtimePid(target: 'runtime' | 'sandbox'): number | undefined {
    const groupId = this.servicePid(target);
    return groupId === undefined ? undefined : findRuntime(groupId);
  }

  /** The process that keeps the runtime of this target; it leads the group of both. */
  servicePid(target: 'runtime' | 'sandbox'): number | undefined {
    const rootPid = this.#child?.pid;
    const settings = `${target === 'runtime' ? 'gateway' : target}.json`;
    return listProcesses().find(
      ({ parentPid, command }) =>
        parentPid === rootPid && command.includes('worker-process') && command.endsWith(settings),
    )?.pid;
  }

  /** Ends it in order, and kills what does not end. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    const tree = findTree(child.pid);
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(8_000)]);
    for (const pid of tree) killNow(pid);
  }

  /** Resolves when the killed tree is gone from the process table. */
  async whenGone(): Promise<void> {
    const child = this.#child;
    for (let turn = 0; turn < 500 && child?.exitCode === null && child.signalCode === null; turn += 1) await sleep(10);
  }

  async #answers(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(1_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      // Nobody listens, or the runtime died while it answered.
      return false;
    }
  }
}

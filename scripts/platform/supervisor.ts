/**
 * Keeps one service running: starts it again when it dies, and, where asked to, when it stops answering. A service
 * in an endless loop cannot be asked to end, so its whole process group is killed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { healthPolicy, healthy, observe, restartDelayMs, type HealthState } from './health.ts';
import { readLogTail, startService, type ServiceCommand, type ServiceProcess } from './service-process.ts';

export interface SupervisedService {
  readonly command: ServiceCommand;
  readonly port: number;
  /** Any HTTP answer under this URL means that the service is alive. */
  readonly pingUrl: string;
  /** The answer to `pingUrl` must be a 2xx before the service counts as ready. */
  readonly readyNeedsOk: boolean;
  readonly watch: boolean;
}

export interface ServiceStatus {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly restarts: number;
}

type Answer = 'none' | 'refused' | 'ok' | { readonly misconfigured: string };

/** What a service says of its own variables; waiting will not mend them. */
const misconfiguration = z.object({ code: z.literal('configuration.invalid'), detail: z.string() });

const ping = async (url: string, timeoutMs: number): Promise<Answer> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' });
    const text = await response.text();
    if (response.ok) return 'ok';
    const isProblem = response.headers.get('content-type')?.includes('json') === true;
    const told = isProblem ? misconfiguration.safeParse(JSON.parse(text)) : undefined;
    return told?.success === true ? { misconfigured: told.data.detail } : 'refused';
  } catch {
    // Not listening yet, or hung: both are "no answer", and the caller decides what that means.
    return 'none';
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readyTimeoutMs = 120_000;
/** On a machine that is busy the first answers take their time. */
const readyPingMs = 5_000;
const stopGraceMs = 4_000;

/** Supervises from the moment it is made until `stop`. */
export class Supervisor {
  readonly #service: SupervisedService;
  readonly #report: (line: string) => void;
  readonly #stopping = new AbortController();
  #restarts = 0;
  #failuresInARow = 0;
  #serving = false;
  #current: ServiceProcess;

  constructor(service: SupervisedService, report: (line: string) => void) {
    this.#service = service;
    this.#report = report;
    this.#current = this.#start();
  }

  /** Resolves when the service answers for the first time; rejects with the end of its log when it does not. */
  async ready(): Promise<void> {
    try {
      await this.#whenReady(this.#current);
    } catch (error) {
      const { logPath } = this.#service.command;
      throw new Error(`${messageOf(error)}. The end of ${logPath}:\n${readLogTail(logPath)}`, { cause: error });
    }
    if (this.#service.watch) void this.#watch();
  }

  status(): ServiceStatus {
    const { command, port } = this.#service;
    return { name: command.name, pid: this.#current.pid, port, restarts: this.#restarts };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#current.stop(stopGraceMs);
  }

  #start(): ServiceProcess {
    const started = startService(this.#service.command);
    void this.#keepAlive(started);
    return started;
  }

  async #keepAlive(started: ServiceProcess): Promise<void> {
    const how = await started.ended;
    const wanted = this.#serving || this.#restarts > 0;
    this.#serving = false;
    if (wanted && !this.#stopping.signal.aborted) await this.#restart(how);
  }

  async #restart(reason: string): Promise<void> {
    const { name } = this.#service.command;
    this.#failuresInARow += 1;
    this.#restarts += 1;
    const startedAt = Date.now();
    this.#report(`${name} ${reason}; starting it again`);
    await sleep(restartDelayMs(this.#failuresInARow));
    if (this.#stopping.signal.aborted) return;
    const started = this.#start();
    this.#current = started;
    try {
      await this.#whenReady(started);
      this.#report(`${name} is back after ${((Date.now() - startedAt) / 1000).toFixed(1)} s (process ${started.pid})`);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#report(messageOf(error));
      // Whether it died or only never answered: once it is gone, `#keepAlive` starts the next one.
      await started.stop(0);
    }
  }

  /** Resolves when this process answers, rejects when it died before. */
  async #whenReady(started: ServiceProcess): Promise<void> {
    const { name } = this.#service.command;
    const deadline = Date.now() + readyTimeoutMs;
    for (;;) {
      const answer = await ping(this.#service.pingUrl, readyPingMs);
      if (answer === 'ok' || (answer === 'refused' && !this.#service.readyNeedsOk)) break;
      if (typeof answer === 'object')
        throw new Error(`${name} cannot start. ${answer.misconfigured.replace(/\.$/u, '')}`);
      const how = await Promise.race([started.ended, sleep(50)]);
      if (how !== undefined) throw new Error(`${name} ${how}`);
      if (this.#stopping.signal.aborted) throw new Error(`${name} was stopped while starting`);
      if (Date.now() > deadline) throw new Error(`${name} did not answer within ${readyTimeoutMs / 1000} s`);
    }
    this.#serving = true;
    this.#failuresInARow = 0;
  }

  async #watch(): Promise<void> {
    const { name } = this.#service.command;
    let state: HealthState = healthy;
    while (!this.#stopping.signal.aborted) {
      const tickStartedAt = Date.now();
      const watched = this.#current;
      const answered = !this.#serving || (await ping(this.#service.pingUrl, healthPolicy.tickMs)) !== 'none';
      const next = observe(state, { answered, sinceLastTickMs: Date.now() - tickStartedAt });
      state = next.state;
      if (next.hung && this.#serving && watched === this.#current && !this.#stopping.signal.aborted) {
        this.#report(`${name} has not answered for ${healthPolicy.missesAllowed} s; killing process ${watched.pid}`);
        await watched.stop(0);
      }
      await sleep(Math.max(0, healthPolicy.tickMs - (Date.now() - tickStartedAt)));
    }
  }
}

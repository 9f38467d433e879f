/** When and what is killed: the schedule follows from the seed, and half of the kills wait for an effect under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KillTarget, PlatformProcess } from './platform-process.ts';
import { killNow } from '../platform/processes.ts';
import type { Projects } from './projects.ts';
import type { Random } from './random.ts';

const requests = ['tool_request', 'tool_effect', 'model_request'] as const;
type Request = (typeof requests)[number];

/** What a kill waits for. `clock`: a random time, whatever is going on. */
export const moments = ['clock', ...requests] as const;
export type Moment = (typeof moments)[number];

export interface KillRecord {
  readonly target: KillTarget;
  /** When it was done, which is another moment than the one that was drawn when that did not come. */
  readonly moment: Moment;
  /** Something was under way outside: a model or a tool was answering. */
  readonly inFlight: boolean;
  /** From the gateway serving again to the first sign of life, for each project that was at work. */
  readonly resumeMs: readonly number[];
}

/** Counts what is under way and lets a kill wait for the next thing to begin. */
export class Traffic {
  #open = 0;
  #waiting: { readonly wanted: readonly Request[]; readonly fire: (moment: Request) => void } | undefined;

  get open(): number {
    return this.#open;
  }

  /** Something began; `durationMs` later at the latest it counts as over. */
  begin(moment: Request, durationMs: number): void {
    this.#open += 1;
    setTimeout(() => {
      this.#open -= 1;
    }, durationMs).unref();
    if (this.#waiting?.wanted.includes(moment) !== true) return;
    const { fire } = this.#waiting;
    this.#waiting = undefined;
    fire(moment);
  }

  /** Calls `fire` in the very turn in which one of the moments comes; replaces what was waited for before. */
  when(wanted: readonly Request[], fire: (moment: Request) => void): void {
    this.#waiting = { wanted, fire };
  }

  cancel(): void {
    this.#waiting = undefined;
  }
}

/** How long a kill waits for the moment that was drawn, and then for any request. */
const patienceMs = 800;
/** A request of a runtime that was killed has been seen by then; later signs come from its successor. */
const lastWordsMs = 50;
const resumePatienceMs = 15_000;

export interface KillerParts {
  readonly platform: PlatformProcess;
  readonly projects: Projects;
  readonly traffic: Traffic;
  readonly random: Random;
  /** Called when the platform was started anew, with its key. */
  readonly restarted: (key: string) => void;
}

type Strike = Pick<KillRecord, 'moment' | 'inFlight'>;

/** Kills at the moment that was drawn, or at another when that does not come. */
const strike = async (parts: KillerParts, target: KillTarget, wanted: Moment): Promise<Strike> => {
  const { platform, traffic, random } = parts;
  // Looked up before, so that the kill itself is one system call.
  const pid = target === 'tree' ? undefined : platform.runtimePid(target);
  if (target !== 'tree' && pid === undefined) throw new Error(`there is no ${target} to kill:\n${platform.output}`);
  const kill = (): void => {
    if (pid === undefined) platform.kill('tree');
    else killNow(pid);
  };
  const atClock = (): Strike => {
    const inFlight = traffic.open > 0;
    kill();
    return { moment: 'clock', inFlight };
  };
  if (wanted === 'clock') {
    await sleep(random.between(50, 900));
    return atClock();
  }
  const struck = Promise.withResolvers<Strike>();
  const fire = (moment: Request): void => {
    kill();
    struck.resolve({ moment, inFlight: true });
  };
  traffic.when([wanted], fire);
  const widen = setTimeout(() => traffic.when(requests, fire), patienceMs);
  const giveUp = setTimeout(() => {
    traffic.cancel();
    struck.resolve(atClock());
  }, patienceMs * 3);
  const found = await struck.promise;
  clearTimeout(widen);
  clearTimeout(giveUp);
  return found;
};

/** The gateway's service is started anew with its runtime; the sandbox's service starts the runtime again itself. */
const recover = async (parts: KillerParts, target: KillTarget, servicePid: number | undefined): Promise<number> => {
  const { platform, restarted } = parts;
  if (target === 'tree') {
    await platform.whenGone();
    restarted(await platform.start());
  } else if (target === 'sandbox') {
    for (let turn = 0; turn < 500 && platform.runtimePid('sandbox') === undefined; turn += 1) await sleep(20);
  } else {
    for (let turn = 0; turn < 500 && platform.servicePid('runtime') === servicePid; turn += 1) await sleep(20);
  }
  return platform.whenServing();
};

/** One kill from the draw to the last project at work again. */
export const killOnce = async (parts: KillerParts, target: KillTarget, wanted: Moment): Promise<KillRecord> => {
  const { projects, platform } = parts;
  const servicePid = platform.servicePid('runtime');
  const struck = await strike(parts, target, wanted);
  await sleep(lastWordsMs);
  const killedAt = Date.now();
  const hit = projects.live;
  const backAt = await recover(parts, target, servicePid);
  const resumeMs: number[] = [];
  const deadline = Date.now() + resumePatienceMs;
  for (const project of hit) {
    while (project.lastSignAt <= killedAt && Date.now() < deadline) await sleep(5);
    resumeMs.push(Math.max(0, (project.lastSignAt > killedAt ? project.lastSignAt : Date.now()) - backAt));
  }
  return { target, ...struck, resumeMs };
};

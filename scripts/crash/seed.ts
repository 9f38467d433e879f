/** One seed from an empty state folder to the figures: the kills, then the reckoning, against undisturbed runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WireEngineers } from '../../shared/testing/models/wire-engineers.ts';
import { reserveFreePort } from '../platform/ports.ts';
import { Client } from './client.ts';
import { startEngineers } from './engineers.ts';
import type { SeedFigures } from './figures.ts';
import { killOnce, moments, Traffic, type KillRecord } from './killer.ts';
import { startLedger, type Ledger } from './ledger.ts';
import { repeatedly, settleDoubts, writeNote, type Notes } from './person.ts';
import { PlatformProcess, type KillTarget } from './platform-process.ts';
import { Projects, specifications } from './projects.ts';
import { createRandom, type Random } from './random.ts';
import { compareProjections, countDuplicates, countEffects, countNotes, describeResult, readLog } from './verify.ts';

export interface StageOptions {
  readonly seed: number;
  readonly naive: boolean;
  readonly keep: boolean;
  readonly tell: (line: string) => void;
}

/** What undisturbed runs end with, by the name of the specification. */
export type Results = ReadonlyMap<string, string>;

export interface SeedOptions extends StageOptions {
  readonly kills: number;
  readonly undisturbed: Promise<Results>;
}

/** So many projects are at work at any time while the kills go on. */
const projectsAtOnce = 2;
const writers = 3;
/** Half a minute alone; beside platforms that are killed and start again, many times that. */
const baselineTimeoutMs = 900_000;
const drainTimeoutMs = 180_000;

/** How long a request outside counts as under way. */
const modelMs = 40;
const toolMs = 120;

/** One tree in seventeen, since each costs seconds; the sandbox as often as three times; the rest the runtime. */
const drawTarget = (index: number): KillTarget => {
  if (index % 17 === 8) return 'tree';
  return index % 6 === 4 ? 'sandbox' : 'runtime';
};

/** Everything of a seed that lives outside the platform. */
interface Stage {
  readonly random: Random;
  readonly traffic: Traffic;
  readonly ledger: Ledger;
  readonly engineers: WireEngineers;
  readonly platform: PlatformProcess;
  readonly projects: Projects;
  readonly client: () => Client;
  readonly useKey: (key: string) => void;
}

const nameOfProject = (id: string): string => id.split(':')[1]?.split('/')[0] ?? '';

const setStage = async (options: StageOptions, stateFolder: string, port: number): Promise<Stage> => {
  const random = createRandom(options.seed);
  const traffic = new Traffic();
  const ledger = await startLedger({
    random: createRandom(options.seed + 1_000),
    onRequest: (id) => {
      traffic.begin('tool_request', toolMs);
      projects.noteSign(nameOfProject(id));
    },
    onEffect: () => traffic.begin('tool_effect', toolMs),
  });
  const engineers = await startEngineers({
    random: createRandom(options.seed + 2_000),
    onRequest: ({ system }) => {
      traffic.begin('model_request', modelMs);
      projects.noteSign(/builds “(.*?)”/.exec(system)?.[1] ?? '');
    },
  });
  const platform = new PlatformProcess({
    stateFolder,
    port,
    variables: { ...engineers.variables, AIDEVOS_TOOL_ORIGINS: ledger.url },
  });
  let client = new Client(platform.url, '');
  const projects = new Projects(() => client, ledger.tools(options.naive));
  const useKey = (key: string): void => {
    client = new Client(platform.url, key);
  };
  return { random, traffic, ledger, engineers, platform, projects, client: () => client, useKey };
};

/** Sets the stage, plays on it, and leaves nothing running. */
const onStage = async <T>(options: StageOptions, play: (stage: Stage) => Promise<T>): Promise<T> => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-crash-'));
  const reserved = await reserveFreePort();
  const stage = await setStage(options, stateFolder, reserved.port);
  reserved.release();
  try {
    stage.useKey(await stage.platform.start());
    options.tell('the platform is up');
    return await play(stage);
  } finally {
    await stage.platform.stop();
    await stage.engineers.close();
    await stage.ledger.close();
    if (options.keep) options.tell(`the state is kept in ${stateFolder}`);
    else rmSync(stateFolder, { recursive: true, force: true });
  }
};

const keepSettling = ({ client, projects, ledger }: Stage) => {
  const settlements = { done: 0, redo: 0 };
  const stop = repeatedly(200, () => settleDoubts(client(), projects, ledger, settlements));
  return { settlements, stop };
};

/** One undisturbed run for each specification, on a platform that is never killed: what the others are compared with. */
export const runUndisturbed = (options: StageOptions): Promise<Results> =>
  onStage(options, async (stage) => {
    const { projects, client } = stage;
    const settling = keepSettling(stage);
    for (let count = 0; count < specifications.length; count += 1) await projects.start();
    if (!(await projects.settle(baselineTimeoutMs))) throw new Error('the undisturbed projects did not finish');
    await settling.stop();
    const results = new Map<string, string>();
    for (const project of projects.all) {
      if (project.status !== 'completed') throw new Error(`undisturbed, ${project.name} ended ${project.status}`);
      results.set(project.specification, await describeResult(client(), project));
      await project.follower.finish((await readLog(client(), project.projectId)).events, 15_000);
    }
    options.tell('the undisturbed runs are done');
    return results;
  });

const runKills = async (stage: Stage, options: SeedOptions): Promise<readonly KillRecord[]> => {
  const { random, projects, platform, traffic, useKey } = stage;
  const records: KillRecord[] = [];
  for (let index = 0; index < options.kills; index += 1) {
    await projects.refresh();
    while (projects.live.length < projectsAtOnce) await projects.start();
    const target = drawTarget(index);
    const wanted = target === 'sandbox' ? 'clock' : random.pick(moments);
    const record = await killOnce({ platform, projects, traffic, random, restarted: useKey }, target, wanted);
    records.push(record);
    const slowest = Math.max(0, ...record.resumeMs);
    options.tell(
      `kill ${index + 1}/${options.kills}: ${target} at ${record.moment}${record.inFlight ? ', in flight' : ''}; at work again after ${slowest} ms`,
    );
  }
  return records;
};

const compareResults = async ({ projects, client }: Stage, undisturbed: Results): Promise<readonly string[]> => {
  const findings: string[] = [];
  for (const project of projects.all) {
    const expected = undisturbed.get(project.specification) ?? '';
    const actual = await describeResult(client(), project);
    if (actual === expected) continue;
    const lines = expected.split('\n');
    const different = actual.split('\n').find((line, index) => line !== lines[index]) ?? 'something is missing';
    findings.push(`${project.name} is not as undisturbed: ${different.trim().slice(0, 200)}`);
  }
  return findings;
};

const readLogs = async ({ projects, client }: Stage) => {
  const figures = { events: 0, steps: 0, eventGaps: 0, reconnections: 0, streamGaps: { serverSent: 0, socket: 0 } };
  for (const project of projects.all) {
    const log = await readLog(client(), project.projectId);
    const { sse, socket } = await project.follower.finish(log.events, 15_000);
    figures.events += log.events;
    figures.steps += log.steps;
    figures.eventGaps += log.gaps;
    figures.streamGaps.serverSent += sse.gaps + Math.max(0, log.events - sse.last);
    figures.streamGaps.socket += socket.gaps + Math.max(0, log.events - socket.last);
    figures.reconnections += sse.reconnections + socket.reconnections;
  }
  return figures;
};

const countKills = (records: readonly KillRecord[]) => {
  const of = (target: KillTarget): number => records.filter((record) => record.target === target).length;
  return {
    kills: { runtime: of('runtime'), sandbox: of('sandbox'), tree: of('tree') },
    killsInFlight: records.filter(({ inFlight }) => inFlight).length,
    // The gateway lives on when the sandbox dies, so there is nothing to come back.
    resumeMs: records.filter(({ target }) => target !== 'sandbox').flatMap(({ resumeMs }) => resumeMs),
  };
};

const compareNotes = async ({ projects, client }: Stage, { acknowledged }: Notes) => {
  const [mailbox] = projects.all;
  const counts = mailbox === undefined ? new Map<string, number>() : await countNotes(client(), mailbox.projectId);
  return {
    acknowledgedWrites: acknowledged.size + projects.all.length,
    lost: [...acknowledged].filter((content) => !counts.has(content)).length,
    repeatedWrites: [...acknowledged].reduce(
      (total, content) => total + Math.max(0, (counts.get(content) ?? 0) - 1),
      0,
    ),
  };
};

const reckon = async (
  stage: Stage,
  options: SeedOptions,
  records: readonly KillRecord[],
  notes: Notes,
  settledByPerson: SeedFigures['settledByPerson'],
): Promise<SeedFigures> => {
  const { projects, client, ledger } = stage;
  const unfinished = projects.all.filter(({ status }) => status !== 'completed');
  const projections = await compareProjections(client(), projects);
  const results = options.naive ? [] : await compareResults(stage, await options.undisturbed);
  // A pure call has no effect to repeat; it is counted with the rest, and is no finding.
  const repeated = [...ledger.intentions].filter(
    ([, { effectClass, effects, keys }]) => (effects > 1 && effectClass !== 'pure') || keys.size > 1,
  );
  return {
    seed: options.seed,
    ...countKills(records),
    ...(await readLogs(stage)),
    ...(await compareNotes(stage, notes)),
    runs: projects.all.length,
    effects: countEffects(ledger),
    duplicated: countDuplicates(ledger),
    settledByPerson,
    projectionDifferences: projections.length,
    unfinished: unfinished.length,
    resultDifferences: results.length,
    findings: [
      ...unfinished.map(({ name, projectId, status }) => `${name} (${projectId}) ended ${status}`),
      ...repeated.map(([id, { effects, keys }]) => `${id}: ${effects} effects under ${keys.size} keys`),
      ...projections,
      ...results,
    ].slice(0, 20),
  };
};

/** Plays one seed and leaves nothing running. */
export const runSeed = (options: SeedOptions): Promise<SeedFigures> =>
  onStage(options, async (stage) => {
    const { projects, client } = stage;
    const settling = keepSettling(stage);
    const notes: Notes = { acknowledged: new Set() };
    const mailbox = (await projects.start()).projectId;
    const stopWriting = Array.from({ length: writers }, (_, writer) => {
      let count = 0;
      return repeatedly(5, async () => {
        count += 1;
        await writeNote(client(), mailbox, `note ${writer}/${count}`, notes);
      });
    });
    const records = await runKills(stage, options);
    for (const stop of stopWriting) await stop();
    options.tell('no more kills; waiting for the rest of the work');
    await projects.settle(drainTimeoutMs);
    await settling.stop();
    // What follows by itself, the read model for one, is given a moment.
    await sleep(500);
    return reckon(stage, options, records, notes, settling.settlements);
  });

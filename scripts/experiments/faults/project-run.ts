/** One project of the experiment, from its specification to what became of its faults. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Blueprint } from '../../../shared/domain/offline-engineer/blueprint.ts';
import { injectFault, parseFaults } from '../../../shared/domain/offline-engineer/faults.ts';
import { isFinalStatus, type ProjectEvent } from '../../../shared/protocol/project-events.ts';
import type { ProjectStatus } from '../../../shared/protocol/stages.ts';
import type { Client } from '../../crash/client.ts';
import type { Laboratory } from '../../lab/laboratory.ts';
import { fateOf, type Fate, type SeededFault } from './fate.ts';
import { failingTests } from './oracle.ts';

const pollMs = 1_000;
/** A project that has not ended by then counts as stuck. */
const patienceMs = 20 * 60_000;

export interface RunPlan {
  readonly seed: number;
  readonly rate: number;
  /** The team's own tests show nothing. */
  readonly hollow: boolean;
}

export interface RunResult extends RunPlan {
  readonly status: string;
  readonly durationMs: number;
  readonly fates: readonly Fate[];
  /** Of the version in production: tests of a faultless build that fail on it, and criteria that fail on it. */
  readonly failingTests: readonly string[];
  readonly failingCriteria: readonly string[];
}

export interface RunParts {
  readonly client: Client;
  readonly lab: Laboratory;
  readonly specification: string;
  readonly blueprint: Blueprint;
}

/** The faults that the offline engineer will make: the same function on the same seed. */
const seededFaults = ({ items, files }: Blueprint, model: string): readonly SeededFault[] =>
  items.flatMap(({ key }): readonly SeededFault[] => {
    const own = files.filter(({ item, kind }) => item === key && kind !== 'test');
    const made = injectFault(own, key, parseFaults(model));
    const wrong = made?.files.find(({ path }) => path === made.fault.path);
    return made === undefined || wrong === undefined ? [] : [{ ...made.fault, item: key, wrong: wrong.content }];
  });

interface View {
  readonly projectId: string;
  readonly status: ProjectStatus;
  readonly openQuestions: number;
  readonly deployments: readonly { readonly slot: string; readonly version: string }[];
}

interface Page {
  readonly events: readonly { readonly sequence: number; readonly event: ProjectEvent }[];
}

const readEvents = async (client: Client, path: string): Promise<readonly ProjectEvent[]> => {
  const all: ProjectEvent[] = [];
  for (let after = 0; ;) {
    const { events } = await client.read<Page>(`${path}/events?after=${after}&limit=1000`);
    const last = events.at(-1);
    if (last === undefined) return all;
    all.push(...events.map(({ event }) => event));
    after = last.sequence;
  }
};

const untilEnded = async (client: Client, path: string): Promise<View> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const view = await client.read<View>(path);
    if (isFinalStatus(view.status) || Date.now() > deadline) return view;
    // Nobody is there to answer: a team that asks a person has not brought its fault anywhere.
    if (view.openQuestions > 0) await client.command('POST', `${path}/cancel`, { reason: 'it waits for a person' });
    await sleep(pollMs);
  }
};

const create = async ({ client, specification }: RunParts, model: string): Promise<string> => {
  const answer = await client.command('POST', '/api/projects', {
    specification,
    model: `offline/${model}`,
    // A second try is made without faults, so one is enough to see whether a fault was noticed.
    maxRevisions: 2,
    maxAttempts: 3,
  });
  if (answer.status >= 300) throw new Error(`a project was refused: ${JSON.stringify(answer.body)}`);
  // SAFETY: the documented answer of the route.
  return (answer.body as View).projectId;
};

export const runProject = async (parts: RunParts, plan: RunPlan): Promise<RunResult> => {
  const { client, lab, blueprint } = parts;
  const startedAt = performance.now();
  const model = `engineer?faults=${plan.rate}&seed=${plan.seed}&kinds=all&careless=1${plan.hollow ? '&hollow=1' : ''}`;
  const path = `/api/projects/${await create(parts, model)}`;
  const view = await untilEnded(client, path);
  const version = view.deployments.find(({ slot }) => slot === 'production')?.version;
  const productionFile = async (file: string): Promise<string | undefined> => {
    if (version === undefined) return undefined;
    const query = `path=${encodeURIComponent(file)}&ref=${version}`;
    return (await client.read<{ readonly content: string }>(`${path}/file?${query}`)).content;
  };
  const events = await readEvents(client, path);
  const fates: Fate[] = [];
  const changed: Record<string, string> = {};
  for (const fault of seededFaults(blueprint, model)) {
    const fate = await fateOf(fault, { events, productionFile });
    fates.push(fate);
    if (fate.inProduction) changed[fault.path] = fault.wrong;
  }
  const pristine = Object.fromEntries(blueprint.files.map((file) => [file.path, file.content]));
  const isFaulty = Object.keys(changed).length > 0;
  const { criteria } = await client.read<{
    readonly criteria: readonly { readonly criterionId: string; readonly source: string; readonly outcome: string }[];
  }>(`${path}/quality/criteria?limit=500&outcome=failed`);
  return {
    ...plan,
    status: view.status,
    durationMs: performance.now() - startedAt,
    fates,
    failingTests: isFaulty ? await failingTests(lab, { ...pristine, ...changed }) : [],
    failingCriteria: isFaulty
      ? criteria.filter(({ source }) => source === 'specification').map(({ criterionId }) => criterionId)
      : [],
  };
};

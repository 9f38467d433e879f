/** What is left when everything has settled, compared with what was acknowledged, seen and done without disturbance. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import { effectClasses, type EffectClass, type Ledger } from './ledger.ts';
import type { ProjectDocument, Projects, TrackedProject } from './projects.ts';

interface MessagesPage {
  readonly messages: readonly { readonly sequence: number; readonly message: { readonly content: string } }[];
}

interface EventsPage {
  readonly events: readonly { readonly sequence: number; readonly event: { readonly type: string } }[];
}

/** How often each content stands in the project's messages. */
export const countNotes = async (client: Client, projectId: string): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  for (let after = 0; ;) {
    const { messages } = await client.read<MessagesPage>(
      `/api/projects/${projectId}/messages?after=${after}&limit=100`,
    );
    for (const { message } of messages) counts.set(message.content, (counts.get(message.content) ?? 0) + 1);
    const last = messages.at(-1);
    if (last === undefined) return counts;
    after = last.sequence;
  }
};

export interface LogFigures {
  readonly events: number;
  readonly steps: number;
  readonly gaps: number;
}

/** Reads a project's whole log and looks for missing sequences. */
export const readLog = async (client: Client, projectId: string): Promise<LogFigures> => {
  let events = 0;
  let steps = 0;
  let gaps = 0;
  for (let after = 0; ;) {
    const page = await client.read<EventsPage>(`/api/projects/${projectId}/events?after=${after}&limit=1000`);
    for (const { sequence, event } of page.events) {
      if (sequence !== after + 1) gaps += 1;
      after = sequence;
      events += 1;
      if (event.type === 'task.progressed') steps += 1;
    }
    if (page.events.length === 0) return { events, steps, gaps };
  }
};

/** Effects beyond the first of each call, by class; under `naive` as well as otherwise. */
export const countDuplicates = (ledger: Ledger): Readonly<Record<EffectClass, number>> => {
  const counts: Record<EffectClass, number> = { pure: 0, idempotent: 0, lookup: 0, unsafe: 0 };
  for (const { effectClass, effects } of ledger.intentions.values()) counts[effectClass] += Math.max(0, effects - 1);
  return counts;
};

export const countEffects = (ledger: Ledger): Readonly<Record<EffectClass, number>> => {
  const counts: Record<EffectClass, number> = { pure: 0, idempotent: 0, lookup: 0, unsafe: 0 };
  for (const effectClass of effectClasses) {
    counts[effectClass] = [...ledger.intentions.values()].filter((found) => found.effectClass === effectClass).length;
  }
  return counts;
};

const comparedFields = ['name', 'status', 'stage', 'revision', 'progress'] as const;

/** Projects whose row in the directory differs from what their object says, when the directory had time to follow. */
export const compareProjections = async (client: Client, projects: Projects): Promise<readonly string[]> => {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const differences: string[] = [];
    const rows = await readDirectory(client);
    for (const { projectId, name } of projects.all) {
      const truth = await client.read<ProjectDocument>(`/api/projects/${projectId}`);
      const row = rows.get(projectId);
      const differing = comparedFields.filter((field) => JSON.stringify(row?.[field]) !== JSON.stringify(truth[field]));
      if (differing.length > 0) differences.push(`${name}: ${differing.join(', ')}`);
    }
    if (differences.length === 0 || Date.now() > deadline) return differences;
    await sleep(250);
  }
};

const readDirectory = async (client: Client): Promise<ReadonlyMap<string, ProjectDocument>> => {
  const rows = new Map<string, ProjectDocument>();
  for (let after = ''; ;) {
    const page = await client.read<{ readonly projects: readonly ProjectDocument[]; readonly next?: string }>(
      `/api/projects?limit=100${after === '' ? '' : `&after=${after}`}`,
    );
    for (const row of page.projects) rows.set(row.projectId, row);
    if (page.next === undefined) return rows;
    after = page.next;
  }
};

interface Report {
  readonly status: string;
  readonly stage: string;
  readonly revision: number;
  readonly tasks: readonly {
    readonly key: string;
    readonly status: string;
    readonly kind: string;
    readonly attempt: number;
    readonly summary?: string;
  }[];
  readonly measurements: readonly { readonly kind: string; readonly [field: string]: unknown }[];
  readonly gates: readonly { readonly name: string; readonly passed: boolean }[];
  readonly findings: readonly string[];
  readonly deployments: readonly { readonly slot: string; readonly action: string }[];
}

/** Commit ids hold times, so they differ between any two runs. */
const withoutIds = (text: string): string => text.replaceAll(/\b[0-9a-f]{7,40}\b/g, '<commit>');

const normalizeMeasurement = ({ durationMs: _duration, commit: _commit, ...rest }: Record<string, unknown>): unknown =>
  rest;

/** Everything that two runs of one specification must agree on. */
export const describeResult = async (client: Client, { projectId }: TrackedProject): Promise<string> => {
  const { files } = await client.read<{ readonly files: readonly { readonly path: string; readonly oid: string }[] }>(
    `/api/projects/${projectId}/files?limit=500`,
  );
  const report = await client.read<Report>(`/api/projects/${projectId}/report`);
  return JSON.stringify(
    {
      tree: files.map(({ path, oid }) => `${path} ${oid}`),
      status: report.status,
      stage: report.stage,
      revision: report.revision,
      tasks: report.tasks
        .map(({ key, kind, status, attempt, summary = '' }) =>
          [key, kind, status, attempt, withoutIds(summary)].join(' | '),
        )
        .sort(),
      measurements: report.measurements
        .map(normalizeMeasurement)
        .map((one) => withoutIds(JSON.stringify(one)))
        .sort(),
      gates: report.gates.map(({ name, passed }) => `${name} ${passed}`),
      findings: report.findings,
      deployments: report.deployments.map(({ slot, action }) => `${slot} ${action}`).sort(),
    },
    null,
    1,
  );
};

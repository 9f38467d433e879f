/** `aidevos quality bench` and `aidevos quality load`: is a version slower than the one before? */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { CommandFailure, exitCodes, usageFailure } from '../exit-codes.ts';
import { followRun } from '../output/follow-run.ts';
import { answer, table } from '../output/print.ts';
import { wholeNumber } from '../whole-number.ts';
import { clean, fit } from '../../shared/domain/progress/style.ts';

interface Comparison {
  readonly verdict: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

interface Result {
  readonly name: string;
  readonly comparison?: Comparison | undefined;
  readonly microseconds?: number | undefined;
  readonly stepsRatio?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly failedPercent?: number | undefined;
  readonly failure?: string | undefined;
}

interface Run {
  readonly kind: string;
  readonly branch: string;
  readonly status: string;
  readonly commit?: string | undefined;
  readonly base?: string | undefined;
  readonly pairs: number;
  readonly progress: number;
  readonly reason?: string | undefined;
  readonly results: readonly Result[];
}

const times = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(3)}×` : 'open');

const row = ({ name, comparison, microseconds, stepsRatio, p95Ms, failedPercent, failure }: Result) => [
  fit(name, 80),
  failure === undefined ? (comparison?.verdict.replace('_', ' ') ?? 'no baseline') : `failed: ${fit(failure, 120)}`,
  comparison === undefined ? '-' : `${times(comparison.ratio)} (${times(comparison.low)} to ${times(comparison.high)})`,
  microseconds === undefined ? '-' : `${microseconds} µs`,
  stepsRatio !== undefined
    ? `steps ${times(stepsRatio)}`
    : p95Ms !== undefined
      ? `p95 ${p95Ms} ms, ${failedPercent ?? 0} % failed`
      : '-',
];

const describeRun = (run: Run): string => {
  if (run.status === 'refused') return `Refused: ${clean(run.reason ?? '')}`;
  const of = run.commit === undefined ? clean(run.branch) : `${clean(run.branch)} at ${run.commit.slice(0, 10)}`;
  const against =
    run.base === undefined ? 'with nothing to compare with: this is the baseline' : `against ${run.base.slice(0, 10)}`;
  return [
    `${of}, ${against}: ${run.status}, ${run.progress} of ${run.pairs} pairs`,
    ...(run.results.length === 0
      ? []
      : ['', table(['NAME', 'VERDICT', 'TIME AGAINST BEFORE', 'ONE CALL', 'ALSO'], run.results.map(row))]),
  ].join('\n');
};

interface Options {
  readonly branch: string;
  readonly base?: string;
  readonly pairs: string;
  readonly last?: boolean;
  readonly cancel?: boolean;
  readonly rate?: string;
  readonly requests?: string;
}

type LoadBody = { readonly ratePerSecond?: number; readonly exchanges?: never[]; readonly prepare?: never[] };

/** The platform checks the document and names what is wrong with it. */
const readRequests = (file: string): LoadBody => {
  try {
    const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
    // SAFETY: see above; a list is the requests themselves.
    return (Array.isArray(document) ? { exchanges: document } : document) as LoadBody;
  } catch (error) {
    throw usageFailure(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const run = async (kind: 'bench' | 'load', projectId: string, options: Options, command: Command): Promise<void> => {
  const pairs = wholeNumber('--pairs', options.pairs);
  const load = {
    ...(options.requests === undefined ? {} : readRequests(options.requests)),
    ...(options.rate === undefined ? {} : { ratePerSecond: wholeNumber('--rate', options.rate) }),
  };
  const { client, json } = await createContext(command);
  const route = client.api.projects[':projectId'].quality.performance;
  const param = { projectId };
  const once = { headers: { 'idempotency-key': randomUUID() } };
  if (options.cancel === true) return answer(json, await answerOf(route.$delete({ param }, once)), describeRun);
  if (options.last !== true) {
    const base = options.base === undefined ? {} : { base: options.base };
    const body = { kind, branch: options.branch, pairs, ...base, ...(kind === 'load' ? { load } : {}) };
    await answerOf(route.$post({ param, json: body }, once));
  }
  const newest = async (): Promise<Run> => {
    const { runs } = await answerOf(route.$get({ param, query: { kind, limit: '1' } }));
    const [first] = runs;
    if (first === undefined) throw new CommandFailure(exitCodes.usage, 'performance.none', `No ${kind} was run yet.`);
    return first;
  };
  const found =
    options.last === true
      ? await newest()
      : await followRun(newest, ({ progress, pairs: of }) => `${progress} of ${of} pairs`);
  answer(json, found, describeRun);
  if (found.status === 'refused')
    throw new CommandFailure(exitCodes.usage, 'performance.refused', found.reason ?? 'refused');
};

const common = (command: Command): Command =>
  command
    .argument('<project>')
    .option('--branch <branch>', 'whose head is measured', 'main')
    .option('--base <ref>', 'a branch or commit to compare with; the baseline of the branch without')
    .option('--pairs <number>', 'pairs of times to take', '20')
    .option('--last', 'show the last run and start none')
    .option('--cancel', 'end the run that goes on');

export const addPerformanceCommands = (quality: Command): void => {
  common(
    quality.command('bench').description('run the benchmarks of a version and the one before, side by side'),
  ).action((projectId: string, options: Options, command: Command) => run('bench', projectId, options, command));
  common(quality.command('load').description('ask a version and the one before at a fixed rate, in turn'))
    .option('--rate <number>', 'requests in a second, answered or not; 50 without')
    .option('--requests <file>', 'JSON: a list of { method, path, headers, body }, or { exchanges, prepare }')
    .action((projectId: string, options: Options, command: Command) => run('load', projectId, options, command));
};

/** Mutation testing of the same package by the platform's isolates and by StrykerJS, in one run: verdicts and time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutatorNames, type Mutant, type MutatorName } from '../../shared/domain/quality/mutation/mutant.ts';
import type { Verdict } from '../../shared/domain/quality/mutation/verdicts.ts';
import { startBenchWorker } from '../bench-worker.ts';
import { median } from '../statistics.ts';
import { readSampleProject } from './sample-project.ts';
import type { StrykerMutant } from './stryker.ts';
import { runStryker } from './stryker.ts';

type OurMutant = Mutant & { readonly verdict?: Verdict };

interface JobAnswer {
  readonly preparedMs: number;
  readonly totalMs: number;
  readonly mutants: readonly OurMutant[];
  readonly coverage: { readonly times: readonly { readonly plainMs: number; readonly coveredMs: number }[] };
}

export interface MutationFigures {
  readonly mutants: { readonly ours: number; readonly stryker: number; readonly compared: number };
  readonly oursMs: number;
  readonly oursPerMutantMs: number;
  readonly strykerMs: number;
  /** Our time as a share of Stryker's. */
  readonly timeShare: number;
  readonly agreement: number;
  readonly disagreements: readonly string[];
  readonly unmatched: readonly string[];
  /** Median over rounds of a run with counters to a run without. */
  readonly coverageOverhead: number;
}

const runOurs = async (
  project: ReturnType<typeof readSampleProject>,
  mutators: readonly MutatorName[],
): Promise<JobAnswer> => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-bench-'));
  const { url, supervisor } = await startBenchWorker(folder);
  try {
    const { files, tests, mutated } = project;
    const request = { files, entries: tests, sources: mutated, mutators, limit: 10_000, seed: '' };
    const response = await fetch(`${url}/mutation`, {
      method: 'POST',
      body: JSON.stringify({ request, batchSize: 100 }),
    });
    if (!response.ok) throw new Error(`/mutation answered ${response.status}: ${await response.text()}`);
    // SAFETY: the Worker is ours and answers this shape; see benchmarks/worker/mutation-job.ts.
    return (await response.json()) as JobAnswer;
  } finally {
    await supervisor.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

const detected: ReadonlySet<string> = new Set(['killed', 'timeout', 'Killed', 'Timeout']);

/** What stands in place of a text, and how a replacement is laid out, differ between the tools and do not matter. */
const plain = (replacement: string): string =>
  replacement.replaceAll(/Stryker was here!?|Mutated!/g, 'X').replaceAll(/[\s();"'`,{}]/g, '');

const placeOf = (file: string, mutator: string, line: number, column: number, endLine: number, endColumn: number) =>
  `${file}:${line}:${column}-${endLine}:${endColumn} ${mutator}`;

const pairUp = (ours: readonly OurMutant[], theirs: readonly StrykerMutant[]) => {
  const byPlace = new Map<string, OurMutant[]>();
  for (const mutant of ours) {
    const { file, mutator, start, end } = mutant;
    const place = placeOf(file, mutator, start.line, start.column + 1, end.line, end.column + 1);
    byPlace.set(place, [...(byPlace.get(place) ?? []), mutant]);
  }
  const pairs: { readonly name: string; readonly ours: OurMutant; readonly theirs: StrykerMutant }[] = [];
  const unmatched: string[] = [];
  for (const mutant of theirs) {
    const { start, end } = mutant.location;
    const place = placeOf(mutant.file, mutant.mutatorName, start.line, start.column, end.line, end.column);
    const candidates = byPlace.get(place) ?? [];
    const match =
      candidates.find(({ replacement }) => plain(replacement) === plain(mutant.replacement)) ??
      (candidates.length === 1 ? candidates[0] : undefined);
    const name = `${place} → ${mutant.replacement.replaceAll(/\s+/g, ' ').slice(0, 80)}`;
    if (match === undefined) unmatched.push(name);
    else pairs.push({ name, ours: match, theirs: mutant });
  }
  return { pairs, unmatched };
};

export const measureMutation = async (tell: (line: string) => void): Promise<MutationFigures> => {
  const project = readSampleProject();
  tell('StrykerJS on a package …');
  const stryker = await runStryker(project);
  tell('mutation testing of the same package in isolates …');
  // Those that both have, so that both do the same work.
  const theirs = new Set(stryker.mutants.map(({ mutatorName }) => mutatorName));
  const ours = await runOurs(
    project,
    mutatorNames.filter((name) => theirs.has(name)),
  );
  const { pairs, unmatched } = pairUp(ours.mutants, stryker.mutants);
  const disagreements = pairs
    .filter((pair) => detected.has(pair.ours.verdict?.status ?? '') !== detected.has(pair.theirs.status))
    .map((pair) => `${pair.name}: ours ${pair.ours.verdict?.status ?? 'none'}, Stryker ${pair.theirs.status}`);
  const agreement = 1 - disagreements.length / Math.max(1, pairs.length);
  for (const line of disagreements) tell(`  differs: ${line}`);
  for (const line of unmatched) tell(`  only Stryker: ${line}`);
  const overheads = ours.coverage.times.map(({ plainMs, coveredMs }) => coveredMs / plainMs);
  const figures = {
    mutants: { ours: ours.mutants.length, stryker: stryker.mutants.length, compared: pairs.length },
    oursMs: Math.round(ours.totalMs),
    oursPerMutantMs: (ours.totalMs - ours.preparedMs) / Math.max(1, ours.mutants.length),
    strykerMs: Math.round(stryker.totalMs),
    timeShare: ours.totalMs / stryker.totalMs,
    agreement,
    disagreements,
    unmatched,
    coverageOverhead: median(overheads),
  };
  tell(
    `${figures.mutants.ours} mutants in ${figures.oursMs} ms; Stryker ${figures.mutants.stryker} in ${figures.strykerMs} ms: ` +
      `${(figures.timeShare * 100).toFixed(1)} % of its time (target ≤ 10 %); verdicts agree on ` +
      `${(agreement * 100).toFixed(1)} % of ${pairs.length} (target ≥ 95 %); coverage costs ${figures.coverageOverhead.toFixed(2)} ×`,
  );
  return figures;
};

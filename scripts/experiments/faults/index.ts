/**
 * The experiment with seeded faults: the offline engineer builds the same product again and again with mistakes in its
 * work, careless and every second time with tests that show nothing. Counted is who noticed each mistake, and what
 * of them got into production.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { understand } from '../../../shared/domain/offline-engineer/understand.ts';
import { Client } from '../../crash/client.ts';
import { startLaboratory } from '../../lab/laboratory.ts';
import { startPlatform } from '../../platform/platform.ts';
import { reserveFreePort } from '../../platform/ports.ts';
import { faultsUsage, readFaultsOptions, type FaultsOptions } from './options.ts';
import { runProject, type RunParts, type RunPlan, type RunResult } from './project-run.ts';
import { faultsTable, summarizeRuns } from './table.ts';

const plansOf = ({ runs, rates, seed }: FaultsOptions): readonly RunPlan[] =>
  Array.from({ length: runs }, (_, index) => ({
    seed: seed + index,
    rate: rates[index % rates.length] ?? 1,
    hollow: Math.floor(index / rates.length) % 2 === 1,
  }));

const runAll = async (
  parts: RunParts,
  plans: readonly RunPlan[],
  { jobs, json, minutes }: FaultsOptions,
  tell: (line: string) => void,
): Promise<readonly RunResult[]> => {
  const waiting = [...plans];
  const results: RunResult[] = [];
  const endsAt = Date.now() + minutes * 60_000;
  const next = (): RunPlan | undefined => (Date.now() < endsAt ? waiting.shift() : undefined);
  const work = async (): Promise<void> => {
    for (let plan = next(); plan !== undefined; plan = next()) {
      const result = await runProject(parts, plan);
      results.push(result);
      // Written after each run: what was measured stays, should the rest not be.
      if (json !== undefined) writeFileSync(json, JSON.stringify(results, null, 2));
      const reached = result.fates.filter(({ inProduction }) => inProduction).length;
      tell(
        `${results.length}/${plans.length} seed ${plan.seed}, rate ${plan.rate}${plan.hollow ? ', hollow tests' : ''}: ${result.status}, ${result.fates.length} faults, ${reached} in production, ${(result.durationMs / 1_000).toFixed(0)} s`,
      );
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return results.sort((a, b) => a.seed - b.seed);
};

/** Answers the exit code. */
export const faultsExperiment = async (args: readonly string[]): Promise<number> => {
  const options = readFaultsOptions(args);
  if (options === undefined) {
    console.log(faultsUsage);
    return 0;
  }
  const tell = (line: string): void => {
    console.error(line);
  };
  const specification = readFileSync(join(import.meta.dirname, 'lending.md'), 'utf8');
  const understood = understand(specification);
  if (!understood.ok) throw new Error('the specification of the experiment is not understood');
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-faults-'));
  const reserved = await reserveFreePort();
  reserved.release();
  const platform = await startPlatform({ stateFolder, port: reserved.port, report: tell });
  try {
    const lab = await startLaboratory(tell);
    try {
      const client = new Client(platform.url, platform.apiKey);
      const parts = { client, lab, specification, blueprint: understood.value };
      const results = await runAll(parts, plansOf(options), options, tell);
      const summaries = summarizeRuns(results);
      console.log(faultsTable(summaries));
      return summaries.some(({ criterionFails }) => criterionFails > 0) ? 1 : 0;
    } finally {
      await lab.stop();
    }
  } finally {
    await platform.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
};

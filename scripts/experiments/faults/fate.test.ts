import { describe, expect, it } from 'vitest';
import { createId } from '../../../shared/domain/ids.ts';
import type { ProjectEvent } from '../../../shared/protocol/project-events.ts';
import { fateOf, type SeededFault } from './fate.ts';
import { readFaultsOptions } from './options.ts';
import type { RunResult } from './project-run.ts';
import { faultsTable, summarizeRuns } from './table.ts';

const taskId = createId('tsk', 1, new Uint8Array(16));
const fault: SeededFault = { kind: 'status', path: 'src/a.ts', line: 3, item: 'resource-books', wrong: 'wrong' };

const created = (key: string): ProjectEvent => ({
  type: 'task.created',
  taskId,
  stage: 'implementation',
  task: {
    key,
    title: key,
    kind: 'implement',
    role: 'backend',
    description: key,
    acceptanceCriteria: [],
    dependsOn: [],
    priority: 1,
    estimateMinutes: 1,
    paths: ['src/'],
  },
});
const gates = (...missed: readonly string[]): ProjectEvent => ({
  type: 'gates.evaluated',
  commit: 'c',
  passed: missed.length === 0,
  gates: ['tests', 'types'].map((name) => ({ name, passed: !missed.includes(name), evidence: '' })),
});
const acceptance = (failed: number): ProjectEvent => ({
  type: 'measurement.recorded',
  measurement: { kind: 'acceptance', commit: 'c', slot: 'preview', passed: 1, failed, failures: [] },
});

const fate = async (events: readonly ProjectEvent[], inProduction?: string) =>
  (await fateOf(fault, { events, productionFile: () => Promise.resolve(inProduction) })).caughtBy;

describe('the fate of a fault', () => {
  const begun = created('resource-books');

  it('is production when the wrong text runs there, and nothing else', async () => {
    expect(await fateOf(fault, { events: [begun], productionFile: () => Promise.resolve('wrong') })).toMatchObject({
      inProduction: true,
      caughtBy: [],
    });
    expect(await fate([begun], 'mended')).toEqual(['other']);
  });

  it('is told by who sent the work back, by the gates before a repair, or by those of the release', async () => {
    const returned: ProjectEvent = { type: 'task.returned', taskId, cause: 'review', comments: [] };
    expect(await fate([begun, returned])).toEqual(['review']);
    expect(await fate([begun, gates('tests'), gates('types'), created('repair-1-resource-books')])).toEqual(['types']);
    expect(await fate([begun, gates(), acceptance(1)])).toEqual(['acceptance']);
    expect(await fate([begun, gates('tests'), created('repair-1-other')])).toEqual(['tests']);
  });
});

describe('the table', () => {
  it('counts by rate and kind of tests', () => {
    const { wrong: _wrong, ...told } = fault;
    const run: RunResult = {
      seed: 1,
      rate: 0.1,
      hollow: true,
      status: 'completed',
      durationMs: 1,
      fates: [
        { fault: told, caughtBy: ['tests', 'types'], inProduction: false },
        { fault: told, caughtBy: [], inProduction: true },
      ],
      failingTests: ['x'],
      failingCriteria: [],
    };
    const [summary, more] = summarizeRuns([run, { ...run, hollow: false, failingCriteria: ['AC-1'] }]);
    expect(summary).toMatchObject({ hollow: false, faults: 2, inProduction: 1, criterionFails: 1 });
    expect(more).toMatchObject({ hollow: true, caught: { tests: 1, types: 1, review: 0 }, noticeable: 1 });
    expect(faultsTable(more === undefined ? [] : [more]).split('\n')).toHaveLength(3);
  });
});

describe('the command line', () => {
  it('has defaults, and says what is wrong with a value', () => {
    expect(readFaultsOptions([])).toMatchObject({ runs: 50, rates: [0.1, 0.2, 0.4, 0.7, 1], seed: 1 });
    expect(readFaultsOptions(['--help'])).toBeUndefined();
    expect(() => readFaultsOptions(['--runs', '0'])).toThrow('--runs must be a whole number');
    expect(() => readFaultsOptions(['--rates', '2'])).toThrow('--rates must be numbers');
  });
});

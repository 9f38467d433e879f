/** Which tests can notice a mutant, from one run of all tests without any mutant. */
import type { ChosenTests, TestReport, TestRunLimits } from '../../../rpc/sandbox.ts';
import { defaultTestRunLimits } from '../../../rpc/sandbox.ts';
import type { MutatedBuild } from '../../../rpc/toolchain.ts';
import type { Mutant } from './mutant.ts';

export interface TestName {
  readonly file: string;
  readonly name: string;
}

export interface MutantPlan {
  readonly mutant: Mutant;
  /** Tests to run, by file; empty when none comes by. */
  readonly tests: readonly ChosenTests[];
  /** The place is run while modules are loaded: every test of every file that loads the source may notice. */
  readonly isStatic: boolean;
  /** Tests that come by, those first that come by least else: the nearest to ask for an assertion. */
  readonly nearest: readonly TestName[];
  readonly limits: TestRunLimits;
  /** How long the tests take without the mutant. */
  readonly usualMs: number;
}

const maxNearest = 5;

/** A mutant may make a test this much slower before it counts as hanging. */
const slowdown = 10;
const leastFuel = 1_000_000;
const leastTestMs = 1_000;
const leastRunMs = 5_000;

interface RunTest extends TestName {
  readonly reached: ReadonlySet<number>;
  readonly steps: number;
  readonly durationMs: number;
}

/** One plan for each mutant, in their order. The report must be of a run that measured test by test. */
export const selectTests = (build: MutatedBuild, dryRun: TestReport): readonly MutantPlan[] => {
  const tests = dryRun.tests
    .filter(({ status }) => status === 'passed')
    .map(({ file, name, reached, steps, durationMs }) => ({
      file,
      name,
      durationMs,
      reached: new Set(reached),
      steps: steps ?? 0,
    }));
  const outside = new Set((dryRun.outside ?? []).flatMap(({ reached }) => reached));
  return build.mutants.map((mutant) => {
    const { site } = mutant;
    const direct = site === undefined ? [] : tests.filter(({ reached }) => reached.has(site));
    const isStatic = site !== undefined && outside.has(site);
    const loading = tests.filter(({ file }) => build.reaches[file]?.includes(mutant.file) === true);
    const chosen = isStatic ? loading : direct;
    return {
      mutant,
      isStatic,
      tests: byFile(chosen),
      nearest: nearestOf(direct.length > 0 ? direct : loading),
      limits: limitsFor(chosen),
      usualMs: totalMs(chosen),
    };
  });
};

const byFile = (tests: readonly RunTest[]): readonly ChosenTests[] => {
  const files = new Map<string, { names: string[]; durationMs: number }>();
  for (const { file, name, durationMs } of tests) {
    const entry = files.get(file) ?? { names: [], durationMs: 0 };
    entry.names.push(name);
    entry.durationMs += durationMs;
    files.set(file, entry);
  }
  // The quickest file first: one failure is enough.
  return [...files]
    .sort(([, a], [, b]) => a.durationMs - b.durationMs)
    .map(([file, { names }]) => ({ file, names: [...new Set(names)] }));
};

const nearestOf = (tests: readonly RunTest[]): readonly TestName[] =>
  [...tests]
    .sort((a, b) => a.reached.size - b.reached.size)
    .slice(0, maxNearest)
    .map(({ file, name }) => ({ file, name }));

const totalMs = (tests: readonly RunTest[]): number => tests.reduce((sum, { durationMs }) => sum + durationMs, 0);

const limitsFor = (tests: readonly RunTest[]): TestRunLimits => {
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
  const steps = most(tests.map((test) => test.steps));
  const slowestMs = most(tests.map((test) => test.durationMs));
  return {
    fuelPerTest: Math.min(defaultTestRunLimits.fuelPerTest, leastFuel + steps * slowdown),
    testTimeoutMs: Math.ceil(leastTestMs + slowestMs * slowdown),
    runTimeoutMs: Math.ceil(leastRunMs + totalMs(tests) * slowdown),
  };
};

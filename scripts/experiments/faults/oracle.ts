/** What a version in production really does wrong: the tests of a faultless build, run on it in the laboratory. */
import { isTestFile } from '../../../shared/domain/tool/check-tools.ts';
import { defaultTestRunLimits, type TestReport } from '../../../shared/rpc/sandbox.ts';
import type { Laboratory } from '../../lab/laboratory.ts';

/** Names of the tests that fail on these files, or the reason why none could be run; empty when all pass. */
export const failingTests = async (
  lab: Laboratory,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> => {
  const entries = Object.keys(files).filter(isTestFile);
  const limits = { ...defaultTestRunLimits, testTimeoutMs: 10_000, runTimeoutMs: 240_000 };
  const { report, diagnostics } = await lab.run({ files, entries, limits, isolation: 'run' });
  if (report === undefined) return [`it does not build: ${diagnostics[0]?.message ?? 'no reason given'}`];
  return namesOf(report);
};

const namesOf = ({ status, tests, loadFailures, reason }: TestReport): readonly string[] => {
  if (status === 'passed') return [];
  const failed = tests.filter((test) => test.status === 'failed').map(({ name }) => name);
  const broken = loadFailures.map(({ file, failure }) => `${file}: ${failure.message}`);
  return failed.length + broken.length > 0 ? [...failed, ...broken] : [reason ?? status];
};

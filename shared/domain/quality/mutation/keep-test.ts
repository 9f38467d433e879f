/** Whether a generated test is worth keeping: it must pass on the code, and notice something that nothing did before. */
import type { TestReport } from '../../../rpc/sandbox.ts';
import type { Verdicts } from './verdicts.ts';

export type KeptTest =
  | { readonly keep: true; readonly kills: readonly string[] }
  | { readonly keep: false; readonly reason: string };

const isNoticed = (status: string | undefined): boolean => status === 'killed' || status === 'timeout';

/**
 * `report` is the run of the new test file alone, without a mutant; `before` and `after` are the verdicts of the same
 * mutants without and with the new test. `kills` names mutants by `mutantKey`.
 */
export const keepsTest = (report: TestReport, before: Verdicts, after: Verdicts): KeptTest => {
  if (report.status !== 'passed') {
    const failed = report.tests.find(({ status }) => status === 'failed')?.failure?.message;
    const load = report.loadFailures[0]?.failure.message;
    return { keep: false, reason: `it does not pass on the code: ${failed ?? load ?? report.reason ?? report.status}` };
  }
  const kills = [...before]
    .filter(([key, { status }]) => !isNoticed(status) && isNoticed(after.get(key)?.status))
    .map(([key]) => key);
  return kills.length === 0
    ? { keep: false, reason: 'it notices no mutant that survived before' }
    : { keep: true, kills };
};

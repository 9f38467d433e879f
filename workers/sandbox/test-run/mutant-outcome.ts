/** What the report of a run with a mutant proves. */
import type { MutantOutcome, TestFailure, TestReport } from '../../../shared/rpc/sandbox.ts';

export function outcomeOf(id: number, report: TestReport): MutantOutcome {
  const { durationMs } = report;
  const ran = report.tests.filter(({ status }) => status === 'passed' || status === 'failed').length;
  const base = { id, testsRun: ran, durationMs };
  const failed = report.tests.find(({ status }) => status === 'failed');
  const [load] = report.loadFailures;
  const failure = failed?.failure ?? load?.failure;
  if (failure !== undefined) {
    const file = failed?.file ?? load?.file ?? '';
    const name = failed === undefined ? {} : { name: failed.name };
    return {
      ...base,
      status: isOutOfTime(failure) ? 'timeout' : 'killed',
      killedBy: { file, ...name, message: failure.message },
    };
  }
  if (report.status === 'timed_out' || report.status === 'crashed') {
    return { ...base, status: 'timeout', killedBy: { file: '', message: report.reason ?? report.status } };
  }
  return { ...base, status: ran === 0 ? 'error' : 'survived' };
}

/** True for a failure that code which was left running by another test may have caused. */
export function isOfUnknownOrigin({ message }: TestFailure): boolean {
  return message.startsWith('A promise was rejected and nobody handled it');
}

/** True for a failure by time or steps: the messages that `guest/attempt.ts` and `guest/fuel.ts` write. */
export function isOutOfTime({ message }: TestFailure): boolean {
  return /^The code ran for more than \d+ steps|^(?:TimeoutError: )?Not finished after \d+ ms|^Not run: the time/.test(
    message,
  );
}

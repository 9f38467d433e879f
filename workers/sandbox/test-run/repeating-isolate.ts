/** A test isolate that stays for several runs of its only file. What does not answer in time, or ends, is lost. */
import type { TestRunLimits } from '../../../shared/rpc/sandbox.ts';
import { withinDeadline } from '../guard/deadline.ts';
import { readGuestReport, type GuestReport } from '../guard/guest-report.ts';
import { limits } from '../guard/limits.ts';
import type { RepeatingIsolate } from './shared-isolate.ts';

/** The guest's side, see `guest/test-main.ts`: texts in, and whatever comes out. */
interface Runner {
  readonly load: (plan: string) => Promise<unknown>;
  readonly repeat: (plan: string) => Promise<unknown>;
}

/** `load` comes first; it answers whether the file could be loaded. */
export function repeatingIsolate(
  runner: Runner,
  { file, end }: { readonly file: string; readonly end: () => void },
): RepeatingIsolate & { readonly load: (plan: string, wanted: TestRunLimits) => Promise<boolean> } {
  const answerOf = async (
    work: Promise<unknown>,
    { runTimeoutMs }: TestRunLimits,
  ): Promise<GuestReport | undefined> => {
    try {
      return readGuestReport(await withinDeadline(work, runTimeoutMs + limits.runGraceMs));
    } catch {
      // The isolate hangs or has died: whoever asked runs the mutant in an isolate of its own, whose report says why.
      return undefined;
    }
  };
  return {
    load: async (plan, wanted) => {
      const report = await answerOf(runner.load(plan), wanted);
      return report !== undefined && report.loadFailures.length === 0;
    },
    repeat: (mutant, names, wanted) =>
      answerOf(runner.repeat(JSON.stringify({ mutant, only: [{ file, names }], limits: wanted })), wanted),
    end,
  };
}

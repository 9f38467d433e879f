/** A test isolate that stays for several runs of its only file. What does not answer in time, or ends, is lost. */
import type { TestRunLimits } from '../../../shared/rpc/sandbox.ts';
import { withinDeadline } from '../guard/deadline.ts';
import { readGuestReport, type GuestReport } from '../guard/guest-report.ts';
import { limits } from '../guard/limits.ts';
import type { RepeatingIsolate } from './shared-isolate.ts';

/** The guest's side, see `guest/test-main.ts`: texts in, and whatever comes out. */
interface Runner {
  readonly open: (plan: string) => Promise<unknown>;
  readonly load: (plan: string) => Promise<unknown>;
  readonly repeat: (plan: string) => Promise<unknown>;
}

interface RepeatingParts {
  readonly file: string;
  /** Copies that the isolate has; 0: the file is loaded once. */
  readonly copies: number;
  readonly end: () => void;
}

/** `begin` comes first; it answers whether the isolate is there and could load the file. */
export function repeatingIsolate(
  runner: Runner,
  { file, copies, end }: RepeatingParts,
): RepeatingIsolate & { readonly begin: (plan: string, wanted: TestRunLimits) => Promise<boolean> } {
  let used = 0;
  const nextCopy = (): object => {
    if (copies === 0) return {};
    used += 1;
    return { copy: used };
  };
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
    begin: async (plan, wanted) => {
      const report = await answerOf(copies === 0 ? runner.load(plan) : runner.open(plan), wanted);
      return report !== undefined && report.loadFailures.length === 0;
    },
    repeat: (mutant, names, wanted) => {
      const plan = { mutant, only: [{ file, names }], limits: wanted, ...nextCopy() };
      return answerOf(runner.repeat(JSON.stringify(plan)), wanted);
    },
    end,
  };
}

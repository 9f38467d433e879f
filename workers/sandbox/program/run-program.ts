/**
 * Runs a program of an agent: a new isolate with nothing but a gate to its tools. The gate counts and bounds the calls
 * outside of the isolate, gives each its index, and closes when the program has ended.
 */
import { RpcTarget } from 'cloudflare:workers';
import type { ProgramCalls, ProgramReport, ProgramRequest } from '../../../shared/rpc/sandbox.ts';
import { DeadlineExceeded, withinDeadline } from '../guard/deadline.ts';
import { loadOnce } from '../guard/isolate.ts';
import { programGuestModules, programMainModule } from '../guest/modules.ts';
import type { ProgramPlan, ProgramRunner } from '../guest/program-main.ts';

const maxArgumentCharacters = 2_000_000;

class Gate extends RpcTarget {
  readonly #calls: ProgramCalls;
  readonly #limit: number;
  #made = 0;
  #stopped: string | undefined;

  constructor(calls: ProgramCalls, limit: number) {
    super();
    this.#calls = calls;
    this.#limit = limit;
  }

  /** For the guest: throws when the program must not go on, and then for every later call. */
  async call(tool: unknown, argumentsJson: unknown): Promise<{ readonly content: string; readonly isError: boolean }> {
    if (this.#stopped !== undefined) throw new Error(this.#stopped);
    if (typeof tool !== 'string' || typeof argumentsJson !== 'string' || tool.length > 100) {
      throw new TypeError('A call is the name of a tool and its arguments as JSON');
    }
    if (argumentsJson.length > maxArgumentCharacters) {
      throw new RangeError(`The arguments have more than ${String(maxArgumentCharacters)} characters`);
    }
    if (this.#made >= this.#limit) this.#stop(`It made more than ${String(this.#limit)} calls`);
    const index = this.#made;
    this.#made += 1;
    const answer = await this.#calls.call(index, tool, argumentsJson);
    if (answer.type === 'ended') this.#stop(answer.reason);
    else return { content: answer.content, isError: answer.isError };
  }

  get made(): number {
    return this.#made;
  }

  /** Why the program was not to go on. */
  get stopped(): string | undefined {
    return this.#stopped;
  }

  close(): void {
    this.#stopped ??= 'The program has ended';
  }

  #stop(reason: string): never {
    this.#stopped = reason;
    throw new Error(reason);
  }
}

interface GuestAnswer {
  readonly ok: boolean;
  readonly valueJson?: string;
  readonly reason?: string;
  readonly printed: readonly string[];
}

/** What the guest answered, as far as it is an answer: the guest may have put anything there. */
function readAnswer(text: unknown, maxCharacters: number): GuestAnswer {
  const broken = (reason: string): GuestAnswer => ({ ok: false, reason, printed: [] });
  if (typeof text !== 'string') return broken('The isolate answered with something that is no report');
  if (text.length > maxCharacters) {
    return broken(`It returned and printed more than ${String(maxCharacters)} characters: return less`);
  }
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return broken('The isolate answered with no report');
    const valueJson = 'valueJson' in answer && typeof answer.valueJson === 'string' ? answer.valueJson : undefined;
    const reason = 'reason' in answer && typeof answer.reason === 'string' ? answer.reason : undefined;
    const printed = 'printed' in answer && Array.isArray(answer.printed) ? answer.printed.map(String) : [];
    if (valueJson !== undefined) JSON.parse(valueJson);
    const parts = { ...(valueJson === undefined ? {} : { valueJson }), ...(reason === undefined ? {} : { reason }) };
    return { ok: valueJson !== undefined, ...parts, printed };
  } catch {
    // The guest is free to answer nonsense; it is told as that.
    return broken('The isolate answered with something that is no JSON');
  }
}

/** Never rejects because of the program: whatever happens in the isolate is told by the report. */
export async function runProgram(
  loader: WorkerLoader,
  request: ProgramRequest,
  calls: ProgramCalls,
): Promise<ProgramReport> {
  const { limits, built, entry, tools, startedAt, seed } = request;
  const beganAt = performance.now();
  const gate = new Gate(calls, limits.calls);
  const report = (status: ProgramReport['status'], rest: Partial<ProgramReport>): ProgramReport => ({
    console: [],
    ...rest,
    status,
    calls: gate.made,
    durationMs: Math.round(performance.now() - beganAt),
  });
  const module = built.moduleBySource[entry];
  if (module === undefined) return report('failed', { reason: `The build has no module for ${entry}` });
  const plan: ProgramPlan = { module, tools, startedAt, seed, fuel: limits.fuel };
  try {
    const modules = { ...built.modules, ...programGuestModules() };
    const worker = loadOnce(loader, { mainModule: programMainModule, modules });
    const runner = worker.getEntrypoint<ProgramRunner>('ProgramRunner');
    const text: unknown = await withinDeadline(Promise.resolve(runner.run(JSON.stringify(plan), gate)), limits.totalMs);
    const { ok, printed, ...answer } = readAnswer(text, limits.outputCharacters);
    if (gate.stopped !== undefined) return report('stopped', { reason: gate.stopped, console: printed });
    return report(ok ? 'finished' : 'failed', { ...answer, console: printed });
  } catch (cause) {
    if (cause instanceof DeadlineExceeded) {
      return report('timed_out', { reason: `It did not end within ${String(limits.totalMs)} ms` });
    }
    const message = cause instanceof Error ? cause.message : String(cause);
    return report('crashed', { reason: message.slice(0, 1_000) });
  } finally {
    gate.close();
  }
}

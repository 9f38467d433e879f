/**
 * The journal of a program that a person runs. Under an `Idempotency-Key` the project keeps what each call answered, so
 * that the same request, made again after a failure, is answered from there as far as the program came and goes on.
 */
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import type { ProjectId } from '../../../shared/domain/ids.ts';
import type { ToolResult } from '../../../shared/domain/tool/tool.ts';
import { ok, type Result } from '../../../shared/errors/result.ts';
import type { KeptAnswer, PersonProgramsRpc } from '../../../shared/rpc/person-programs.ts';
import type { ProgramAnswer } from '../../../shared/rpc/sandbox.ts';
import type { AppContext } from '../app-environment.ts';
import { ask } from '../objects.ts';

export interface ProgramJournal {
  /** What the program takes for the present, in milliseconds since 1970. */
  readonly startedAt: number;
  /** What the program gave when it finished before. */
  readonly finished?: ToolResult;
  /** The kept answer of a call, or that of `perform`, which is kept. */
  readonly answer: (
    call: { readonly index: number; readonly tool: string; readonly argumentsJson: string },
    perform: () => Promise<KeptAnswer>,
  ) => Promise<ProgramAnswer>;
  /** Keeps what the program gave. One that failed is not kept: a repeat takes it up again. */
  readonly finish: (result: ToolResult) => Promise<Result<ToolResult>>;
}

const answered = ({ content, isError }: KeptAnswer): ProgramAnswer => ({ type: 'answered', content, isError });
const ended = (reason: string): ProgramAnswer => ({ type: 'ended', reason });

/** Nothing is kept: a request that dies is not taken up again. */
export const withoutJournal = (startedAt: number): ProgramJournal => ({
  startedAt,
  answer: async (_call, perform) => answered(await perform()),
  finish: async (result) => ok(result),
});

/** @param body what makes another program of the same key: the code, and where it works */
export const openProgramJournal = async (
  context: AppContext,
  projectId: ProjectId,
  body: unknown,
): Promise<Result<ProgramJournal>> => {
  const { services, principal, requestId, commandId } = context.var;
  if (context.req.header('idempotency-key') === undefined) return ok(withoutJournal(services.clock.now()));
  const options = { log: services.log, requestId, part: 'project' };
  const askPrograms = <Value>(call: (project: PersonProgramsRpc) => Promise<Result<Value>>): Promise<Result<Value>> =>
    ask(() => call(services.objects.project(principal.workspaceId, projectId)), options);
  const bodyHash = hashText(JSON.stringify(body));
  const opened = await askPrograms((project) => project.openProgram({ commandId, bodyHash }));
  if (!opened.ok) return opened;
  const { startedAt, calls, result } = opened.value;
  const known = new Map(calls.map((call) => [call.index, call]));
  return ok({
    startedAt,
    // SAFETY: written by `finish` below alone.
    ...(result === undefined ? {} : { finished: JSON.parse(result) as ToolResult }),
    answer: async ({ index, tool, argumentsJson }, perform) => {
      const argumentsHash = hashText(argumentsJson);
      const call = known.get(index);
      if (call !== undefined) {
        return call.tool === tool && call.argumentsHash === argumentsHash
          ? answered(call.answer)
          : ended(`It was broken off and run again, and its call ${index + 1} now is another one than before`);
      }
      const answer = await perform();
      const command = { commandId, index, tool, argumentsHash, answer };
      const kept = await askPrograms((project) => project.keepProgramAnswer(command));
      return kept.ok ? answered(kept.value) : ended(kept.error.detail);
    },
    finish: async (made) => {
      if (made.isError === true) return ok(made);
      const kept = await askPrograms((project) =>
        project.keepProgramResult({ commandId, result: JSON.stringify(made) }),
      );
      // SAFETY: as above.
      return kept.ok ? ok(JSON.parse(kept.value.result) as ToolResult) : kept;
    },
  });
};

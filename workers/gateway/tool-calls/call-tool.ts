/** Running a tool for a person: where it works, what it may write, and one page of its result. */
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { findTool } from '../../../shared/domain/tool/index.ts';
import { withProvenance } from '../../../shared/domain/tool/provenance.ts';
import { maxToolResultLength } from '../../../shared/domain/tool/results.ts';
import type { Tool, ToolPlace, ToolResult } from '../../../shared/domain/tool/tool.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { ToolProvenance } from '../../../shared/protocol/tool-settings.ts';
import type { AppContext } from '../app-environment.ts';
import { notFound } from '../errors/problem.ts';
import { ask, askValue } from '../objects.ts';
import { checkProject } from '../project-access.ts';
import { createPersonContext, personalFencingToken } from './person-context.ts';
import { openProgramJournal, withoutJournal } from './program-journal.ts';

interface PersonCall {
  readonly projectId: ProjectId;
  readonly name: string;
  readonly arguments: { readonly [name: string]: unknown };
  readonly ref?: string | undefined;
  readonly branch?: string | undefined;
  readonly cursor?: string | undefined;
}

interface PersonResult {
  readonly tool: string;
  readonly content: string;
  readonly isError: boolean;
  readonly provenance: ToolProvenance;
  readonly next?: string;
}

const callMs = 120_000;

const refuse = (field: string, reason: string): Result<never> =>
  err({ type: 'request.invalid', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });

/** Why this tool cannot be run in this way. */
const refuseCall = (tool: Tool, { branch, cursor }: PersonCall): Result<never> | undefined => {
  if (tool.capability === 'files.write' && branch === undefined)
    return refuse('branch', `${tool.name} writes: name a branch people/… of your own`);
  if (tool.effectClass !== 'pure' && cursor !== undefined)
    return refuse('cursor', `${tool.name} is not run again for a further page`);
  return undefined;
};

const openPlace = async (context: AppContext, call: PersonCall): Promise<Result<ToolPlace>> => {
  const { services, principal, requestId, commandId } = context.var;
  const { projectId, branch, ref = 'main' } = call;
  const options = { log: services.log, requestId, part: 'project' };
  const specification = await ask(
    () => services.objects.project(principal.workspaceId, projectId).specification(),
    options,
  );
  if (!specification.ok) return specification;
  const specificationPath = specification.value.path;
  if (branch === undefined) return ok({ ref, specificationPath });
  const fencingToken = personalFencingToken;
  const command = { commandId: `open/${commandId}`, branch, from: 'main', fencingToken };
  const opened = await ask(
    () => services.objects.repository(principal.workspaceId, projectId).openBranch(command),
    options,
  );
  return opened.ok ? ok({ ref: branch, specificationPath, writing: { fencingToken } }) : opened;
};

/** The page that is asked for. A cursor names the whole text by its hash, so that no page is of another text. */
const pageOf = async (
  context: AppContext,
  { content }: ToolResult,
  cursor: string | undefined,
): Promise<Result<{ readonly content: string; readonly next?: string }>> => {
  if (cursor === undefined && content.length <= maxToolResultLength) return ok({ content });
  const hash = (await context.var.services.hash.sign(`tool-result:${content}`)).slice(0, 16);
  const [, named = hash, start = '0'] = /^([^@]+)@(\d{1,9})$/.exec(cursor ?? '') ?? [];
  if (cursor !== undefined && (named !== hash || Number(start) >= content.length)) {
    const detail = 'The cursor belongs to another result: the files have changed since, or the arguments. Begin anew.';
    return err({ type: 'cursor.gone', detail });
  }
  const end = Number(start) + maxToolResultLength;
  const page = content.slice(Number(start), end);
  return ok({ content: page, ...(end < content.length ? { next: `${hash}@${end}` } : {}) });
};

/** Runs a tool as the caller; a failure of the tool itself is a result with `isError`. */
export const callTool = async (context: AppContext, call: PersonCall): Promise<Result<PersonResult>> => {
  const known = await checkProject(context, call.projectId);
  if (!known.ok) return known;
  const tool = findTool(call.name, []);
  if (tool === undefined) return err(notFound('tool'));
  const { runOpen } = tool;
  if (runOpen === undefined)
    return refuse('name', `${call.name} belongs to the task of an agent and cannot be run alone`);
  const refusal = refuseCall(tool, call);
  if (refusal !== undefined) return refusal;
  const place = await openPlace(context, call);
  if (!place.ok) return place;
  const { services, requestId, commandId } = context.var;
  const { ref, branch, arguments: program } = call;
  const journal =
    tool.name === 'run_program'
      ? await openProgramJournal(context, call.projectId, { program, ref, branch })
      : ok(withoutJournal(services.clock.now()));
  if (!journal.ok) return journal;
  const open = createPersonContext(context, call.projectId, place.value, `tool/${commandId}`, journal.value);
  const isRepeatable = tool.effectClass === 'pure';
  const { finished } = journal.value;
  const done = await askValue(
    async () =>
      finished ?? withProvenance(tool, await runOpen(JSON.stringify(call.arguments), open), open, services.clock.now()),
    { log: services.log, requestId, part: `tool ${tool.name}`, timeoutMs: callMs, repeatable: isRepeatable },
  );
  if (!done.ok) return done;
  const result = finished === undefined ? await journal.value.finish(done.value) : done;
  if (!result.ok) return result;
  const page = await pageOf(context, result.value, call.cursor);
  if (!page.ok) return page;
  const { isError = false, provenance } = result.value;
  const shown = { tool: tool.name, version: tool.version, at: services.clock.now() };
  const truncated = page.value.next !== undefined;
  return ok({ tool: tool.name, isError, ...page.value, provenance: { ...shown, ...provenance, truncated } });
};

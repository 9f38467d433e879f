/** What surrounds each call of a tool: the rules as they are now, where its result comes from, and its first page. */
import type { Run } from '../../shared/domain/agent/state.ts';
import type { Role } from '../../shared/domain/team/role.ts';
import { subjectOf } from '../../shared/domain/tool/discovery-tools.ts';
import { decideGrant } from '../../shared/domain/tool/grants.ts';
import { withProvenance } from '../../shared/domain/tool/provenance.ts';
import { capResult } from '../../shared/domain/tool/results.ts';
import { toolError, type Tool, type ToolContext, type ToolResult } from '../../shared/domain/tool/tool.ts';

/** Whose call it is, and how its result is shown. */
export interface Performance {
  readonly run: Run;
  readonly role: Role;
  readonly now: () => number;
  /** Names the call for who reads on; absent where the whole result is given. */
  readonly cursor?: string;
}

/** True for a tool that the run found while it ran: whether it still may is asked at each call. */
const wasFound = ({ name }: Tool, { found }: Run): boolean =>
  found !== undefined && (found.tools.includes(name) || found.connected.some((tool) => tool.name === name));

const refuseNow = async (tool: Tool, context: ToolContext, role: Role): Promise<string | undefined> => {
  const settings = await context.toolSettings();
  if (!settings.ok) return `The rules about tools cannot be read now: ${settings.error.detail}`;
  const subject = subjectOf(context);
  const own = settings.value.tools.find(({ name }) => name === tool.name);
  if (tool.isConnected === true && own === undefined) return `The project has taken its tool ${tool.name} away.`;
  const isMeant = own?.taskKinds.includes(subject.kind) === true;
  const decision = decideGrant(tool, isMeant, subject, role.tools, settings.value.grants);
  return decision.allowed ? undefined : decision.reason;
};

export const performTool = async (
  tool: Tool,
  argumentsJson: string,
  context: ToolContext,
  { run, role, now, cursor }: Performance,
): Promise<ToolResult> => {
  const refusal = wasFound(tool, run) ? await refuseNow(tool, context, role) : undefined;
  if (refusal !== undefined) return toolError(refusal);
  const result = await withProvenance(tool, await tool.run(argumentsJson, context), context, now());
  return cursor === undefined ? result : capResult(result, cursor);
};

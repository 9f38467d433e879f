/** What persons decide about the tools of a project while it runs: which it brings, who may call what, where agents may fetch. */
import { err, ok, type Issue, type Result } from '../../errors/result.ts';
import { maxConnectedTools, type ConnectedTool } from '../../protocol/connected-tools.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import { maxFetchOrigins, maxToolGrants, type ToolGrant, type ToolSettings } from '../../protocol/tool-settings.ts';
import { findRole } from '../team/roles/index.ts';
import { findToolFaults } from '../tool/connected-tool.ts';
import { findGrantFaults } from '../tool/grants.ts';
import { isBuiltInTool } from '../tool/index.ts';
import type { ProjectState } from './state.ts';

type Decision = Result<readonly ProjectEvent[]>;

const refuse = (detail: string, issues: readonly Issue[]): Decision => {
  const [first] = issues;
  const shown = first === undefined ? detail : `${detail} ${first.field} ${first.reason}.`;
  return err({ type: 'request.invalid', detail: shown, issues });
};

/** The settings as they are; nothing of it before the project was created. */
export const toolSettingsOf = ({ identity, toolRules }: ProjectState): ToolSettings => ({
  tools: identity?.tools ?? [],
  grants: toolRules?.grants ?? [],
  fetchOrigins: toolRules?.fetchOrigins ?? [],
});

/** Adds a tool, or replaces the one of its name. `urlFaults`: what the operator's list of origins says about it. */
export const decideRegisterTool = (
  state: ProjectState,
  tool: ConnectedTool,
  by: string,
  urlFaults: readonly Issue[],
): Decision => {
  const others = toolSettingsOf(state).tools.filter(({ name }) => name !== tool.name);
  const faults = findToolFaults([tool], isBuiltInTool).map((fault) => ({
    ...fault,
    field: fault.field.replace(/^tools\.0\./, ''),
  }));
  const issues = [...faults, ...urlFaults];
  if (issues.length > 0) return refuse('The tool cannot be used:', issues);
  return others.length >= maxConnectedTools
    ? err({
        type: 'resource.conflict',
        detail: `The project has ${maxConnectedTools} tools already: remove one first.`,
      })
    : ok([{ type: 'tool.registered', tool, by }]);
};

export const decideRemoveTool = (state: ProjectState, name: string, by: string): Decision =>
  toolSettingsOf(state).tools.some((tool) => tool.name === name)
    ? ok([{ type: 'tool.removed', name, by }])
    : err({ type: 'resource.not_found', detail: `The project has no tool ${name} of its own.` });

/** Replaces the rules and the origins. `originFaults`: what is wrong with the origins as addresses. */
export const decideToolRules = (
  state: ProjectState,
  rules: { readonly grants: readonly ToolGrant[]; readonly fetchOrigins: readonly string[] },
  by: string,
  originFaults: readonly Issue[],
): Decision => {
  const { grants, fetchOrigins } = rules;
  const own = new Set(toolSettingsOf(state).tools.map(({ name }) => name));
  const knows = {
    tool: (name: string) => isBuiltInTool(name) || own.has(name),
    role: (name: string) => findRole(name) !== undefined,
  };
  const issues = [
    ...(grants.length > maxToolGrants ? [{ field: 'grants', reason: `are more than ${maxToolGrants}` }] : []),
    ...(fetchOrigins.length > maxFetchOrigins
      ? [{ field: 'fetchOrigins', reason: `are more than ${maxFetchOrigins}` }]
      : []),
    ...findGrantFaults(grants, knows),
    ...originFaults,
  ];
  return issues.length > 0
    ? refuse('The rules cannot be used:', issues)
    : ok([{ type: 'tools.configured', grants, fetchOrigins, by }]);
};

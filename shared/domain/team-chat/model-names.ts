/** The names under which the team, its projects, agents and roles are offered as models. */
import { parseId, type AgentId, type ProjectId } from '../ids.ts';
import type { Role } from '../team/role.ts';
import { findRole, roles } from '../team/roles/index.ts';

export type TeamModelName =
  /** The whole team: a conversation makes a project or goes on with its own. */
  | { readonly type: 'team' }
  | { readonly type: 'project'; readonly projectId: ProjectId }
  | { readonly type: 'agent'; readonly agentId: AgentId }
  | { readonly type: 'role'; readonly role: Role };

/** The names that are shown to everybody; those of projects and agents belong to a workspace. */
export const listedTeamModels: readonly string[] = ['team', ...roles.map(({ name }) => `role/${name}`)];

/** Other words for a role, as people say them. */
const otherRoleNames: Readonly<Record<string, string>> = {
  developer: 'backend',
  engineer: 'backend',
  tester: 'qa',
};

const findByAnyName = (text: string): Role | undefined => {
  const name = text.replaceAll('-', '_');
  return findRole(Object.hasOwn(otherRoleNames, name) ? (otherRoleNames[name] ?? name) : name);
};

/** True for a name that only the team can have, also when there is nothing behind it. */
export const isTeamModelName = (name: string): boolean => /^(?:team$|team\/|agent\/|role\/)/.test(name);

/** `team`, `team/<project>`, `agent/<agent>` or `role/<role>`; undefined when it can be none of them. */
export const parseTeamModelName = (name: string): TeamModelName | undefined => {
  if (name === 'team') return { type: 'team' };
  const [, kind = '', rest = ''] = /^(team|agent|role)\/(.{1,100})$/.exec(name) ?? [];
  switch (kind) {
    case 'team': {
      const projectId = parseId('prj', rest);
      return projectId === undefined ? undefined : { type: 'project', projectId };
    }
    case 'agent': {
      const agentId = parseId('agt', rest);
      return agentId === undefined ? undefined : { type: 'agent', agentId };
    }
    case 'role': {
      const role = findByAnyName(rest);
      return role === undefined ? undefined : { type: 'role', role };
    }
    default:
      return undefined;
  }
};

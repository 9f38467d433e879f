/** Who may call which tool: what the kind of task offers, narrowed by the role, then changed by the project's rules. */
import type { RoleName, TaskKind } from '../../protocol/stages.ts';
import type { ToolGrant } from '../../protocol/tool-settings.ts';
import type { Issue } from '../../errors/result.ts';
import { capabilities, type Capability } from './capability.ts';
import type { Tool } from './tool.ts';

/** Whose call it is. */
export interface GrantSubject {
  readonly kind: TaskKind;
  readonly role: RoleName;
  readonly task: string;
}

export type GrantDecision = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

const reading: readonly Capability[] = ['files.read', 'code.read', 'system'];
const looking: readonly Capability[] = [...reading, 'quality', 'process', 'network'];
const making: readonly Capability[] = [...looking, 'files.write', 'team'];

/** What agents may find beyond the tools that their task begins with. */
const findableByKind: Readonly<Record<TaskKind, readonly Capability[]>> = {
  plan: ['system'],
  analyse: looking,
  design: making,
  vote: reading,
  implement: making,
  review: looking,
  test: [...making, 'ui'],
  judge: ['system'],
  settle: ['system'],
  assist: looking,
  deploy: [...looking, 'team', 'ui', 'composition'],
};

/** Belong to the kind of task itself: no rule gives them to another. */
const bound: ReadonlySet<Capability> = new Set<Capability>(['outcome', 'release', 'discovery']);

const names = (tools: readonly string[], { name, capability }: Pick<Tool, 'name' | 'capability'>): boolean =>
  tools.includes('*') || tools.includes(name) || tools.includes(`capability:${capability}`);

const isAbout = (grant: ToolGrant, { kind, role, task }: GrantSubject): boolean =>
  (grant.roles?.includes(role) ?? true) &&
  (grant.taskKinds?.includes(kind) ?? true) &&
  (grant.tasks?.includes(task) ?? true);

const refuse = (reason: string): GrantDecision => ({ allowed: false, reason });

/**
 * Whether this call may be made.
 * @param offered true when the kind of task begins with the tool, or the project meant its own tool for this kind
 * @param roleTools names of the tools that the role may use, `*` for all
 */
export const decideGrant = (
  tool: Pick<Tool, 'name' | 'capability'>,
  offered: boolean,
  subject: GrantSubject,
  roleTools: readonly string[],
  grants: readonly ToolGrant[],
): GrantDecision => {
  const isBound = bound.has(tool.capability);
  if (isBound && !offered) return refuse(`${tool.name} belongs to other kinds of task than ${subject.kind}.`);
  const rule = grants.findLast((grant) => names(grant.tools, tool) && isAbout(grant, subject));
  // Without its last tool a task could never end.
  if (rule?.effect === 'deny' && !isBound) {
    const cause = rule.reason === undefined ? '' : `: ${rule.reason}`;
    return refuse(
      `${tool.name} is denied to the ${subject.role} in ${subject.kind} tasks by a rule of the project${cause}.`,
    );
  }
  if (rule?.effect === 'allow') return { allowed: true };
  if (tool.capability !== 'connected' && !roleTools.includes('*') && !roleTools.includes(tool.name)) {
    return refuse(`The role ${subject.role} may not use ${tool.name}.`);
  }
  const isFindable = tool.capability !== 'connected' && findableByKind[subject.kind].includes(tool.capability);
  return offered || isFindable
    ? { allowed: true }
    : refuse(`A task of the kind ${subject.kind} may not use ${tool.name} (${tool.capability}).`);
};

/** Faults of rules that a schema cannot see: names of no tool, of no role, of no capability. */
export const findGrantFaults = (
  grants: readonly ToolGrant[],
  knows: { readonly tool: (name: string) => boolean; readonly role: (name: string) => boolean },
): readonly Issue[] =>
  grants.flatMap(({ tools, roles = [] }, index) => [
    ...tools
      .filter((name) =>
        name.startsWith('capability:')
          ? !capabilities.some((capability) => name === `capability:${capability}`)
          : name !== '*' && !knows.tool(name),
      )
      .map((name) => ({
        field: `grants.${index}.tools`,
        reason: name.startsWith('capability:')
          ? `${name} is no capability; known are ${capabilities.join(', ')}`
          : `${name} is no tool of the platform and none of this project`,
      })),
    ...roles
      .filter((name) => !knows.role(name))
      .map((name) => ({ field: `grants.${index}.roles`, reason: `${name} is no role` })),
  ]);

/**
 * Who may do what: one table, deny by default. A role may do exactly the actions listed for it; whether a thing
 * belongs to the caller's workspace is decided elsewhere, before, and answers "not found" when it does not.
 */

export const roles = ['operator', 'owner', 'member', 'viewer'] as const;

export type Role = (typeof roles)[number];

export const actions = [
  'workspace.create',
  'workspace.list',
  'workspace.read',
  'workspace.cross',
  'workspace.rebuild',
  'workspace.budget',
  'workspace.quota',
  'key.create',
  'key.list',
  'key.revoke',
  'credential.read',
  'credential.change',
  'ticket.create',
  'project.create',
  'project.read',
  'project.control',
  'effect.settle',
  'gate.change',
  'dead_letter.replay',
  'agent.read',
  'message.read',
  'message.send',
  'question.read',
  'question.answer',
  'file.read',
  'tool.read',
  'tool.run',
  'tool.change',
  'event.read',
  'topic.read',
  'topic.publish',
  'topic.consume',
  'topic.change',
  'deployment.read',
  'deployment.change',
  'repository.read',
  'repository.write',
  'run.read',
  'run.fork',
  'model.read',
  'model.use',
  'feedback.give',
  'alarm.acknowledge',
  'composition.read',
  'composition.change',
  'composition.allow_origins',
  'service.read',
  'service.change',
  'service.call',
  'object.read',
  'object.change',
  'object.copy',
  'object.call',
] as const;

export type Action = (typeof actions)[number];

const viewerActions: readonly Action[] = [
  'workspace.read',
  'tool.read',
  'ticket.create',
  'project.read',
  'agent.read',
  'message.read',
  'question.read',
  'file.read',
  'event.read',
  'topic.read',
  'deployment.read',
  'repository.read',
  'run.read',
  'model.read',
  'composition.read',
  'service.read',
  'object.read',
];

const memberActions: readonly Action[] = [
  ...viewerActions,
  'project.create',
  'project.control',
  'tool.run',
  'effect.settle',
  'dead_letter.replay',
  'message.send',
  'question.answer',
  'topic.publish',
  'topic.consume',
  'topic.change',
  'deployment.change',
  'repository.write',
  'run.fork',
  'model.use',
  'feedback.give',
  'alarm.acknowledge',
  'composition.change',
  'service.change',
  'service.call',
];

const ownerActions: readonly Action[] = [
  ...memberActions,
  'workspace.rebuild',
  'workspace.budget',
  'gate.change',
  'tool.change',
  'key.create',
  'key.list',
  'key.revoke',
  'credential.read',
  'credential.change',
  'object.change',
  'object.copy',
  'object.call',
  'composition.allow_origins',
];

/** `workspace.cross`: act on another workspace's settings and keys. */
const operatorActions: readonly Action[] = [
  ...ownerActions,
  'workspace.create',
  'workspace.list',
  'workspace.cross',
  'workspace.quota',
];

/** The table itself. */
const policy: Readonly<Record<Role, ReadonlySet<Action>>> = {
  operator: new Set(operatorActions),
  owner: new Set(ownerActions),
  member: new Set(memberActions),
  viewer: new Set(viewerActions),
};

/** True when the table lists the action for the role. */
export const isAllowed = (role: Role, action: Action): boolean => policy[role].has(action);

/** The role of that name, or undefined. */
export const parseRole = (text: string): Role | undefined => roles.find((role) => role === text);

/** True when a holder of `granter` may hand out `granted`: nobody gives more than they have. */
export const mayGrant = (granter: Role, granted: Role): boolean =>
  isAllowed(granter, 'key.create') && roles.indexOf(granted) >= roles.indexOf(granter);

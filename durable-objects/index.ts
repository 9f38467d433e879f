/** The classes of the gateway Worker, under the names of `wrangler.toml`. */
export { AgentObject } from './agent/object.ts';
export { ConversationObject } from './conversation/object.ts';
export { ProjectObject } from './project/object.ts';
export { RepositoryObject } from './repository/object.ts';
export { WorkspaceObject } from './workspace/object.ts';

/** The classes of the gateway Worker, under the names of `wrangler.toml`. */
export { AgentObject } from './agent/object.ts';
export { ConversationObject } from './conversation/object.ts';
export { QualityProjectObject as ProjectObject } from './project/quality-object.ts';
export { RepositoryObject } from './repository/object.ts';
export { TopicCatalogObject } from './topic/catalog-object.ts';
export { TopicObject } from './topic/object.ts';
export { WorkspaceObject } from './workspace/object.ts';

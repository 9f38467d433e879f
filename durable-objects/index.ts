/** The classes of the gateway Worker, under the names of `wrangler.toml`. */
export { AgentObject } from './agent/object.ts';
export { ComposerObject } from './composer/object.ts';
export { ConversationObject } from './conversation/object.ts';
export { PooledProjectObject as ProjectObject } from './project/pools-object.ts';
export { RepositoryObject } from './repository/object.ts';
export { ServiceRegistryObject } from './service-registry/object.ts';
export { TopicCatalogObject } from './topic/catalog-object.ts';
export { TopicObject } from './topic/object.ts';
export { QuotaWorkspaceObject as WorkspaceObject } from './workspace/quota-object.ts';

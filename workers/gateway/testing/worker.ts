/** The objects behind the gateway in its tests: a real workspace, and fakes that keep to the contracts of the others. */
export { ComposerObject } from '../../../durable-objects/composer/object.ts';
export { ConversationObject } from '../../../durable-objects/conversation/object.ts';
export { ServiceRegistryObject } from '../../../durable-objects/service-registry/object.ts';
export { TopicCatalogObject } from '../../../durable-objects/topic/catalog-object.ts';
export { TopicObject } from '../../../durable-objects/topic/object.ts';
export { QuotaWorkspaceObject as WorkspaceObject } from '../../../durable-objects/workspace/quota-object.ts';
export { FakeAgent } from './fake-agent.ts';
export { FakeToolsProject as FakeProject } from './fake-tools-project.ts';
export { FakeRepository } from './fake-repository.ts';

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};

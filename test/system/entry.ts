/** The Worker under test: every object and entrypoint of the platform. */
export {
  AgentObject,
  ComposerObject,
  ConversationObject,
  ProjectObject,
  RepositoryObject,
  ServiceRegistryObject,
  TopicCatalogObject,
  TopicObject,
  WorkspaceObject,
} from '../../durable-objects/index.ts';
export {
  AnalyticsCapability,
  AnalyticsObject,
  ApiCapability,
  ApiObject,
  AppHost,
  AuthCapability,
  AuthObject,
  ConnectorCapability,
  ConnectorObject,
  DataCapability,
  DataObject,
  Sandbox,
  ServiceGroupObject,
  TestHost,
  UiCapability,
  UiObject,
  UserCapability,
  UserObject,
} from '../../workers/sandbox/index.ts';
export { Toolchain } from '../../workers/toolchain/index.ts';

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};

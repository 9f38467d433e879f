/** The gateway Worker: HTTP edge and all platform objects. Only handlers and classes may be exported here. */
import { env } from 'cloudflare:workers';
import { overrideCards } from '../../shared/domain/model/registry/registry.ts';
import { readModelCards } from '../../shared/schemas/model-cards.ts';
import { entry } from './entry.ts';

// Here and not with the first request, because an object may be the first to look something up.
overrideCards(readModelCards(env));

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
export default entry;

/** The gateway Worker: HTTP edge and all platform objects. Only handlers and classes may be exported here. */
import { entry } from './entry.ts';

export {
  AgentObject,
  ConversationObject,
  ProjectObject,
  RepositoryObject,
  WorkspaceObject,
} from '../../durable-objects/index.ts';
export default entry;

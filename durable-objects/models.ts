/** From a project's model name to the client that answers. */
import { offlineEngineer } from '../../shared/domain/offline-engineer/engineer.ts';
import type { ModelClient } from '../../shared/ports/model-client.ts';
import type { AgentEnvironment } from './environment.ts';

/** `offline/engineer?faults=0.2` → the offline engineer under the name `engineer?faults=0.2`. */
export const resolveModel = (
  name: string,
  _environment: AgentEnvironment,
): { readonly client: ModelClient; readonly model: string } => {
  const slash = name.indexOf('/');
  return { client: offlineEngineer, model: name.slice(slash + 1) };
};

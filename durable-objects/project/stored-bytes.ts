import type { AgentId } from '../../shared/domain/ids.ts';
import { tasksOf, type ProjectState } from '../../shared/domain/project/state.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';

export type Measured = Pick<ManagedObjectRpc, 'objectLifecycle'>;

const bytesOf = async (object: Measured): Promise<number> => {
  const life = await object.objectLifecycle();
  if (!life.ok) throw new Error(life.error.detail);
  return life.value.storageBytes;
};

/**
 * Bytes of the databases of a project, its repository and the agents that ever held a task; the others store next to
 * nothing, and are not woken for it.
 * @returns undefined when one of them does not answer: a sum without it would be too small, and the last one stands.
 */
export const sumStoredBytes = async (
  own: number,
  state: ProjectState,
  objects: { readonly repository: () => Measured; readonly agent: (agentId: AgentId) => Measured },
): Promise<number | undefined> => {
  const workers = new Set(
    tasksOf(state).flatMap(({ lastAgentId }) => (lastAgentId === undefined ? [] : [lastAgentId])),
  );
  const parts = [
    ...(state.commit === undefined ? [] : [objects.repository()]),
    ...[...workers].map((agentId) => objects.agent(agentId)),
  ];
  const sizes = await Promise.allSettled(parts.map(bytesOf));
  return sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size.status === 'rejected' ? undefined : sum + size.value),
    own,
  );
};

/**
 * Brings the object of an agent to what its pool says: at rest, or at work. What is delivered is only whom to look at;
 * what is to be done is read from the state at that moment, so that nothing old undoes something newer.
 */
import type { AgentId } from '../../shared/domain/ids.ts';
import { isResting } from '../../shared/domain/project/roster.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import type { Outbox } from '../platform/index.ts';
import type { Engine } from './engine.ts';

export interface SeatsParts {
  readonly outbox: Outbox;
  readonly engine: Engine;
  readonly agent: (agentId: AgentId) => Pick<ManagedObjectRpc, 'deactivateObject' | 'reviveObject'>;
  /** Gives an agent its identity; repeating it changes nothing. */
  readonly enroll: (agentId: AgentId) => Promise<void>;
}

const kind = 'settle_seat';

/** The delivery that settles an agent: behind its messages, which it hears before it rests. */
export const settleSeat = (agentId: AgentId) => ({ lane: `agent/${agentId}`, kind, payload: { agentId } });

const rest = async ({ engine, agent }: SeatsParts, agentId: AgentId, commandId: string): Promise<void> => {
  const by = `project:${engine.state.identity?.projectId ?? ''}`;
  const order = { commandId, by, reason: 'Its pool has no use for it now.' };
  const rested = await agent(agentId).deactivateObject(order);
  // One that cannot be read by this code does nothing anyway.
  if (!rested.ok && rested.error.type !== 'resource.conflict') throw new Error(rested.error.detail);
};

export const attachSeats = (parts: SeatsParts): void => {
  parts.outbox.on(kind, async (payload, { deliveryId }) => {
    // SAFETY: entries of this kind are made by `settleSeat` alone.
    const { agentId } = payload as { readonly agentId: AgentId };
    if (isResting(parts.engine.state, agentId)) return rest(parts, agentId, deliveryId);
    const revived = await parts.agent(agentId).reviveObject({ commandId: deliveryId });
    if (!revived.ok) throw new Error(revived.error.detail);
    await parts.enroll(agentId);
  });
};

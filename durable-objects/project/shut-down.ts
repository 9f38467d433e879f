/**
 * Ending the work of a project outside: the repository takes no more writes of agents, and the agents stop. The outbox
 * sees to it in any case; `hurry` does it at once, so that a cancel is answered when nothing can begin any more.
 */
import type { AgentId } from '../../shared/domain/ids.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { Outbox } from '../platform/index.ts';
import type { Engine } from './engine.ts';

/** A person who cancels waits no longer than this for parts that do not answer; the outbox goes on without them. */
const hurryMs = 3_000;

export interface ShutDownParts {
  readonly outbox: Outbox;
  readonly engine: Engine;
  readonly repository: () => RepositoryRpc;
  readonly agent: (agentId: AgentId) => AgentRpc;
}

const withinHurry = async (work: Promise<unknown>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timeout = setTimeout(resolve, hurryMs);
  await Promise.race([work, promise]);
  clearTimeout(timeout);
};

export class ShutDown {
  readonly #parts: ShutDownParts;

  constructor(parts: ShutDownParts) {
    this.#parts = parts;
    parts.outbox.on('fence_off', async (payload) => {
      // SAFETY: entries of this kind are enqueued only by the engine, with the effect as payload.
      await this.#fenceOff((payload as { fencingToken: number }).fencingToken);
    });
  }

  /** Fences off the repository and stops every agent, as far as they answer. Never throws. */
  async hurry(): Promise<void> {
    const { engine, agent } = this.#parts;
    const { agents, nextFencingToken: fencingToken, commit } = engine.state;
    const commandId = `stand-down/${fencingToken}`;
    await withinHurry(
      Promise.allSettled([
        ...(commit === undefined ? [] : [this.#fenceOff(fencingToken)]),
        ...agents.map(({ agentId }) => agent(agentId).standDown({ commandId, fencingToken })),
      ]),
    );
  }

  async #fenceOff(fencingToken: number): Promise<void> {
    const fenced = await this.#parts.repository().fenceOff({ commandId: `fence-off/${fencingToken}`, fencingToken });
    if (!fenced.ok) throw new Error(fenced.error.detail);
  }
}

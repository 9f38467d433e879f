/**
 * A second way for a project and its agents to wake. Their alarms should do it, but an alarm can be lost; then whoever
 * asks for the project (the sweeper does, each minute, for one that is late) sets its own alarm right, and the project
 * asks its agents that have been silent, which sets theirs right as well.
 */
import type { AgentId } from '../../shared/domain/ids.ts';
import { type ProjectState, tasksOf } from '../../shared/domain/project/state.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { Timers } from '../platform/index.ts';

/** Without an event for this long the agents at work are asked; again after as long. In milliseconds. */
const silentAfterMs = 20_000;

export interface CaretakerParts {
  readonly timers: Pick<Timers, 'repair'>;
  readonly now: () => number;
  readonly state: () => ProjectState;
  readonly agent: (agentId: AgentId) => Pick<AgentRpc, 'get'>;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export class Caretaker {
  readonly #parts: CaretakerParts;
  #askedAt = 0;

  constructor(parts: CaretakerParts) {
    this.#parts = parts;
  }

  /** Cheap when all is well. */
  lookAfter(): void {
    const { timers, now, state, waitUntil } = this.#parts;
    const project = state();
    if (project.identity === undefined) return;
    timers.repair();
    const isSilent = now() - Math.max(project.updatedAt, this.#askedAt) >= silentAfterMs;
    if (!isSilent || isFinalStatus(project.status)) return;
    this.#askedAt = now();
    waitUntil(this.#askAgents(project));
  }

  /** An agent that cannot be asked now is asked the next time. */
  async #askAgents(project: ProjectState): Promise<void> {
    const busy = tasksOf(project).flatMap(({ status, agentId }) =>
      status === 'assigned' && agentId !== undefined ? [agentId] : [],
    );
    await Promise.allSettled(busy.map((agentId) => this.#parts.agent(agentId).get()));
  }
}

/** The dead letters of a project's objects: its own, and those of its agents, which are asked for theirs. */
import type { AgentId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { DeadLetterView, ReplayDeadLetter } from '../../shared/rpc/dead-letters.ts';
import { DeadLetters, type Outbox, type Timers } from '../platform/index.ts';

const owner = 'project';
const maxLetters = 500;

export interface DeadLetterDeskParts {
  readonly outbox: Outbox;
  readonly timers: Timers;
  readonly agents: () => readonly AgentId[];
  readonly agent: (agentId: AgentId) => Pick<AgentRpc, 'deadLetters' | 'replayDeadLetter'>;
}

export class DeadLetterDesk {
  readonly #parts: DeadLetterDeskParts;
  readonly #letters: DeadLetters;

  constructor(parts: DeadLetterDeskParts) {
    this.#parts = parts;
    this.#letters = new DeadLetters(parts);
  }

  /** How many the project itself has. */
  depth(): number {
    return this.#letters.list().length;
  }

  /** The first 500 of all objects, oldest first. */
  async list(): Promise<Result<readonly DeadLetterView[]>> {
    const own = this.#letters
      .list()
      .map(({ id, ...letter }) => ({ ...letter, letterId: `${owner}-${id}`, object: owner }));
    const agents = this.#parts.agents();
    const answers = await Promise.all(agents.map((agentId) => this.#parts.agent(agentId).deadLetters()));
    const others: DeadLetterView[] = [];
    for (const answer of answers) {
      if (answer.ok) others.push(...answer.value);
      // An agent that was not enrolled yet has none.
      else if (answer.error.type !== 'resource.not_found') return answer;
    }
    const all = [...own, ...others].toSorted((left, right) => left.parkedAt - right.parkedAt);
    return ok(all.slice(0, maxLetters));
  }

  /** True for a letter of the project's own. */
  isOwn(letterId: string): boolean {
    return letterId.startsWith(`${owner}-`);
  }

  /** Replays one of the project's own. Inside a transaction. */
  replayOwn(letterId: string): Result<{ readonly replayed: true }> {
    return this.#letters.replay(letterId.slice(owner.length + 1)) ? ok({ replayed: true }) : unknown();
  }

  /** Has an agent replay one of its own. */
  async replayOfAgent(command: ReplayDeadLetter): Promise<Result<{ readonly replayed: true }>> {
    const agentId = this.#parts.agents().find((candidate) => command.letterId.startsWith(`${candidate}-`));
    return agentId === undefined ? unknown() : this.#parts.agent(agentId).replayDeadLetter(command);
  }
}

const unknown = (): Result<never> =>
  err({ type: 'resource.not_found', detail: 'There is no such dead letter; it may have been replayed.' });

/** The project's part in debugging by replay: past states to read, and being made as a copy of another project. */
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import type { ProjectId, WorkspaceId } from '../../shared/domain/ids.ts';
import { hashValue } from '../../shared/domain/replay/canonical.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ForkPoint, ForkProject, ProjectReplayRpc, StateHash } from '../../shared/rpc/replay.ts';
import type { FileChange } from '../../shared/rpc/repository.ts';
import type { Outbox, Storage, Timers } from '../platform/index.ts';
import { agentStub, projectStub, repositoryStub } from '../stubs.ts';
import type { Engine } from './engine.ts';
import { enrollAgent } from './enrollment.ts';
import type { ProjectEnvironment } from './environment.ts';
import { planFork, type PlannedFork } from './fork-command.ts';
import { forkPointAt, forkPointOfRun } from './fork-points.ts';
import { Forks } from './forks.ts';
import type { ProjectStore } from './store.ts';

export interface ProjectReplayParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly env: ProjectEnvironment;
  readonly engine: Engine;
  readonly store: ProjectStore;
  /** What is in the log by now is not told to the bus. */
  /** Writes events that are not told on the bus. */
  readonly withholdNews: (write: () => void) => void;
}

export class ProjectReplay {
  readonly #parts: ProjectReplayParts;
  readonly #forks: Forks;

  constructor(parts: ProjectReplayParts) {
    const { env, engine } = parts;
    this.#parts = parts;
    this.#forks = new Forks({
      ...parts,
      project: (projectId) => projectStub(env, this.#workspaceId(), projectId),
      repository: (projectId: ProjectId) => repositoryStub(env, this.#workspaceId(), projectId),
      agent: (agentId) => agentStub(env, this.#workspaceId(), agentId),
      enroll: (agentId) => enrollAgent(env, engine.state, agentId),
    });
  }

  stateHash({ sequence }: Parameters<ProjectReplayRpc['stateHash']>[0]): Result<StateHash> {
    const { events } = this.#parts.engine;
    if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence > events.sequence) {
      const detail = `There is no state ${sequence}; the newest is ${events.sequence}.`;
      return err({ type: 'resource.not_found', detail });
    }
    return ok({ sequence, hash: hashValue(events.stateAt(sequence), hashText) });
  }

  forkPoint({ sequence, run }: Parameters<ProjectReplayRpc['forkPoint']>[0]): Result<ForkPoint> {
    const { events } = this.#parts.engine;
    return run === undefined ? forkPointAt(events, sequence) : forkPointOfRun(events, run);
  }

  plan(command: ForkProject): Promise<Result<PlannedFork>> {
    const { env } = this.#parts;
    return planFork(command, {
      environment: env,
      source: () => projectStub(env, command.workspaceId, command.from),
      agent: (agentId) => agentStub(env, command.workspaceId, agentId),
    });
  }

  /** Makes this project, of which nothing is there yet, the beginning of a copy. Inside a transaction. */
  begin({ job, event, specification }: PlannedFork, files: readonly FileChange[]): void {
    const { engine, store, outbox, now } = this.#parts;
    store.addSpecification(specification.path, specification.content);
    engine.apply(() => [event]);
    this.#forks.begin(job, files);
    const { projectId, name } = event;
    outbox.enqueue({ lane: 'workspace', kind: 'register', payload: { projectId, name, createdAt: now() } });
  }

  #workspaceId(): WorkspaceId {
    const { identity } = this.#parts.engine.state;
    if (identity === undefined) throw new Error('This project was not created yet.');
    return identity.workspaceId;
  }
}

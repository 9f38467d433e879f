/** What a project does outside by itself: setting up, opening branches, merging, measuring. All of it may be repeated. */
import type { GuardedSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import type { AgentId, ProjectId, TaskId } from '../../shared/domain/ids.ts';
import {
  decideMeasurement,
  decideMerge,
  decideRepositoryCreated,
  type MergeOutcome,
} from '../../shared/domain/project/decide.ts';
import { decideFigures } from '../../shared/domain/project/decide-quality.ts';
import { gatesOf } from '../../shared/domain/project/gates.ts';
import { activeSeats } from '../../shared/domain/project/roster.ts';
import type { Effect } from '../../shared/domain/project/effects.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { AppError } from '../../shared/errors/result.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { WorkspaceProjects } from '../../shared/rpc/workspace.ts';
import type { Outbox, Storage, Timers } from '../platform/index.ts';
import type { Engine } from './engine.ts';
import type { BehaviourDesk } from './behaviour.ts';
import { reviewChange } from './change-review.ts';
import { measureMain, type MeasuringParts } from './measure.ts';
import { MeasuringTable } from './figures/run-tables.ts';
import { findReleased } from './released.ts';
import { ScanTable } from './scan-table.ts';
import type { ProjectStore } from './store.ts';

export interface BackgroundParts {
  readonly storage: Storage;
  readonly engine: Engine;
  readonly store: ProjectStore;
  readonly ids: Ids;
  readonly now: () => number;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: GuardedSandbox;
  readonly app: () => string;
  readonly repository: () => RepositoryRpc;
  /** Gives an agent its identity; repeating it changes nothing. */
  readonly enroll: (agentId: AgentId) => Promise<void>;
  readonly workspace: () => WorkspaceProjects;
  readonly behaviour: BehaviourDesk;
  readonly testMutants: MeasuringParts['testMutants'];
}

const platformAuthor = { name: 'AIDevOS', email: 'platform@aidevos.invalid' };

const describe = (error: AppError): string =>
  [error.detail, ...(error.issues ?? []).map(({ field, reason }) => `${field}: ${reason}`)].join(' ');

type OpenBranch = Extract<Effect, { type: 'open_branch' }>;
interface Registration {
  readonly projectId: ProjectId;
  readonly name: string;
  readonly createdAt: number;
}

export class Background {
  readonly #parts: BackgroundParts;
  readonly #scans: ScanTable;

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
    this.#scans = new ScanTable(parts.storage);
  }

  /** SAFETY of the payloads: each kind is enqueued in one place, with the type named here. */
  attach(timers: Timers, outbox: Outbox): void {
    timers.on('set_up', () => this.#setUp());
    timers.on('enroll_team', () => this.#enrollTeam());
    timers.on('measure', () => this.#measure());
    timers.on('tick', () => {
      this.#parts.storage.transaction(() => {
        this.#parts.engine.apply(() => []);
      });
      this.#parts.engine.watchTime();
    });
    outbox.on('open_branch', (payload) => this.#openBranch(payload as OpenBranch));
    outbox.on('merge', (payload, { deliveryId }) => this.#merge((payload as { taskId: TaskId }).taskId, deliveryId));
    outbox.on('register', async (payload, { deliveryId }) => {
      const registered = await this.#parts
        .workspace()
        .registerProject({ commandId: deliveryId, ...(payload as Registration) });
      if (!registered.ok) throw new Error(describe(registered.error));
    });
  }

  async #setUp(): Promise<void> {
    const { engine, store, storage, repository } = this.#parts;
    const { identity, commit, status } = engine.state;
    const specification = store.specification();
    if (identity === undefined || specification === undefined || commit !== undefined) return;
    // Setting up is an effect like any other: it does not begin after the end.
    if (isFinalStatus(status)) return;
    const created = await repository().create({
      commandId: `${identity.projectId}/create`,
      name: identity.name,
      author: platformAuthor,
      files: { [specification.path]: specification.content },
    });
    if (!created.ok) throw new Error(describe(created.error));
    storage.transaction(() => {
      engine.apply((state) => decideRepositoryCreated(state, created.value.oid));
    });
  }

  /** One after the other, so that a new team does not hold up the work that has begun. */
  async #enrollTeam(): Promise<void> {
    for (const { agentId } of activeSeats(this.#parts.engine.state)) await this.#parts.enroll(agentId);
  }

  async #openBranch({ branch, fencingToken }: OpenBranch): Promise<void> {
    const commandId = `open/${branch}/${fencingToken}`;
    const opened = await this.#parts.repository().openBranch({ commandId, branch, from: 'main', fencingToken });
    // A branch that somebody else holds by now is no failure of this delivery: its assignment is stale as well.
    if (!opened.ok && opened.error.type !== 'lease.stale') throw new Error(describe(opened.error));
  }

  async #merge(taskId: TaskId, deliveryId: string): Promise<void> {
    const { engine, repository, storage } = this.#parts;
    const task = engine.state.tasks[taskId];
    if (task?.status !== 'merging' || task.branch === undefined || isFinalStatus(engine.state.status)) return;
    const objections = await this.#review(taskId, task.branch);
    if (objections.length > 0) {
      storage.transaction(() => {
        engine.apply((state) => decideMerge(state, taskId, { type: 'review', comments: objections }));
      });
      return;
    }
    const merged = await repository().merge({
      commandId: deliveryId,
      branch: task.branch,
      into: 'main',
      message: `${task.task.title}\n\nTask: ${task.task.key}`,
      author: platformAuthor,
      ...(task.fencingToken === undefined ? {} : { fencingToken: task.fencingToken }),
    });
    // Whoever holds the branch by now, or ended the project, decides what becomes of it.
    if (!merged.ok && merged.error.type === 'lease.stale') return;
    if (!merged.ok && merged.error.type !== 'git.refused') throw new Error(describe(merged.error));
    const outcome: MergeOutcome = merged.ok
      ? { type: 'merged', commit: merged.value.oid }
      : {
          type: 'conflict',
          comments: [
            merged.error.detail,
            ...(merged.error.issues ?? []).map(({ field, reason }) => `${field}: ${reason}`),
          ],
        };
    storage.transaction(() => {
      engine.apply((state) => decideMerge(state, taskId, outcome));
    });
  }

  /** What the platform itself has against the change; a branch that is gone is the merge’s to tell. */
  async #review(taskId: TaskId, branch: string): Promise<readonly string[]> {
    const { repository, toolchain, storage } = this.#parts;
    const reviewed = await reviewChange(repository(), toolchain, branch);
    if (!reviewed.ok) return [];
    const { commit, report, objections } = reviewed.value;
    storage.transaction(() => this.#scans.put(taskId, commit, this.#parts.now(), report));
    return objections;
  }

  async #measure(): Promise<void> {
    const { engine, ids, storage, toolchain, sandbox, repository, app, behaviour } = this.#parts;
    const wanted = new Set(gatesOf(engine.state).map(({ kind }) => kind));
    const parts = {
      toolchain,
      sandbox,
      repository: repository(),
      runId: ids.create('trn'),
      host: app(),
      released: (commit: string) => findReleased(this.#parts, commit),
      testMutants: this.#parts.testMutants,
      keepLcov: (oid: string, lcov: string) => new MeasuringTable(storage).keepLcov(oid, lcov),
    };
    const { commit, measurements, scan, figures, report } = await measureMain(parts, wanted);
    storage.transaction(() => {
      this.#scans.put('main', commit, this.#parts.now(), scan);
      const criteria = report === undefined ? [] : behaviour.keep(behaviour.checksOfTests(commit, report));
      if (engine.state.commit !== commit) engine.apply(() => [{ type: 'main.moved', commit }]);
      // First, because the gates are computed as soon as the measurements of the validation are complete.
      for (const each of figures) engine.apply((state) => decideFigures(state, each));
      engine.apply((state) => [
        ...measurements.flatMap((measurement) => decideMeasurement(state, measurement)),
        ...criteria,
      ]);
    });
  }
}

/** The project's releases: journaled, so that a call that is repeated or was killed does its work once. */
import type { GuardedSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import {
  checkPromotion,
  checkRelease,
  decideDeployment,
  decideMeasurement,
} from '../../shared/domain/project/decide.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import { tasksOf, type Task } from '../../shared/domain/project/state.ts';
import type { Measurement, ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ProjectBehaviourRpc } from '../../shared/rpc/behaviour.ts';
import type { DeploymentView, ProjectRpc, ReleaseCommand } from '../../shared/rpc/project.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { Slot } from '../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { Journal } from '../platform/index.ts';
import type { AppRegistration } from './app-registration.ts';
import type { Engine } from './engine.ts';
import type { BehaviourDesk, ChecksRun } from './behaviour.ts';
import { playScenarios } from './play-scenarios.ts';
import { deployCommit, findHead, measureHealth } from './release.ts';
import { checkVersion } from './slot-checks.ts';

export interface ReleasesParts {
  readonly journal: Journal;
  readonly engine: Engine;
  readonly repository: () => RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: GuardedSandbox;
  readonly app: () => string;
  readonly behaviour: BehaviourDesk;
  /** Refuses a first deployment for which the workspace has no room. */
  readonly permitApp: () => Promise<Result<undefined>>;
  readonly registration: Pick<AppRegistration, 'announce'>;
  /** Notes what a command id was first used for; refuses another body. */
  readonly claim: (commandId: string, body: unknown) => Result<null>;
}

/** Tries of a step whose other side is just being started again. */
const attempts = 3;

/** Criteria that a verification answers at once. */
const firstPage = 100;

const isReleasing = ({ task: { kind }, status }: Task): boolean =>
  kind === 'deploy' && (status === 'assigned' || status === 'waiting');

type Command<Method extends 'deploy' | 'promote' | 'rollback' | 'runChecks'> = Parameters<ProjectRpc[Method]>[0];

/** Asked right before each effect on a slot. */
type Permit = () => Result<undefined>;

/** What a step answers, and what it leaves in the log. */
interface Release<T> {
  readonly result: Result<T>;
  readonly events: readonly ProjectEvent[];
  /** Checks of acceptance criteria that were run. */
  readonly run?: ChecksRun;
}

const refused = <T>(result: {
  readonly ok: false;
  readonly error: Extract<Result<T>, { ok: false }>['error'];
}): Release<T> => ({
  result,
  events: [],
});

export class Releases {
  readonly #parts: ReleasesParts;
  /** Commands under way in this instance. */
  readonly #running = new Set<string>();

  constructor(parts: ReleasesParts) {
    this.#parts = parts;
  }

  deploy(command: Command<'deploy'>): ReturnType<ProjectRpc['deploy']> {
    const { commandId, slot } = command;
    return this.#step('deploy', command, async (permit): Promise<Release<DeploymentView>> => {
      if (slot === 'production') {
        return refused(
          err({
            type: 'request.invalid',
            detail: 'Production takes only versions that were promoted from another slot.',
          }),
        );
      }
      const permitted = await this.#parts.permitApp();
      if (!permitted.ok) return refused(permitted);
      const { repository, toolchain, sandbox, app } = this.#parts;
      // Named once: should this be repeated when main has moved on, it is still the same deployment.
      const head = await this.#once(`${commandId}/head`, () => findHead({ repository: repository() }));
      if (!head.ok) return refused(head);
      const parts = { repository: repository(), toolchain, sandbox, app: app(), permit };
      const deployed = await deployCommit(parts, slot, head.value);
      if (!deployed.ok) return refused(deployed);
      return this.#deployed(slot, deployed.value.version, 'deployed', [deployed.value.health]);
    });
  }

  promote(command: Command<'promote'>): ReturnType<ProjectRpc['promote']> {
    const { from, to } = command;
    return this.#step('promote', command, async (): Promise<Release<DeploymentView>> => {
      const checked = checkPromotion(this.#parts.engine.state, from, to, Date.now());
      if (!checked.ok) return refused(checked);
      const { sandbox } = this.#parts;
      const app = this.#parts.app();
      const promoted = await sandbox.promote(app, from, to);
      if (!promoted.ok) return refused(promoted);
      const health = await measureHealth({ sandbox, app }, to, promoted.value.version);
      if (health.kind === 'health' && health.status === 200)
        return this.#deployed(to, promoted.value.version, 'promoted', []);
      const { previousVersion } = promoted.value;
      if (previousVersion !== undefined) await sandbox.rollback(app, to, previousVersion);
      return refused(
        err({
          type: 'resource.conflict',
          detail: `The version did not answer in the ${to} slot; the slot was put back to what it held before.`,
        }),
      );
    });
  }

  rollback(command: Command<'rollback'>): ReturnType<ProjectRpc['rollback']> {
    const { commandId, slot } = command;
    return this.#step('rollback', command, async (): Promise<Release<DeploymentView>> => {
      const { sandbox } = this.#parts;
      const app = this.#parts.app();
      // Named once: rolling back what was rolled back already would bring the bad version back.
      const target = await this.#once(`${commandId}/target`, () => sandbox.previousVersion(app, slot));
      if (!target.ok) return refused(target);
      if (target.value === undefined) {
        const detail = `The ${slot} slot has had no version before this one.`;
        return refused(err({ type: 'state.conflict', detail }));
      }
      const rolledBack = await sandbox.rollback(app, slot, target.value);
      return rolledBack.ok ? this.#deployed(slot, rolledBack.value.version, 'rolled_back', []) : refused(rolledBack);
    });
  }

  runChecks(command: Command<'runChecks'>): ReturnType<ProjectRpc['runChecks']> {
    const { slot, checks } = command;
    return this.#step('runChecks', command, async (permit) => {
      const version = this.#parts.engine.state.deployments.find((deployment) => deployment.slot === slot)?.version;
      if (version === undefined) {
        return refused(err({ type: 'resource.conflict', detail: `Nothing is deployed in the ${slot} slot yet.` }));
      }
      const { sandbox, app, behaviour, engine } = this.#parts;
      const checked = await checkVersion(
        { sandbox, app: app(), permit },
        { slot, commit: version, now: Date.now },
        checks,
        behaviour.specified().scenarios,
      );
      if (!checked.ok) return refused(checked);
      const { measurement, run } = checked.value;
      const { commit, passed, failures } = measurement;
      return {
        result: ok({ commit, passed, failures }),
        events: decideMeasurement(engine.state, measurement),
        run,
      };
    });
  }

  async verifyCriteria(
    command: Parameters<ProjectBehaviourRpc['verifyCriteria']>[0],
  ): ReturnType<ProjectBehaviourRpc['verifyCriteria']> {
    const { sandbox, app, behaviour, engine } = this.#parts;
    const { slot } = command;
    const done = await this.#step('verifyCriteria', command, async (permit): Promise<Release<null>> => {
      const { state } = engine;
      if (state.status === 'active' && tasksOf(state).some(isReleasing))
        return refused(err({ type: 'state.conflict', detail: 'A release is under way and checks by itself: wait.' }));
      const commit = state.deployments.find((deployment) => deployment.slot === slot)?.version;
      if (commit === undefined)
        return refused(err({ type: 'resource.conflict', detail: `Nothing is deployed in the ${slot} slot yet.` }));
      const { scenarios } = behaviour.specified();
      const played = await playScenarios({ sandbox, app: app(), permit }, { slot, commit, now: Date.now }, scenarios);
      if (!played.ok) return refused(played);
      const run = { scope: slot, commit, records: played.value, only: 'scenario' } as const;
      return { result: ok(null), events: [], run };
    });
    return done.ok ? behaviour.view({ limit: firstPage }) : done;
  }

  #deployed(
    slot: Slot,
    version: string,
    action: DeploymentView['action'],
    measurements: readonly Measurement[],
  ): Release<DeploymentView> {
    return {
      result: ok({ slot, version, action, at: Date.now() }),
      events: [
        ...decideDeployment(slot, version, action),
        ...measurements.flatMap((measurement) => decideMeasurement(this.#parts.engine.state, measurement)),
      ],
    };
  }

  /** What a release is about, found out once: a repeat of the release works on the same. */
  async #once<T>(key: string, execute: () => Promise<Result<T>>): Promise<Result<T>> {
    const outcome = await this.#parts.journal.run<Result<T>>({
      key: `release/${key}`,
      effectClass: 'pure',
      attempts,
      execute,
    });
    return outcome.status === 'done'
      ? outcome.value
      : err({ type: 'service.unavailable', detail: 'What is to be released could not be found out. Try again.' });
  }

  async #step<T>(
    name: string,
    command: ReleaseCommand,
    execute: (permit: Permit) => Promise<Release<T>>,
  ): Promise<Result<T>> {
    const permit = (): Result<undefined> => checkRelease(this.#parts.engine.state, command.holder);
    const permitted = permit();
    if (!permitted.ok) return permitted;
    const { commandId, whileRunning, ...body } = command;
    const claimed = this.#parts.claim(commandId, { name, ...body });
    if (!claimed.ok) return claimed;
    const isRunning = this.#running.has(commandId);
    if (isRunning && whileRunning === 'refuse') {
      return err({
        type: 'idempotency.running',
        detail: 'The first request with this key still runs. Try again later.',
      });
    }
    this.#running.add(commandId);
    try {
      return await this.#run(commandId, () => execute(permit));
    } finally {
      if (!isRunning) this.#running.delete(commandId);
    }
  }

  async #run<T>(commandId: string, execute: () => Promise<Release<T>>): Promise<Result<T>> {
    const outcome = await this.#parts.journal.run<Release<T>>({
      key: `release/${commandId}`,
      effectClass: 'idempotent',
      attempts,
      execute,
      onSettled: (settled) => {
        if (settled.status !== 'done') return;
        const { events, run } = settled.value;
        const { engine, behaviour, registration } = this.#parts;
        engine.apply(() => (run === undefined ? events : [...events, ...behaviour.keep(run)]));
        registration.announce(events, engine.events.sequence);
      },
    });
    if (outcome.status === 'done') return outcome.value.result;
    return err({
      type: 'service.unavailable',
      detail: outcome.status === 'failed' ? `The release failed: ${outcome.message}` : 'The release is in doubt.',
    });
  }
}

/**
 * How a project becomes a copy of another one. The copy is made in small steps that may each be repeated, of what the
 * original answers to reads; until it is whole, this project's log holds one event. Then everything is written in one
 * transaction, so a copy that was killed anywhere goes on or is not there.
 */
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import type { AgentId, ProjectId } from '../../shared/domain/ids.ts';
import { instructionsOf } from '../../shared/domain/project/evolve-fork.ts';
import { decideForkCompleted } from '../../shared/domain/project/fork.ts';
import { createRekey, type Rekey } from '../../shared/domain/replay/rekey.ts';
import { applyWork } from '../../shared/domain/replay/working-tree.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { AgentReplayRpc, ProjectReplayRpc, RepositoryReplayRpc } from '../../shared/rpc/replay.ts';
import type { FileChange, RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { Outbox, Storage, Timers } from '../platform/index.ts';
import type { Engine } from './engine.ts';
import { expectValue, ForkRefused } from './fork-refusal.ts';
import { readRun, readWork } from './fork-run.ts';
import { ForkStore, type BranchHead, type ForkJob } from './fork-store.ts';

export interface ForkParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly outbox: Outbox;
  readonly engine: Engine;
  readonly now: () => number;
  /** Of a project of this workspace. */
  readonly project: (projectId: ProjectId) => Pick<ProjectRpc, 'events'> & ProjectReplayRpc;
  readonly repository: (projectId: ProjectId) => RepositoryRpc & RepositoryReplayRpc;
  readonly agent: (agentId: AgentId) => AgentRpc & AgentReplayRpc;
  readonly enroll: (agentId: AgentId) => Promise<void>;
  /** What is in the log by now is not told to the bus. */
  /** Writes events that are not told on the bus. */
  readonly withholdNews: (write: () => void) => void;
}

const timerName = 'fork';
const eventsAtOnce = 100;
const changesAtOnce = 100;
const personAuthor = { name: 'A person', email: 'person@aidevos.invalid' };

const chunks = <Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size));

export class Forks {
  readonly store: ForkStore;
  readonly #parts: ForkParts;

  constructor(parts: ForkParts) {
    this.#parts = parts;
    this.store = new ForkStore(parts.storage);
    parts.timers.on(timerName, () => this.#step());
    parts.outbox.on('adopt_run', () => this.#adoptRun());
  }

  /** Begins the copy. Inside a transaction. */
  begin(job: ForkJob, files: readonly FileChange[]): void {
    this.store.save(job);
    this.store.addFiles(files);
    this.#parts.timers.set({ name: timerName, dueAt: this.#parts.now() });
  }

  async #step(): Promise<void> {
    const { engine, storage } = this.#parts;
    const job = this.store.job();
    if (job === undefined || job.phase === 'done' || engine.state.status !== 'active') return;
    try {
      await this.#perform(job);
    } catch (thrown) {
      if (!(thrown instanceof ForkRefused)) throw thrown;
      storage.transaction(() => {
        this.store.save({ ...job, phase: 'done' });
        this.store.clear();
        engine.apply(() => [{ type: 'project.failed', reason: `The copy could not be made: ${thrown.message}` }]);
      });
    }
  }

  async #perform(job: ForkJob): Promise<void> {
    switch (job.phase) {
      case 'events':
        return this.#copyEvents(job);
      case 'heads':
        return this.#goOn({ ...job, phase: 'objects', cursor: 0, branches: await this.#readHeads(job) });
      case 'objects':
        return this.#copyObjects(job);
      case 'branches':
        return this.#importBranches(job);
      case 'files':
        return this.#goOn({ ...job, phase: 'tree', commit: await this.#writeFiles(job) });
      case 'tree':
        await this.#rebuildTree(job);
        return this.#goOn({ ...job, phase: 'finish' });
      case 'finish':
        this.#finish(job);
        return;
      case 'done':
        return;
    }
  }

  /** The next step is a timer of its own, so that interruptions of one do not count for the next. */
  #goOn(job: ForkJob, write: () => void = () => undefined): void {
    const { storage, timers, engine, now } = this.#parts;
    storage.transaction(() => {
      if (engine.state.status !== 'active') return;
      write();
      this.store.save(job);
      timers.set({ name: timerName, dueAt: now() });
    });
  }

  #rekey({ command }: ForkJob): Rekey {
    return createRekey(command.from, command.projectId, hashText);
  }

  async #copyEvents(job: ForkJob): Promise<void> {
    const { command, point, cursor } = job;
    const rekey = this.#rekey(job);
    const limit = Math.min(eventsAtOnce, point.sequence - cursor);
    const page =
      limit === 0 ? [] : expectValue(await this.#parts.project(command.from).events({ after: cursor, limit }));
    const last = page.at(-1)?.sequence ?? cursor;
    const whole = last >= point.sequence;
    if (!whole && page.length === 0) throw new ForkRefused(`Event ${cursor + 1} of the original is no longer kept.`);
    this.#goOn({ ...job, phase: whole ? 'heads' : 'events', cursor: last }, () => {
      for (const { sequence, recordedAt, event } of page)
        this.store.addEvent(sequence, recordedAt, rekey.value<ProjectEvent>(event));
    });
  }

  async #readHeads({ command, point, run }: ForkJob): Promise<readonly BranchHead[]> {
    const source = this.#parts.repository(command.from);
    const at = expectValue(await source.headsAt({ at: point.recordedAt, main: point.commit }));
    const known = new Map(at.map(({ branch, head }) => [branch, head]));
    const heads = new Map([['main', known.get('main') ?? point.commit]]);
    for (const { branch, commit } of point.branches) {
      const head = commit ?? known.get(branch);
      if (head !== undefined) heads.set(branch, head);
    }
    if (run !== undefined && point.held !== undefined && point.held.branch !== 'main') {
      const work = await readWork((agentId) => this.#parts.agent(agentId), point.held, run);
      const { branch } = point.held;
      const started = expectValue(await source.headsAt({ at: run.startedAt, main: point.commit }));
      const head = work.head ?? started.find((entry) => entry.branch === branch)?.head ?? heads.get(branch);
      if (head !== undefined) heads.set(branch, head);
    }
    return [...heads].map(([branch, head]) => ({ branch, head }));
  }

  async #copyObjects(job: ForkJob): Promise<void> {
    const { command, branches, cursor } = job;
    const heads = [...new Set(branches.map(({ head }) => head))];
    const page = expectValue(await this.#parts.repository(command.from).exportObjects({ heads, after: cursor }));
    expectValue(await this.#parts.repository(command.projectId).importObjects({ objects: page.objects }));
    this.#goOn(page.next === undefined ? { ...job, phase: 'branches' } : { ...job, cursor: page.next });
  }

  async #importBranches(job: ForkJob): Promise<void> {
    const { command, point, branches } = job;
    const commandId = `${command.projectId}/import`;
    const name = command.name ?? point.name;
    expectValue(await this.#parts.repository(command.projectId).importBranches({ commandId, name, branches }));
    const commit = branches.find(({ branch }) => branch === 'main')?.head ?? point.commit;
    this.#goOn({ ...job, phase: 'files', commit });
  }

  /** Answers the head of `main` with a person's files on it. */
  async #writeFiles({ command, commit }: ForkJob): Promise<string> {
    const files = this.store.files();
    if (files.length === 0) return commit;
    const repository = this.#parts.repository(command.projectId);
    const to = { branch: 'main', fencingToken: 0 };
    for (const [index, changes] of chunks(files, changesAtOnce).entries())
      expectValue(await repository.write({ commandId: `${command.projectId}/code/${index}`, ...to, changes }));
    const message = 'Change the code in a fork';
    const commandId = `${command.projectId}/code`;
    const written = expectValue(await repository.commit({ commandId, ...to, message, author: personAuthor }));
    return written.oid;
  }

  /** What the run had written and not committed, put into the copy's branch as the run left it. */
  async #rebuildTree({ command, point, run, branches }: ForkJob): Promise<void> {
    const { held } = point;
    if (run === undefined || held === undefined) return;
    const base = branches.find(({ branch }) => branch === held.branch)?.head;
    if (base === undefined) return;
    const repository = this.#parts.repository(command.projectId);
    const read = async (path: string): Promise<string | null> => {
      const file = await repository.readFile({ ref: base, path });
      if (!file.ok && file.error.type === 'resource.not_found') return null;
      return expectValue(file).content;
    };
    const work = await readWork((agentId) => this.#parts.agent(agentId), held, run);
    const changes: FileChange[] = [];
    for (const [path, content] of await applyWork(work.changes, read))
      if (content !== null || (await read(path)) !== null) changes.push({ path, content });
    const to = { branch: held.branch, fencingToken: run.fencingToken };
    for (const [index, part] of chunks(changes, changesAtOnce).entries())
      expectValue(await repository.write({ commandId: `${command.projectId}/tree/${index}`, ...to, changes: part }));
  }

  #finish(job: ForkJob): void {
    const { engine, storage, outbox, now, withholdNews } = this.#parts;
    const { point, run, commit } = job;
    storage.transaction(() => {
      if (engine.state.status !== 'active') return;
      // What happened in another project is no news.
      withholdNews(() => {
        for (const { recordedAt, event } of this.store.events()) engine.events.append([event], recordedAt);
      });
      const resumed = run === undefined ? undefined : this.#rekey(job).id(run.taskId);
      engine.apply((state) => [
        decideForkCompleted(state, { commit, ...(resumed === undefined ? {} : { resumed }) }, now()),
      ]);
      if (point.held !== undefined)
        outbox.enqueue({ lane: `agent/${this.#rekey(job).id(point.held.agentId)}`, kind: 'adopt_run', payload: {} });
      this.store.save({ ...job, phase: 'done' });
      this.store.clear();
    });
  }

  /** Hands the run to the copy's agent, which goes on with it. A task that was taken back meanwhile is left alone. */
  async #adoptRun(): Promise<void> {
    const { engine, agent, enroll, now } = this.#parts;
    const job = this.store.job();
    if (job?.run === undefined || job.point.held === undefined) return;
    const { command, run } = job;
    const rekey = this.#rekey(job);
    const task = engine.state.tasks[rekey.id(run.taskId)];
    const agentId = rekey.id(job.point.held.agentId);
    if (task?.status !== 'assigned' || task.fencingToken !== run.fencingToken || task.agentId !== agentId) return;
    const instructions = instructionsOf(engine.state, job.point.held.task.role);
    const tools = engine.state.identity?.tools ?? [];
    const read = await readRun(() => agent(job.point.held?.agentId ?? agentId), run, rekey, { instructions, tools });
    const from = { projectId: command.from, runId: run.runId, step: run.step };
    const events = [
      ...read.events,
      { recordedAt: now(), event: { type: 'run.forked' as const, runId: read.runId, from } },
    ];
    await enroll(agentId);
    const adopted = await agent(agentId).adoptRun({ ...read, events, commandId: `${command.projectId}/adopt` });
    // An agent that works already was given the task anew: its lease had passed.
    if (!adopted.ok && adopted.error.type !== 'resource.conflict') throw new Error(adopted.error.detail);
  }
}

/**
 * A project's repository. Git's objects, references and the uncommitted changes of each branch live in this object's
 * SQLite; commands run as one transaction each and answer a repeated command id with the first reply.
 */

import type { RepositoryEvent, RepositoryState } from '../../shared/domain/repository/events.ts';
import { err, type Result } from '../../shared/errors/result.ts';
import type { RepositoryReplayRpc } from '../../shared/rpc/replay.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import { EventStore } from '../platform/event-store.ts';
import { ManagedObject } from '../platform/managed-object.ts';
import { repositoryAggregate } from './aggregate.ts';
import {
  commitBranch,
  createRepository,
  fenceOff,
  openBranch,
  writeFiles,
  type CommandContext,
} from './branch-commands.ts';
import type { RepositoryParts } from './branch-view.ts';
import { applyDiffToBranch } from './diff-command.ts';
import { editFile } from './edit-command.ts';
import { importBranches, importObjects } from './copy-commands.ts';
import { exportObjects, headsAt } from './copy-queries.ts';
import { churn } from './churn-query.ts';
import { listFiles, readFile, search, snapshot } from './file-queries.ts';
import { ObjectDatabase } from './git/object-database.ts';
import { serveGit } from './git/smart-http.ts';
import { Trees } from './git/trees.ts';
import { branches, diff, log } from './history-queries.ts';
import { mergeBranch, updateBranch } from './merge-commands.ts';
import { repositoryMigrations } from './migrations.ts';
import { invalid, Refused } from './refusals.ts';
import { RepositoryStore } from './store.ts';
import { readTexts } from './text-query.ts';

type Offered = RepositoryRpc & RepositoryReplayRpc;
type Argument<Method extends keyof Offered> = Parameters<Offered[Method]>[0];
type Answer<Method extends keyof Offered> = ReturnType<Offered[Method]>;

export class RepositoryObject extends ManagedObject implements RepositoryRpc, RepositoryReplayRpc {
  readonly #events: EventStore<RepositoryState, RepositoryEvent>;
  readonly #parts: RepositoryParts;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, { migrations: repositoryMigrations, plainMethods: ['branches'] });
    this.#events = new EventStore(this.storage, repositoryAggregate);
    const store = new RepositoryStore(this.storage);
    const objects = new ObjectDatabase(this.storage, store);
    this.#parts = { store, objects, trees: new Trees(objects) };
  }

  async create(command: Argument<'create'>): Answer<'create'> {
    return this.#command('create', command, (context) => createRepository(context, command));
  }

  async openBranch(command: Argument<'openBranch'>): Answer<'openBranch'> {
    return this.#command('openBranch', command, (context) => openBranch(context, command));
  }

  async fenceOff(command: Argument<'fenceOff'>): Answer<'fenceOff'> {
    return this.#command('fenceOff', command, (context) => fenceOff(context, command));
  }

  async write(command: Argument<'write'>): Answer<'write'> {
    return this.#command('write', command, (context) => writeFiles(context, command));
  }

  async edit(command: Argument<'edit'>): Answer<'edit'> {
    return this.#command('edit', command, (context) => editFile(context, command));
  }

  async applyDiff(command: Argument<'applyDiff'>): Answer<'applyDiff'> {
    return this.#command('applyDiff', command, (context) => applyDiffToBranch(context, command));
  }

  async commit(command: Argument<'commit'>): Answer<'commit'> {
    return this.#command('commit', command, (context) => commitBranch(context, command));
  }

  async merge(command: Argument<'merge'>): Answer<'merge'> {
    return this.#command('merge', command, (context) => mergeBranch(context, command));
  }

  async updateBranch(command: Argument<'updateBranch'>): Answer<'updateBranch'> {
    return this.#command('updateBranch', command, (context) => updateBranch(context, command));
  }

  async readFile(query: Argument<'readFile'>): Answer<'readFile'> {
    return readFile(this.#parts, query);
  }

  async listFiles(query: Argument<'listFiles'>): Answer<'listFiles'> {
    return listFiles(this.#parts, query);
  }

  async search(query: Argument<'search'>): Answer<'search'> {
    return search(this.#parts, query);
  }

  async snapshot(query: Argument<'snapshot'>): Answer<'snapshot'> {
    return snapshot(this.#parts, query);
  }

  async readTexts(query: Argument<'readTexts'>): Answer<'readTexts'> {
    return readTexts(this.#parts, query);
  }

  async churn(query: Argument<'churn'>): Answer<'churn'> {
    return churn(this.#parts, query);
  }

  async log(query: Argument<'log'>): Answer<'log'> {
    return log(this.#parts, query);
  }

  async diff(query: Argument<'diff'>): Answer<'diff'> {
    return diff(this.#parts, query);
  }

  async branches(): Answer<'branches'> {
    return branches(this.#parts);
  }

  async headsAt(query: Argument<'headsAt'>): Answer<'headsAt'> {
    return headsAt(this.#parts, this.#events, query);
  }

  async exportObjects(query: Argument<'exportObjects'>): Answer<'exportObjects'> {
    return exportObjects(this.#parts, query);
  }

  async importObjects(command: Argument<'importObjects'>): Answer<'importObjects'> {
    return this.#refusable(() => importObjects(this.#parts, command));
  }

  async importBranches(command: Argument<'importBranches'>): Answer<'importBranches'> {
    return this.#command('importBranches', command, (context) => importBranches(context, command));
  }

  /** Git's smart HTTP at the root of the URL; an upgrade to a WebSocket follows the repository's events. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') return this.sockets.accept(request);
    const { store, objects } = this.#parts;
    return serveGit(
      { store, objects, transact: (work) => this.transact(work), emit: (event) => this.#emit(event) },
      request,
    );
  }

  /** One transaction, at most once per command id. A refusal undoes it and is not remembered: it may be tried again. */
  #command<Value>(
    name: string,
    command: { readonly commandId: string },
    handle: (context: CommandContext) => Result<Value>,
  ): Result<Value> {
    if (typeof command !== 'object' || command === null || typeof command.commandId !== 'string')
      return invalid([{ field: 'commandId', reason: 'is not a text' }]);
    const nowMs = this.now();
    const context = { ...this.#parts, nowMs, emit: (event: RepositoryEvent) => this.#emit(event) };
    return this.#refusable(() =>
      this.inbox.once(command.commandId, { name, command }, nowMs, () => {
        const result = handle(context);
        if (!result.ok) throw new Refused(result.error);
        return result.value;
      }),
    );
  }

  /** One transaction, which a refusal undoes. */
  #refusable<Value>(work: () => Result<Value>): Result<Value> {
    try {
      return this.storage.transaction<Result<Value>>(() => {
        const result = work();
        if (!result.ok) throw new Refused(result.error);
        return result;
      });
    } catch (thrown) {
      if (thrown instanceof Refused) return err(thrown.failure);
      throw thrown;
    }
  }

  #emit(event: RepositoryEvent): void {
    this.#events.append([event], this.now());
  }
}

/** Data of one group: thin; questions, changes, transfer and databases outside each have a file. */
import { plainText } from '../../../shared/domain/services/plain-text.ts';
import { createRandomIds } from '../../../shared/adapters/crypto/random-ids.ts';
import { composeCursorGone } from '../../../shared/errors/cursor-gone.ts';
import { err, ok, type AppError, type Result } from '../../../shared/errors/result.ts';
import type { DataRecord, DataRpc } from '../../../shared/rpc/services/data.ts';
import type { DataConfiguration } from '../../../shared/schemas/services/declaration.ts';
import type { OperatorVariables } from '../environment.ts';
import { pageLimit } from '../paging.ts';
import { ServiceObject } from '../service-object.ts';
import { Changes } from './changes.ts';
import { checkRecords, type Collection, Collections } from './collections.ts';
import { bringIndexes } from './indexes.ts';
import { dataMigrations } from './migrations.ts';
import { askOutside } from './outside.ts';
import { countRecords, queryRecords } from './questions.ts';
import { DataStore } from './store.ts';
import { exportRecords, importRecords } from './transfer.ts';

const dayMs = 24 * 60 * 60_000;

export class DataObject extends ServiceObject<OperatorVariables, DataConfiguration> implements DataRpc {
  readonly #store: DataStore;
  readonly #changes: Changes;
  /** Schemas made ready, for the configuration they were made from. */
  #ready: { readonly configuration: DataConfiguration; readonly collections: Collections } | undefined;

  constructor(ctx: DurableObjectState, env: OperatorVariables) {
    super(ctx, env, dataMigrations);
    this.#store = new DataStore(this.storage);
    this.#changes = new Changes(this.storage, this.#store, createRandomIds({ now: () => this.now() }));
    this.timers.on('sweep', () => {
      const keptDays = this.configuration()?.changesKeptDays;
      if (keptDays !== undefined) this.#store.sweep(this.now() - keptDays * dayMs);
      this.timers.set({ name: 'sweep', dueAt: this.now() + dayMs });
    });
  }

  async get(query: Parameters<DataRpc['get']>[0]): Promise<Result<DataRecord>> {
    return await this.#in(query.collection, (collection) => {
      const owner = collection.owner(query.owner);
      if (!owner.ok) return owner;
      const record = this.#store.get(collection.name, plainText(query.id));
      const isTheirs = owner.value === null || record?.owner === owner.value;
      return record !== undefined && isTheirs
        ? ok(record)
        : err({ type: 'resource.not_found', detail: 'There is no such record.' });
    });
  }

  async query(query: Parameters<DataRpc['query']>[0]): ReturnType<DataRpc['query']> {
    return await this.#in(query.collection, (collection) => queryRecords(this.storage, collection, query));
  }

  async count(query: Parameters<DataRpc['count']>[0]): Promise<Result<number>> {
    return await this.#in(query.collection, (collection) => countRecords(this.storage, collection, query));
  }

  async change(command: Parameters<DataRpc['change']>[0]): ReturnType<DataRpc['change']> {
    return await this.whenDeclared((configuration) => {
      const { commandId, changes } = command;
      const apply = () => this.#changes.apply(this.#collections(configuration), changes, this.now());
      return this.transact(() => {
        this.#keepSweeping();
        if (commandId === undefined) return apply();
        const kept = this.inbox.once(plainText(commandId), { changes }, this.now(), apply);
        return kept.ok ? kept.value : kept;
      });
    });
  }

  async changes(query: Parameters<DataRpc['changes']>[0]): ReturnType<DataRpc['changes']> {
    return await this.whenDeclared(() => {
      const after = Number.isSafeInteger(query.after) ? Math.max(0, query.after) : 0;
      const oldest = this.#store.oldest();
      if (after + 1 < oldest) return err(composeCursorGone(oldest));
      const entries = this.#store.changes(after, query.collection, pageLimit(query.limit)).map((change) => {
        const record = this.#store.get(change.collection, change.id);
        return { ...change, ...(record === undefined ? {} : { record }) };
      });
      return ok({ entries, latest: this.#store.latest() });
    });
  }

  async export(query: Parameters<DataRpc['export']>[0]): ReturnType<DataRpc['export']> {
    return await this.#in(query.collection, (collection) =>
      ok(exportRecords(this.#store, collection, query.after ?? '')),
    );
  }

  async import(command: Parameters<DataRpc['import']>[0]): ReturnType<DataRpc['import']> {
    return await this.#in(command.collection, (collection) =>
      this.transact(() => {
        this.#keepSweeping();
        return importRecords(this.storage, this.#store, collection, command.lines, this.now());
      }),
    );
  }

  async sql(query: Parameters<DataRpc['sql']>[0]): ReturnType<DataRpc['sql']> {
    return await this.whenDeclared(({ databases }) => askOutside(this.env, this.ctx.id.name ?? '', databases, query));
  }

  protected override reconfigure(next: DataConfiguration, before: DataConfiguration | null): AppError | null {
    return checkRecords(this.#store, next, before) ?? bringIndexes(this.storage, this.#store, next.collections);
  }

  #in<Value>(name: string, work: (collection: Collection) => Result<Value>): Promise<Result<Value>> {
    return this.whenDeclared((configuration) => {
      const collection = this.#collections(configuration).find(name);
      return collection.ok ? work(collection.value) : collection;
    });
  }

  #collections(configuration: DataConfiguration): Collections {
    if (this.#ready?.configuration !== configuration)
      this.#ready = { configuration, collections: new Collections(configuration) };
    return this.#ready.collections;
  }

  #keepSweeping(): void {
    this.timers.ensure({ name: 'sweep', dueAt: this.now() + dayMs });
  }
}

/**
 * What the service objects have in common: they are set up by their group's declaration, answer nothing before that or
 * when it no longer names them, and can be erased as a whole.
 */
import { whyNotCopied, whyNotSetBack } from '../../shared/domain/services/never-copied.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { ServiceObjectRpc } from '../../shared/rpc/services/service-object.ts';
import {
  admitCommand,
  ManagedObject,
  type Migration,
  type OpenTable,
  type OpenTables,
  rowHistoryMigration,
  statement,
} from '../platform/index.ts';

/** The first table of every service object. */
const configurationMigration: Migration = {
  id: 1,
  name: 'configuration',
  up: 'CREATE TABLE configuration (id INTEGER PRIMARY KEY CHECK (id = 1), text TEXT NOT NULL) STRICT',
};

/** Configurations of up to so many characters are shown as the object's state, with what they were. */
const charactersShown = 65_536;

/**
 * What every service object shows of itself: what is declared of it. A column of its own, since a large declaration twice in
 * one row of the history would be more than a row may hold.
 */
const configurationTable: OpenTable = { key: ['id'], columns: ['declared', 'characters'], json: ['declared'] };

const shownOf = (text: string): string | null => (text.length <= charactersShown ? text : null);

/** What is shown of an object with these tables beside its configuration. */
export const serviceTables = (own: OpenTables): OpenTables => ({ configuration: configurationTable, ...own });

/** From this migration on the changes of these tables are written down: see `rowHistoryMigration`. */
export const serviceHistory = (id: number, own: OpenTables): Migration => ({
  id,
  name: 'row history',
  up: `
    ALTER TABLE configuration ADD COLUMN declared TEXT;
    ALTER TABLE configuration ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;
    UPDATE configuration
    SET declared = CASE WHEN length(text) <= ${charactersShown} THEN text END, characters = length(text);
    ${rowHistoryMigration(serviceTables(own))}`,
});

/** An object's own tables, numbered from 2, after the one that all share. */
export const serviceMigrations = (own: readonly Migration[]): readonly Migration[] => [configurationMigration, ...own];

const selectConfiguration = statement<[], { text: string }>`SELECT text FROM configuration WHERE id = 1`;
const saveConfiguration = statement<[text: string, declared: string | null, characters: number]>`
  INSERT INTO configuration (id, text, declared, characters) VALUES (1, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET text = excluded.text, declared = excluded.declared, characters = excluded.characters`;

const notDeclared: AppError = {
  type: 'resource.not_found',
  detail: 'This service is not declared for the app: name it in services.json.',
};

/** Thrown to undo what was begun of a configuration that cannot be. */
class Refused extends Error {
  readonly problem: AppError;

  constructor(problem: AppError) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** How the call ends that erased its object. */
export const erasedReason = 'The object was erased';

/** `Configuration` is plain data that the group's schema has checked. */
export abstract class ServiceObject<Environment, Configuration extends object>
  extends ManagedObject<Environment>
  implements ServiceObjectRpc<Configuration | null>
{
  #configuration: Configuration | null | undefined;

  /** @param open its tables that are shown, beside the configuration */
  constructor(ctx: DurableObjectState, env: Environment, migrations: readonly Migration[], open: OpenTables = {}) {
    super(ctx, env, {
      migrations,
      openTables: serviceTables(open),
      irreversible: whyNotSetBack,
      refuseExport: whyNotCopied,
    });
  }

  async configure(configuration: Configuration | null): Promise<Result<null>> {
    const text = JSON.stringify(configuration);
    if (this.storage.first(selectConfiguration)?.text === text) return ok(null);
    try {
      this.transact(() => {
        const problem = configuration === null ? null : this.reconfigure(configuration, this.configuration());
        if (problem !== null) throw new Refused(problem);
        this.storage.run(saveConfiguration, text, shownOf(text), text.length);
      });
    } catch (thrown) {
      if (thrown instanceof Refused) return err(thrown.problem);
      throw thrown;
    }
    this.#configuration = configuration;
    return ok(null);
  }

  async isSetUp(): Promise<Result<boolean>> {
    return ok(this.configuration() !== null);
  }

  /**
   * Nothing is left, not even the tables. Ends by unloading the object, which the caller sees as a broken call: see
   * `eraseObject`.
   */
  async erase(): Promise<Result<null>> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    await this.stop(erasedReason);
    return ok(null);
  }

  /** Inside the transaction that stores it: brings what is stored in line, or says why that cannot be. */
  protected reconfigure(_next: Configuration, _before: Configuration | null): AppError | null {
    return null;
  }

  /** What the declaration says; null when it does not name the service. */
  protected configuration(): Configuration | null {
    if (this.#configuration === undefined) {
      const text = this.storage.first(selectConfiguration)?.text ?? 'null';
      // SAFETY: written by `configure`.
      this.#configuration = JSON.parse(text) as Configuration | null;
    }
    return this.#configuration;
  }

  /**
   * Runs the work with the configuration, or answers that the service is not declared. Each is a request of an app, which
   * wakes an object that was laid to rest.
   */
  protected whenDeclared<Value>(
    work: (configuration: Configuration) => Result<Value> | Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    const refusal = admitCommand(this);
    if (refusal !== undefined) return Promise.resolve(err(refusal));
    const configuration = this.configuration();
    return configuration === null ? Promise.resolve(err(notDeclared)) : Promise.resolve(work(configuration));
  }
}

/** Erases an object and waits until that is done. */
export const eraseObject = async (object: Pick<ServiceObjectRpc<unknown>, 'erase'>): Promise<void> => {
  try {
    await object.erase();
  } catch (cause) {
    // The object goes with everything it held, and its call with it.
    if (!String(cause).includes(erasedReason)) throw cause;
  }
};

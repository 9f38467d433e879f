/**
 * A group of services: what is declared, and the one who sets its objects up and erases them. It notes which objects
 * there will be before it touches them, so that a kill in between leaves none that nobody knows of.
 */
import { checkDeclaration } from '../../../shared/domain/services/check-declaration.ts';
import { whyNotCopied, whyNotSetBack } from '../../../shared/domain/services/never-copied.ts';
import { err, ok, type AppError, type Result } from '../../../shared/errors/result.ts';
import type { GroupStatus } from '../../../shared/rpc/services/service-groups.ts';
import { serviceKinds, type ServiceKind } from '../../../shared/rpc/services/service-object.ts';
import type { ServicesDeclaration } from '../../../shared/schemas/services/declaration.ts';
import { ManagedObject } from '../../platform/index.ts';
import type { ServiceNamespaces } from '../environment.ts';
import { eraseObject, erasedReason } from '../service-object.ts';
import { groupMigrations, groupTables } from './migrations.ts';
import { GroupStore, type StoredDeclaration } from './store.ts';

const nothing: StoredDeclaration = {
  declaration: {},
  allowedOrigins: [],
  knownKinds: [],
  revision: 0,
  configuredAt: 0,
};

const declaredKinds = (declaration: ServicesDeclaration): readonly ServiceKind[] =>
  serviceKinds.filter((kind) => declaration[kind] !== undefined);

const isSame = (one: StoredDeclaration, other: Pick<StoredDeclaration, 'declaration' | 'allowedOrigins'>): boolean =>
  JSON.stringify([one.declaration, one.allowedOrigins]) === JSON.stringify([other.declaration, other.allowedOrigins]);

const objectsOf = (environment: ServiceNamespaces, kind: ServiceKind) => {
  const namespaces = {
    auth: environment.AUTH,
    user: environment.USER,
    data: environment.DATA,
    api: environment.API,
    ui: environment.UI,
    analytics: environment.ANALYTICS,
    connector: environment.CONNECTOR,
  };
  return namespaces[kind];
};

export class ServiceGroupObject extends ManagedObject<ServiceNamespaces> {
  readonly #store: GroupStore;
  /** Changes come one after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: ServiceNamespaces) {
    super(ctx, env, {
      migrations: groupMigrations,
      openTables: groupTables,
      irreversible: whyNotSetBack,
      refuseExport: whyNotCopied,
    });
    this.#store = new GroupStore(this.storage);
  }

  /** As `ServiceGroupsRpc.configureServices`. */
  async configure(declaration: unknown, allowedOrigins: readonly string[]): Promise<Result<GroupStatus>> {
    const checked = checkDeclaration(declaration);
    if (!checked.ok) return checked;
    return await this.#inTurn(() => this.#bringTo({ declaration: checked.value, allowedOrigins }));
  }

  async status(): Promise<Result<GroupStatus>> {
    const stored = this.#store.load();
    return stored === undefined || stored.revision === 0
      ? err({ type: 'resource.not_found', detail: 'No services are declared under this name.' })
      : ok({ ...this.#view(stored), lost: await this.#findLost(stored) });
  }

  /** The declaration as it was taken, with its defaults; null while there is none. */
  async declaration(): Promise<Result<ServicesDeclaration | null>> {
    const stored = this.#store.load();
    return ok(stored === undefined || stored.revision === 0 ? null : stored.declaration);
  }

  /** Empties the services and sets them up again as they are declared. */
  async empty(): Promise<Result<null>> {
    return await this.#inTurn(async () => {
      const stored = this.#store.load() ?? nothing;
      await this.#eraseAll(stored.knownKinds);
      const refusal = await this.#apply(stored, stored.knownKinds);
      return refusal === undefined ? ok(null) : err(refusal);
    });
  }

  /** Erases the services and this object; its call ends as `eraseObject` says. */
  async erase(): Promise<Result<null>> {
    return await this.#inTurn(async () => {
      await this.#eraseAll(this.#store.load()?.knownKinds ?? []);
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
      await this.stop(erasedReason);
      return ok(null);
    });
  }

  async #bringTo(next: Pick<StoredDeclaration, 'declaration' | 'allowedOrigins'>): Promise<Result<GroupStatus>> {
    const before = this.#store.load() ?? nothing;
    if (before.revision > 0 && isSame(before, next) && (await this.#findLost(before)).length === 0) {
      return ok(this.#view(before));
    }
    const declared = declaredKinds(next.declaration);
    const knownKinds = serviceKinds.filter((kind) => before.knownKinds.includes(kind) || declared.includes(kind));
    this.#store.save({ ...before, knownKinds });
    const refusal = await this.#apply(next, knownKinds);
    if (refusal !== undefined) {
      await this.#apply(before, knownKinds);
      return err(refusal);
    }
    const stored = { ...next, knownKinds, revision: before.revision + 1, configuredAt: this.now() };
    this.#store.save(stored);
    return ok(this.#view(stored));
  }

  /** Declared services whose objects know nothing of it. */
  async #findLost({ declaration }: StoredDeclaration): Promise<readonly ServiceKind[]> {
    const asked = declaredKinds(declaration).map(async (kind): Promise<readonly ServiceKind[]> => {
      const isSetUp = await objectsOf(this.env, kind).getByName(this.#name()).isSetUp();
      return isSetUp.ok && !isSetUp.value ? [kind] : [];
    });
    return (await Promise.all(asked)).flat();
  }

  /** Why one of the objects refuses what is declared of it, or undefined. */
  async #apply(
    { declaration, allowedOrigins }: Pick<StoredDeclaration, 'declaration' | 'allowedOrigins'>,
    kinds: readonly ServiceKind[],
  ): Promise<AppError | undefined> {
    for (const kind of kinds) {
      const configuration = declaration[kind];
      const whole = configuration === undefined ? null : { ...configuration, allowedOrigins };
      const result = await objectsOf(this.env, kind).getByName(this.#name()).configure(whole);
      if (!result.ok) return result.error;
    }
    return undefined;
  }

  async #eraseAll(kinds: readonly ServiceKind[]): Promise<void> {
    for (const kind of kinds) await eraseObject(objectsOf(this.env, kind).getByName(this.#name()));
  }

  async #inTurn<Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  #name(): string {
    const { name } = this.ctx.id;
    if (name === undefined) throw new Error('A group is addressed by its name.');
    return name;
  }

  #view({ declaration, revision, configuredAt }: StoredDeclaration): GroupStatus {
    return { group: this.#name(), services: declaredKinds(declaration), revision, configuredAt, lost: [] };
  }
}

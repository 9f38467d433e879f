/** The services of a deployed app: one group for each slot, set up as the slot's version declares. */
import { eraseObject } from '../../../durable-objects/services/service-object.ts';
import { checkDeclaration } from '../../../shared/domain/services/check-declaration.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { Slot } from '../../../shared/rpc/sandbox.ts';
import { serviceKinds, type ServiceKind } from '../../../shared/rpc/services/service-object.ts';
import type { GroupObject, SandboxEnvironment } from '../environment.ts';
import { bindingOf } from './capability.ts';

/** Makes a capability for a group; the Worker's own exports do. */
type MakeCapability = (options: { readonly props: { readonly group: string } }) => Fetcher;

const groupOf = (app: string, slot: Slot): string => `${app}/${slot}`;

/** What a version declares, as it is stored with it, or why it cannot be declared. */
export const storedServices = (services: unknown): Result<string | null> => {
  if (services === undefined || services === null) return ok(null);
  const checked = checkDeclaration(services);
  if (checked.ok) return ok(JSON.stringify(checked.value));
  const issues = checked.error.issues?.map(({ field, reason }) => ({ field: `services.${field}`, reason }));
  return err({ ...checked.error, ...(issues === undefined ? {} : { issues }) });
};

/** Of what `storedServices` stored. */
export const declaredKinds = (services: string | null): readonly ServiceKind[] => {
  if (services === null) return [];
  // SAFETY: written by `storedServices`.
  const declared = JSON.parse(services) as Readonly<Record<string, unknown>>;
  return serviceKinds.filter((kind) => declared[kind] !== undefined);
};

export class AppServices {
  readonly #environment: SandboxEnvironment;
  readonly #app: string;
  readonly #exports: Readonly<Record<string, unknown>>;

  /** @param workerExports what the Worker exports (`ctx.exports`): the capabilities are among it. */
  constructor(environment: SandboxEnvironment, app: string, workerExports: object) {
    this.#environment = environment;
    this.#app = app;
    this.#exports = { ...workerExports };
  }

  /** Brings the slot's group to what a version declares. A slot that never had services gets no group. */
  async bringTo(slot: Slot, services: string | null, before: string | null): Promise<Result<null>> {
    if (services === null && before === null) return ok(null);
    const declaration: unknown = JSON.parse(services ?? '{}');
    const configured = await this.#group(slot).configure(declaration, []);
    return configured.ok ? ok(null) : configured;
  }

  /** Empties the services of the slot. */
  async empty(slot: Slot, services: string | null): Promise<void> {
    if (services !== null) await this.#group(slot).empty();
  }

  /** What the code of the slot holds, by the names `AUTH`, `DATA`, and so on. */
  capabilities(slot: Slot, services: string | null): Readonly<Record<string, Fetcher>> {
    const group = groupOf(this.#app, slot);
    return Object.fromEntries(
      declaredKinds(services).map((kind) => [bindingOf(kind), this.#make(kind)({ props: { group } })]),
    );
  }

  /** Tells apart isolates with other capabilities; empty for none, so that such an isolate serves every slot. */
  isolateSuffix(slot: Slot, services: string | null): string {
    const kinds = declaredKinds(services);
    return kinds.length === 0 ? '' : `:${slot}:${kinds.join('+')}`;
  }

  #make(kind: ServiceKind): MakeCapability {
    const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Capability`;
    const made = this.#exports[name];
    if (typeof made !== 'function') throw new Error(`The Worker does not export ${name}`);
    // SAFETY: an exported entrypoint is called with its properties.
    return made as MakeCapability;
  }

  #group(slot: Slot): GroupObject {
    return this.#environment.SERVICE_GROUP.getByName(groupOf(this.#app, slot));
  }
}

/** Erases a group with everything its services hold. */
export const eraseGroup = async (environment: SandboxEnvironment, group: string): Promise<void> => {
  await eraseObject(environment.SERVICE_GROUP.getByName(group));
};

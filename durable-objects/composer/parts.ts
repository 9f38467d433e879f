/**
 * What the Composer does to the platform around it. Every effect may happen twice: it says what is to be, not what is to
 * change. What cannot be reached at the moment is answered as such, never thrown.
 */
import { workspaceOwner } from '../../shared/domain/service-registry/decide.ts';
import type { Member, Manifest } from '../../shared/domain/composer/manifest.ts';
import { refuseManifest } from '../../shared/domain/composer/manifest-text.ts';
import {
  declarationOf,
  originsOf,
  ownedMembers,
  placeOf,
  type Manifests,
} from '../../shared/domain/composer/placement.ts';
import {
  compositionInstance,
  compositionOwner,
  endpointOf,
  metadataOf,
} from '../../shared/domain/composer/publication.ts';
import { placedAfter, type Move } from '../../shared/domain/composer/saga.ts';
import type { Composition } from '../../shared/domain/composer/state.ts';
import { parseId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import { err, ok, type Issue, type Result } from '../../shared/errors/result.ts';
import type { MemberState } from '../../shared/protocol/composition-events.ts';
import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { ServiceGroupsRpc } from '../../shared/rpc/services/service-groups.ts';
import type { ServiceKind } from '../../shared/rpc/services/service-object.ts';
import {
  appName,
  compositionGroup,
  serviceRegistryStub,
  type ObjectBindings,
  type ServiceRegistryStub,
} from '../stubs.ts';

export interface ComposerEnvironment extends Pick<ObjectBindings, 'SERVICE_REGISTRY' | 'TOPIC'> {
  readonly SANDBOX: Pick<SandboxRpc, 'status'> &
    Pick<ServiceGroupsRpc, 'configureServices' | 'servicesStatus' | 'removeServices'>;
}

/** What a look at a composition's members found. */
export interface Seen {
  readonly members: Readonly<Record<string, MemberState>>;
  readonly lost: readonly string[];
  readonly isPublished: boolean;
}

const healthy: MemberState = { health: 'healthy' };

/** A call to another part of the platform; what it throws, such as a broken connection, can be tried again. */
const reach = async <Value>(part: string, call: () => Promise<Result<Value>>): Promise<Result<Value>> => {
  try {
    return await call();
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown.message : 'no reason given';
    return err({ type: 'service.unavailable', detail: `The ${part} did not answer: ${cause}`.slice(0, 300) });
  }
};

export class PlatformParts {
  readonly #environment: ComposerEnvironment;
  readonly #workspaceId: () => WorkspaceId;

  constructor(environment: ComposerEnvironment, workspaceId: () => WorkspaceId) {
    this.#environment = environment;
    this.#workspaceId = workspaceId;
  }

  /** Does, or undoes, one step. @param commandId the same for repeats of this move. */
  async perform(
    composition: Composition,
    manifests: Manifests,
    move: Extract<Move, { type: 'do' | 'undo' }>,
    commandId: string,
  ): Promise<Result<null>> {
    const { step } = move;
    switch (step.type) {
      case 'place':
        return await this.#place(composition, manifests, move);
      case 'find': {
        const member = manifests[step.revision]?.members.find(({ name }) => name === step.member);
        const issues = member === undefined ? [] : await this.#findMember(member);
        return issues.length === 0 ? ok(null) : refuseManifest(issues);
      }
      case 'publish': {
        const revision = move.type === 'do' ? step.revision : step.before;
        const manifest = manifests[revision];
        return manifest === undefined
          ? await this.#withdraw(composition.name, commandId)
          : await this.#publish(manifest, revision, commandId);
      }
      case 'withdraw':
        return await this.#withdraw(composition.name, commandId);
      case 'erase':
        return await this.#erase(composition.name);
      case 'drain':
        return ok(null);
    }
  }

  /** What of the manifest cannot be found: registered services in their versions, deployed apps, a free name. */
  async findAll(manifest: Manifest): Promise<Result<null>> {
    const found = await Promise.all([
      ...manifest.members.map((member) => this.#findMember(member)),
      this.#checkName(manifest.name),
    ]);
    const issues = found.flat();
    return issues.length === 0 ? ok(null) : refuseManifest(issues);
  }

  async look(manifest: Manifest, revision: number): Promise<Seen> {
    const services = await this.#servicesOf(manifest.name);
    const entries = await Promise.all(
      manifest.members.map(async (member) => [member.name, await this.#lookAt(member, services)] as const),
    );
    const states = new Map(entries);
    return {
      members: Object.fromEntries(entries),
      lost: ownedMembers(manifest).flatMap(({ name }) => (states.get(name)?.health === 'lost' ? [name] : [])),
      isPublished: await this.#isPublished(manifest.name, revision),
    };
  }

  #group(name: string): string {
    return compositionGroup(this.#workspaceId(), name);
  }

  #registry(name: string): ServiceRegistryStub {
    return serviceRegistryStub(this.#environment, this.#workspaceId(), shardOf(name));
  }

  async #place(
    composition: Composition,
    manifests: Manifests,
    move: Extract<Move, { type: 'do' | 'undo' }>,
  ): Promise<Result<null>> {
    const placed = placedAfter(composition, move) ?? {};
    if (Object.keys(placed).length === 0) return await this.#erase(composition.name);
    const configured = await reach('services', () =>
      this.#environment.SANDBOX.configureServices({
        group: this.#group(composition.name),
        declaration: declarationOf(placed, manifests),
        allowedOrigins: composition.mayAllowOrigins ? originsOf(placed, manifests) : [],
      }),
    );
    return configured.ok ? ok(null) : configured;
  }

  async #erase(name: string): Promise<Result<null>> {
    return await reach('services', () => this.#environment.SANDBOX.removeServices({ group: this.#group(name) }));
  }

  /** One change of one row, which every reader sees whole. */
  async #publish(manifest: Manifest, revision: number, commandId: string): Promise<Result<null>> {
    const { name } = manifest;
    const address = { name, instance: compositionInstance };
    const metadata = metadataOf(manifest, revision);
    const endpoints = [endpointOf(manifest, this.#group(name))];
    const owner = compositionOwner(name);
    const authority = { kind: 'owner', owner } as const;
    const updated = await reach('registry', () =>
      this.#registry(name).updateService({
        commandId: `${commandId}/update`,
        ...address,
        authority,
        metadata,
        endpoints,
      }),
    );
    if (updated.ok || updated.error.type !== 'resource.not_found') return updated.ok ? ok(null) : updated;
    const registered = await reach('registry', () =>
      this.#registry(name).registerService({
        commandId: `${commandId}/register`,
        ...address,
        kind: 'composition',
        owner,
        metadata,
        endpoints,
      }),
    );
    return registered.ok ? ok(null) : registered;
  }

  async #withdraw(name: string, commandId: string): Promise<Result<null>> {
    const authority = { kind: 'owner', owner: compositionOwner(name) } as const;
    const gone = await reach('registry', () =>
      this.#registry(name).deregisterService({ commandId, name, instance: compositionInstance, authority }),
    );
    // Somebody else's service of this name is not ours to take out, and was never ours.
    const isNotThere = !gone.ok && (gone.error.type === 'resource.not_found' || gone.error.type === 'auth.forbidden');
    return gone.ok || isNotThere ? ok(null) : gone;
  }

  async #checkName(name: string): Promise<readonly Issue[]> {
    const known = await reach('registry', () => this.#registry(name).listServices({ name }));
    const other = known.ok ? known.value.find(({ owner }) => owner !== compositionOwner(name)) : undefined;
    if (other === undefined) return [];
    const whose = other.owner === workspaceOwner ? 'a service that somebody registered' : other.owner;
    return [{ field: 'name', reason: `"${name}" is the name of ${whose} already; take another one` }];
  }

  async #findMember(member: Member): Promise<readonly Issue[]> {
    if (member.kind === 'app') {
      const state = await this.#lookAtApp(member.projectId, member.slot);
      return state.health === 'healthy' ? [] : [{ field: `members.${member.name}.app`, reason: state.detail ?? '' }];
    }
    if (member.kind !== 'registered') return [];
    const { name, service, version } = member;
    const found = await reach('registry', () => this.#registry(service).discoverService({ name: service, version }));
    if (!found.ok) return [{ field: `members.${name}.registered`, reason: found.error.detail }];
    if (found.value.length > 0) return [];
    const known = await reach('registry', () => this.#registry(service).listServices({ name: service }));
    const versions = known.ok ? [...new Set(known.value.map(({ metadata }) => metadata.version))] : [];
    return versions.length === 0
      ? [{ field: `members.${name}.registered`, reason: `there is no service "${service}" in the registry` }]
      : [
          {
            field: `members.${name}.version`,
            reason: `nobody offers ${service} in version "${version}"; offered: ${versions.join(', ')}`,
          },
        ];
  }

  /** Kinds of services that the group has; undefined when that could not be found out. */
  async #servicesOf(name: string): Promise<readonly ServiceKind[] | undefined> {
    const status = await reach('services', () =>
      this.#environment.SANDBOX.servicesStatus({ group: this.#group(name) }),
    );
    if (status.ok) return status.value.services.filter((kind) => !status.value.lost.includes(kind));
    return status.error.type === 'resource.not_found' ? [] : undefined;
  }

  async #lookAt(member: Member, services: readonly ServiceKind[] | undefined): Promise<MemberState> {
    switch (member.kind) {
      case 'service':
      case 'external': {
        if (services === undefined) return { health: 'failing', detail: 'The services did not answer.' };
        const kind = member.kind === 'external' ? 'connector' : member.service;
        return services.includes(kind) ? healthy : { health: 'lost', detail: `Its ${placeOf(member)} is not set up.` };
      }
      case 'app':
        return await this.#lookAtApp(member.projectId, member.slot);
      case 'registered': {
        const [issue] = await this.#findMember(member);
        return issue === undefined ? healthy : { health: 'failing', detail: issue.reason };
      }
    }
  }

  async #lookAtApp(id: string, slot: string): Promise<MemberState> {
    const projectId = parseId('prj', id);
    if (projectId === undefined) return { health: 'failing', detail: `"${id}" is no project.` };
    const status = await reach('sandbox', async () =>
      ok(await this.#environment.SANDBOX.status(appName(this.#workspaceId(), projectId))),
    );
    if (!status.ok) return { health: 'failing', detail: status.error.detail };
    return status.value.some((entry) => entry.slot === slot)
      ? healthy
      : { health: 'failing', detail: `nothing is deployed in the ${slot} slot of ${id}` };
  }

  /** Taken for published when the registry does not answer: then there is nothing that could be healed. */
  async #isPublished(name: string, revision: number): Promise<boolean> {
    const known = await reach('registry', () => this.#registry(name).listServices({ name }));
    if (!known.ok) return true;
    return known.value.some(
      ({ instance, metadata }) =>
        instance === compositionInstance && metadata.attributes['revision'] === String(revision),
    );
  }
}

/**
 * Makes a project's deployed app known as a service: one instance for each slot, of which production alone gets requests
 * that do not name one. Through the outbox, in the transaction that records the deployment. When a project was cancelled or
 * has failed, preview and staging are taken out, in the lane of the slot, so that no earlier deployment comes after it.
 */
import type { ProjectIdentity } from '../../shared/domain/project/state.ts';
import { appServiceName, composeAppService } from '../../shared/domain/service-registry/app-service.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { Outbox } from '../platform/index.ts';
import { serviceRegistryStub, type ObjectBindings } from '../stubs.ts';

type Deployment = Pick<Extract<ProjectEvent, { type: 'deployment.recorded' }>, 'slot' | 'version'>;

interface Announced extends Deployment {
  /** Position of the deployment in the project's log: later ones are newer. */
  readonly sequence: number;
}

export interface AppRegistrationParts {
  readonly outbox: Outbox;
  readonly env: Pick<ObjectBindings, 'SERVICE_REGISTRY'>;
  readonly identity: () => ProjectIdentity;
}

const kind = 'register_app';

export class AppRegistration {
  readonly #parts: AppRegistrationParts;

  constructor(parts: AppRegistrationParts) {
    this.#parts = parts;
    parts.outbox.on(kind, async (payload, { deliveryId }) => {
      // SAFETY: only `announce` below enqueues this kind.
      await this.#register(payload as Announced, deliveryId);
    });
    parts.outbox.on('withdraw_app', async (payload, { deliveryId }) => {
      // SAFETY: entries of this kind are enqueued only by the engine, with the effect as payload.
      await this.#withdraw((payload as Pick<Deployment, 'slot'>).slot, deliveryId);
    });
  }

  /** Inside the transaction that wrote these events. @param sequence of the last of them. */
  announce(events: readonly ProjectEvent[], sequence: number): void {
    for (const event of events) {
      if (event.type !== 'deployment.recorded') continue;
      const payload: Announced = { slot: event.slot, version: event.version, sequence };
      this.#parts.outbox.enqueue({ lane: `service/${event.slot}`, kind, payload });
    }
  }

  async #withdraw(slot: Deployment['slot'], deliveryId: string): Promise<void> {
    const { workspaceId, projectId } = this.#parts.identity();
    const name = appServiceName(projectId);
    const registry = serviceRegistryStub(this.#parts.env, workspaceId, shardOf(name));
    const authority = { kind: 'owner', owner: `project:${projectId}` } as const;
    const gone = await registry.deregisterService({ commandId: deliveryId, name, instance: slot, authority });
    if (!gone.ok && gone.error.type !== 'resource.not_found') throw new Error(gone.error.detail);
  }

  async #register(announced: Announced, deliveryId: string): Promise<void> {
    const identity = this.#parts.identity();
    const service = composeAppService({ ...identity, ...announced });
    const registry = serviceRegistryStub(this.#parts.env, identity.workspaceId, shardOf(service.name));
    const registered = await registry.registerService({ commandId: deliveryId, ...service });
    if (registered.ok) return;
    if (registered.error.type !== 'resource.conflict') throw new Error(registered.error.detail);
    const { name, instance, owner, endpoints } = service;
    // The weight stays as the workspace has set it meanwhile.
    const { weight: _weight, ...metadata } = service.metadata;
    const updated = await registry.updateService({
      commandId: `${deliveryId}/update`,
      name,
      instance,
      authority: { kind: 'owner', owner },
      metadata,
      endpoints,
    });
    if (!updated.ok) throw new Error(`${registered.error.detail} ${updated.error.detail}`);
  }
}

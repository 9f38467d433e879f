/** What happens in a service registry, as its log, its sockets and the bus carry it. */
import {
  addressText,
  type ServiceAddress,
  type ServiceEndpoint,
  type ServiceHealth,
  type ServiceKind,
  type ServiceMetadata,
} from '../domain/service-registry/service.ts';
import type { UpgradeFigures } from '../domain/service-registry/upgrade/advise.ts';
import type { UpgradeEnd, UpgradePlan } from '../domain/service-registry/upgrade/upgrade.ts';

export type InstanceEvent =
  | (ServiceAddress & {
      readonly type: 'service.registered';
      readonly kind: ServiceKind;
      readonly owner: string;
      readonly metadata: ServiceMetadata;
      readonly endpoints: readonly ServiceEndpoint[];
      readonly leaseSeconds?: number;
    })
  | (ServiceAddress & {
      readonly type: 'service.updated';
      readonly metadata: ServiceMetadata;
      readonly endpoints: readonly ServiceEndpoint[];
    })
  | (ServiceAddress & { readonly type: 'service.health_changed'; readonly health: ServiceHealth })
  | (ServiceAddress & {
      readonly type: 'service.deregistered';
      /** `lease_expired`: no heartbeat came in time. `replaced`: registered again after its lease had ended. */
      readonly reason: 'asked' | 'lease_expired' | 'replaced';
    });

interface OfUpgrade {
  readonly name: string;
  /** The command that began the upgrade. */
  readonly id: string;
}

/** What happens in a rolling upgrade; the weights that follow from a step are in no event of their own. */
export type UpgradeEvent =
  | (OfUpgrade &
      UpgradePlan & {
        readonly type: 'service.upgrade_started';
        readonly from: readonly string[];
        /** What all weights are together. */
        readonly total: number;
        readonly by: string;
      })
  | (OfUpgrade & {
      readonly type: 'service.upgrade_stepped';
      /** Index of the step that begins. */
      readonly step: number;
      readonly percent: number;
      /** Of the step that is over. */
      readonly figures: UpgradeFigures;
    })
  | (OfUpgrade & { readonly type: 'service.upgrade_paused' | 'service.upgrade_resumed'; readonly by: string })
  | (OfUpgrade & {
      readonly type: 'service.upgrade_ended';
      readonly status: 'completed' | 'stopped' | 'aborted';
      readonly end: UpgradeEnd;
      readonly figures: UpgradeFigures;
      /** Who asked; absent when it ended by itself. */
      readonly by?: string;
    });

export type ServiceEvent = InstanceEvent | UpgradeEvent;

/** What an event is about: an instance, or a service as a whole. */
export const subjectOf = (event: ServiceEvent): string => ('instance' in event ? addressText(event) : event.name);

export const serviceEventTypes: Readonly<Record<ServiceEvent['type'], true>> = {
  'service.registered': true,
  'service.updated': true,
  'service.health_changed': true,
  'service.deregistered': true,
  'service.upgrade_started': true,
  'service.upgrade_stepped': true,
  'service.upgrade_paused': true,
  'service.upgrade_resumed': true,
  'service.upgrade_ended': true,
};

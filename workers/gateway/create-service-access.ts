/** Finding services and sending them requests, from the Worker's bindings; both keep what this isolate knows in memory. */
import { serviceRegistryStub, topicCatalogStub } from '../../durable-objects/stubs.ts';
import { createObjectDirectory } from '../../shared/adapters/directory/objects/index.ts';
import { ObjectFinder } from '../../shared/adapters/services/object-finder.ts';
import { ComposedRouter } from '../../shared/adapters/services/composed-router.ts';
import { SnapshotLookup } from '../../shared/adapters/services/service-lookup.ts';
import { ServiceRouter } from '../../shared/adapters/services/service-router.ts';
import { UpgradeMeter } from '../../shared/adapters/services/upgrade-meter.ts';
import { createServiceSnapshots } from '../../shared/adapters/services/service-snapshots.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { GatewayBindings } from './create-services.ts';
import type { LogWriter } from './log.ts';
import { pause } from './model-calls/pause.ts';
import { createDelivery } from './service-delivery.ts';
import type { Services } from './services.ts';

export interface ServiceAccessParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: LogWriter;
  /** Where services outside may be. */
  readonly origins: readonly string[];
}

/** The lookup and the router of a Worker. */
export const createServiceAccess = (
  bindings: Pick<GatewayBindings, 'DIRECTORY' | 'SERVICE_REGISTRY' | 'TOPIC_CATALOG' | 'SANDBOX_HTTP'>,
  { clock, ids, log, origins }: ServiceAccessParts,
): Pick<Services, 'serviceLookup' | 'serviceFinder' | 'serviceRouter'> => {
  const now = (): number => clock.now();
  const report = (message: string, error: unknown): void => log({ level: 'warn', message, error });
  const serviceLookup = new SnapshotLookup({
    snapshots: createServiceSnapshots(bindings.DIRECTORY),
    registry: (workspaceId, shard) => serviceRegistryStub(bindings, workspaceId, shard),
    now,
    report,
  });
  const objects = createObjectDirectory(bindings.DIRECTORY, (workspaceId) => topicCatalogStub(bindings, workspaceId));
  const serviceFinder = new ObjectFinder({ lookup: serviceLookup, objects, now, report });
  const deliver = createDelivery({
    origins,
    sandboxHttp: bindings.SANDBOX_HTTP,
    objects: {},
    fetch: (request) => fetch(request),
  });
  const meter = new UpgradeMeter({
    tell: (workspaceId, told) => serviceRegistryStub(bindings, workspaceId, shardOf(told.name)).reportUpgrade(told),
    now,
    newName: () => ids.create('req'),
    pause,
    report,
  });
  const router = new ServiceRouter({ lookup: serviceLookup, deliver, meter, now, report });
  return { serviceLookup, serviceFinder, serviceRouter: new ComposedRouter({ router, lookup: serviceLookup, now }) };
};

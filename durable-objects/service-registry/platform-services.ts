/** What the platform itself offers in every workspace, as its registry holds it. */
import {
  kindInstance,
  platformKinds,
  platformMetadata,
  platformServiceName,
} from '../../shared/domain/service-registry/platform-kinds.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { PlatformService } from '../../shared/domain/service-registry/platform.ts';

/** The platform's services that live in a shard. */
export const platformServicesOf = (shard: number): readonly PlatformService[] =>
  platformKinds
    .map((kind) => ({
      name: platformServiceName(kind),
      instance: kindInstance,
      metadata: platformMetadata(kind),
      endpoints: [{ kind: 'object' as const, objectKind: kind, objectId: '*' }],
    }))
    .filter(({ name }) => shardOf(name) === shard);

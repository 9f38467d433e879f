/** From the caller to the registry of the caller's own workspace, and back with what changed visible to this isolate. */
import { shardOf } from '../../../../shared/domain/service-registry/shard.ts';
import type { Result } from '../../../../shared/errors/result.ts';
import type { AppContext } from '../../app-environment.ts';
import { ask } from '../../objects.ts';
import type { ServiceRegistryAccess } from '../../services.ts';
import { withoutUndefined } from '../../without-undefined.ts';

/** Asks the shard of that number. */
export const askShard = async <Value>(
  context: AppContext,
  shard: number,
  call: (registry: ServiceRegistryAccess) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, principal, requestId } = context.var;
  return await ask(() => call(services.objects.serviceRegistry(principal.workspaceId, shard)), {
    log: services.log,
    requestId,
    part: 'service registry',
  });
};

/** Asks the shard of a service's name; the next lookup of this isolate looks for what came of it. */
export const askRegistry = async <Value>(
  context: AppContext,
  name: string,
  call: (registry: ServiceRegistryAccess) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const answer = await askShard(context, shardOf(name), call);
  context.var.services.serviceLookup.expire(context.var.principal.workspaceId, name);
  return answer;
};

interface QueryCriteria {
  readonly tag?: readonly string[] | undefined;
  readonly capability?: readonly string[] | undefined;
}

/** The query's criteria; its parameters are named in the singular, as people write them. */
export const criteriaOf = <Query extends QueryCriteria>({ tag, capability, ...rest }: Query) =>
  withoutUndefined({ ...rest, tags: tag, capabilities: capability });

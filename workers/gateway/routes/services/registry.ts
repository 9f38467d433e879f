/** From the caller to the registry of the caller's own workspace, and back with what changed visible to this isolate. */
import { isSingleObject, kindInstance } from '../../../../shared/domain/service-registry/platform-kinds.ts';
import { addressText, type ServiceAddress } from '../../../../shared/domain/service-registry/service.ts';
import { shardOf } from '../../../../shared/domain/service-registry/shard.ts';
import { err, ok, type Result } from '../../../../shared/errors/result.ts';
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
  readonly attribute?: Readonly<Record<string, string>> | undefined;
}

/** The query's criteria; its parameters are named in the singular, as people write them. */
export const criteriaOf = <Query extends QueryCriteria>({ tag, capability, attribute, ...rest }: Query) =>
  withoutUndefined({ ...rest, tags: tag, capabilities: capability, attributes: attribute });

/** Refuses what would change a single object of the platform, whether it is there or not: nobody registered it. */
export const checkRegistered = (address: ServiceAddress): Result<null> => {
  if (!isSingleObject(address)) return ok(null);
  const detail =
    `"${addressText(address)}" is a single object of the platform: it is found as long as it is there, and was never registered. ` +
    `Change the object itself, or the weight of all of its kind at "${address.name}/${kindInstance}".`;
  return err({ type: 'auth.forbidden', detail });
};

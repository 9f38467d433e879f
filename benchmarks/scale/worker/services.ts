/** Services by their number, spread over the shards of a workspace's registry. */
import { serviceRegistryStub, type ObjectBindings } from '../../../durable-objects/stubs.ts';
import { SnapshotLookup } from '../../../shared/adapters/services/service-lookup.ts';
import { createServiceSnapshots } from '../../../shared/adapters/services/service-snapshots.ts';
import { localWorkspaceId } from '../../../shared/domain/access/workspaces.ts';
import { shardOf } from '../../../shared/domain/service-registry/shard.ts';
import type { Range, SampleJob } from '../jobs.ts';
import { inParallel } from './in-parallel.ts';

export interface ServiceBindings extends Pick<ObjectBindings, 'SERVICE_REGISTRY'> {
  readonly DIRECTORY: D1Database;
}

const nameOf = (number: number): string => `parcels-${number}`;

const register = async (env: ServiceBindings, number: number): Promise<void> => {
  const name = nameOf(number);
  const registered = await serviceRegistryStub(env, localWorkspaceId, shardOf(name)).registerService({
    commandId: `register-${number}`,
    name,
    instance: 'one',
    kind: 'external',
    owner: 'key:bench',
    metadata: { version: '1.2.0', tags: ['bench'], capabilities: ['weigh'], weight: 1, attributes: {} },
    endpoints: [{ kind: 'http', url: 'https://parcels.example.com' }],
  });
  if (!registered.ok) throw new Error(registered.error.detail);
};

let lookup: SnapshotLookup | undefined;

const lookupOf = (env: ServiceBindings): SnapshotLookup =>
  (lookup ??= new SnapshotLookup({
    snapshots: createServiceSnapshots(env.DIRECTORY),
    registry: (workspaceId, shard) => serviceRegistryStub(env, workspaceId, shard),
    now: () => Date.now(),
    report: (message, thrown) => console.error(message, thrown),
  }));

/** The runtime's clock stands still while code runs: the time of one lookup is that of many, divided. */
const lookupsAtOnce = 200;

const lookupTimeUs = async (env: ServiceBindings, number: number): Promise<number> => {
  const startedAt = performance.now();
  for (let round = 0; round < lookupsAtOnce; round += 1) {
    const found = await lookupOf(env).discover(localWorkspaceId, { name: nameOf(number), version: '^1.0.0' });
    if (!found.ok || found.value.services.length !== 1) throw new Error(`${nameOf(number)} was not found`);
  }
  // Lets the clock go on.
  await scheduler.wait(0);
  return ((performance.now() - startedAt) * 1_000) / lookupsAtOnce;
};

/** The answer to a job about services; undefined for another one. */
export const serveServices = async (
  pathname: string,
  request: Request,
  env: ServiceBindings,
): Promise<Response | undefined> => {
  if (pathname === '/services/register') {
    await inParallel(await request.json<Range>(), 16, (number) => register(env, number));
    return Response.json({});
  }
  if (pathname === '/services/discover') {
    const { numbers } = await request.json<SampleJob>();
    const timesUs: number[] = [];
    for (const number of numbers) timesUs.push(await lookupTimeUs(env, number));
    return Response.json({ timesUs });
  }
  return undefined;
};

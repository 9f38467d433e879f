import type { RegisterService, ServiceRegistryRpc } from '../../../shared/rpc/service-registry.ts';
import type { ServiceUpgradesRpc, StartUpgrade } from '../../../shared/rpc/service-upgrades.ts';
import { noMeasure } from '../../../shared/domain/service-registry/upgrade/measure.ts';
import { command, query, type Cases } from './cases.ts';
import type { World } from './world.ts';

const address = { name: 'payments', instance: 'one' };
const authority = { kind: 'owner', owner: 'workspace' } as const;

const registration: RegisterService = {
  commandId: 'register',
  ...address,
  kind: 'external',
  owner: 'workspace',
  metadata: { version: '1.0.0', tags: [], capabilities: [], weight: 100, attributes: {} },
  endpoints: [{ kind: 'http', url: 'https://payments.example.com' }],
  leaseSeconds: 3_600,
};
const register = ({ serviceRegistry }: World) => serviceRegistry().registerService(registration);

export const serviceRegistryCases: Cases<ServiceRegistryRpc> = {
  registerService: command((world) => () => register(world), {
    otherBody: ({ serviceRegistry }) => serviceRegistry().registerService({ ...registration, leaseSeconds: 60 }),
  }),
  updateService: command(
    ({ serviceRegistry }) =>
      () =>
        serviceRegistry().updateService({ commandId: 'update', ...address, authority, metadata: { weight: 5 } }),
    {
      prepare: register,
      otherBody: ({ serviceRegistry }) =>
        serviceRegistry().updateService({ commandId: 'update', ...address, authority, metadata: { weight: 6 } }),
    },
  ),
  deregisterService: command(
    ({ serviceRegistry }) =>
      () =>
        serviceRegistry().deregisterService({ commandId: 'deregister', ...address, authority }),
    {
      prepare: register,
      otherBody: ({ serviceRegistry }) =>
        serviceRegistry().deregisterService({ commandId: 'deregister', ...address, instance: 'two', authority }),
    },
  ),
  // A heartbeat has no id: each says the same again, and only moves the end of the lease.
  heartbeat: query(({ serviceRegistry }) => serviceRegistry().heartbeat({ ...address, leaseToken: 'none' })),
  discoverService: query(({ serviceRegistry }) => serviceRegistry().discoverService({ name: 'payments' })),
  listServices: query(({ serviceRegistry }) => serviceRegistry().listServices({})),
  snapshot: query(({ serviceRegistry }) => serviceRegistry().snapshot()),
  events: query(({ serviceRegistry }) => serviceRegistry().events({ after: 0, limit: 10 })),
};

const start: StartUpgrade = {
  commandId: 'start',
  name: 'payments',
  to: '2.0.0',
  steps: [50, 100],
  stepRequests: 10,
  stepSeconds: 3_600,
  maxSlowdown: 2,
  by: 'key_1',
};
const registerBoth = async (world: World) => {
  await register(world);
  const metadata = { ...registration.metadata, version: '2.0.0' };
  await world.serviceRegistry().registerService({ ...registration, commandId: 'two', instance: 'two', metadata });
};

export const serviceUpgradeCases: Cases<ServiceUpgradesRpc> = {
  startUpgrade: command(
    ({ serviceRegistry }) =>
      () =>
        serviceRegistry().startUpgrade(start),
    {
      prepare: registerBoth,
      otherBody: ({ serviceRegistry }) => serviceRegistry().startUpgrade({ ...start, stepRequests: 11 }),
    },
  ),
  steerUpgrade: command(
    ({ serviceRegistry }) =>
      () =>
        serviceRegistry().steerUpgrade({ commandId: 'steer', name: 'payments', action: 'pause', by: 'key_1' }),
    {
      prepare: async (world) => {
        await registerBoth(world);
        await world.serviceRegistry().startUpgrade(start);
      },
      otherBody: ({ serviceRegistry }) =>
        serviceRegistry().steerUpgrade({ commandId: 'steer', name: 'payments', action: 'abort', by: 'key_1' }),
    },
  ),
  upgrade: query(({ serviceRegistry }) => serviceRegistry().upgrade({ name: 'payments' })),
  upgrades: query(({ serviceRegistry }) => serviceRegistry().upgrades()),
  // Its batch is its id: one that comes again is not counted again, see `upgrades.worker.test.ts`.
  reportUpgrade: query(({ serviceRegistry }) =>
    serviceRegistry().reportUpgrade({
      name: 'payments',
      upgradeId: 'none',
      reporter: 'isolate',
      batch: 1,
      counts: { old: noMeasure, new: noMeasure },
    }),
  ),
};

import type { RegisterService, ServiceRegistryRpc } from '../../../shared/rpc/service-registry.ts';
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

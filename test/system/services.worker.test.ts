/** Deployed apps as services: registered through the project's outbox, also when it dies in between. */
import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, expect, it } from 'vitest';
import { createObjectCaller } from '../../durable-objects/object-caller.ts';
import { serviceRegistryStub } from '../../durable-objects/stubs.ts';
import { appServiceName, composeAppService } from '../../shared/domain/service-registry/app-service.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { ServiceInstance } from '../../shared/domain/service-registry/service.ts';
import { withApp } from './method-cases/project-cases.ts';
import { createWorld, valueOf, type World } from './method-cases/world.ts';

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
});

const servicesOf = async ({ workspaceId, projectId }: World): Promise<readonly ServiceInstance[]> => {
  const name = appServiceName(projectId);
  return valueOf(await serviceRegistryStub(env, workspaceId, shardOf(name)).listServices({ name }));
};

const waitForServices = async (
  world: World,
  isThere: (services: readonly ServiceInstance[]) => boolean,
): Promise<readonly ServiceInstance[]> => {
  for (;;) {
    const services = await servicesOf(world);
    if (isThere(services)) return services;
    await scheduler.wait(20);
  }
};

it('a deployment registers the app, another one raises its version, and a kill in between loses neither', async () => {
  const world = await createWorld();
  await withApp(world);
  const first = valueOf(await world.project().deploy({ commandId: 'one', slot: 'preview' }));
  const [preview] = await waitForServices(world, (services) => services.length === 1);
  expect(preview).toMatchObject({
    instance: 'preview',
    kind: 'app',
    owner: `project:${world.projectId}`,
    metadata: { weight: 0, attributes: { projectId: world.projectId, commit: first.version } },
    endpoints: [{ kind: 'app', projectId: world.projectId, slot: 'preview' }],
  });
  valueOf(await world.project().deploy({ commandId: 'two', slot: 'staging' }));
  await abortAllDurableObjects();
  const both = await waitForServices(world, (services) => services.length === 2);
  expect(both.map(({ instance }) => instance)).toEqual(['preview', 'staging']);
  valueOf(await world.project().deploy({ commandId: 'three', slot: 'preview' }));
  const again = await waitForServices(world, ([one]) => one?.metadata.version !== preview?.metadata.version);
  expect(again[0]).toMatchObject({ revision: 2, metadata: { weight: 0 } });
});

it('a cancelled project takes its trials out of the registry, and leaves what people use', async () => {
  const world = await createWorld();
  await withApp(world);
  valueOf(await world.project().deploy({ commandId: 'deploy', slot: 'preview' }));
  // As if it had been promoted there, which takes gates that nothing has measured here.
  const deployed = {
    projectId: world.projectId,
    name: 'Notes',
    slot: 'production',
    version: 'abc',
    sequence: 1,
  } as const;
  const production = composeAppService(deployed);
  const registry = serviceRegistryStub(env, world.workspaceId, shardOf(production.name));
  valueOf(await registry.registerService({ commandId: 'production', ...production }));
  await waitForServices(world, (services) => services.length === 2);
  valueOf(await world.project().cancel({ commandId: 'cancel' }));
  await abortAllDurableObjects();
  const left = await waitForServices(world, (services) => services.length < 2);
  expect(left.map(({ instance }) => instance)).toEqual(['production']);
});

it('an object calls whoever can do something, by its interface, also right after a kill', async () => {
  const world = await createWorld();
  const { workspaceId, projectId } = world;
  const caller = createObjectCaller(env, () => undefined);
  const call = { workspaceId, timeoutMs: 60_000, isRepeatable: true };
  const composer = { ...call, kind: 'composer', criteria: { capabilities: ['composition'] } } as const;
  expect(await caller.call(composer, (object) => object.list({ limit: 10 }))).toMatchObject({
    ok: true,
    value: { compositions: [] },
  });
  await abortAllDurableObjects();
  const project = { ...call, kind: 'project', criteria: { capabilities: ['planning'] }, objectId: projectId } as const;
  expect(valueOf(await caller.call(project, (object) => object.get()))).toMatchObject({ projectId });
  const stranger = { ...project, objectId: 'nobody' };
  expect(await caller.call(stranger, (object) => object.get())).toMatchObject({
    error: { type: 'service.unavailable' },
  });
  const wrong = { ...composer, criteria: { capabilities: ['planning'] } };
  expect(await caller.call(wrong, (object) => object.list({ limit: 10 }))).toMatchObject({
    error: { type: 'service.unavailable' },
  });
});

it('an object calls a single agent that is as it asks, and the directory tells of the team by itself', async () => {
  const world = await createWorld();
  await withApp(world);
  const { workspaceId, projectId } = world;
  const caller = createObjectCaller(env, () => undefined);
  const attributes = { projectId, role: 'backend' };
  const criteria = { name: 'aidevos-agent', attributes };
  const agents = valueOf(await world.project().agents()).filter(({ role }) => role === 'backend');
  expect(agents.length).toBeGreaterThan(0);
  for (;;) {
    const found = valueOf(await caller.find(workspaceId, criteria));
    if (found.services.length === agents.length) break;
    await scheduler.wait(20);
  }
  const call = { workspaceId, kind: 'agent', timeoutMs: 60_000, isRepeatable: true } as const;
  // An agent is told who it is a moment after the project has its seat.
  for (;;) {
    const called = await caller.call({ ...call, criteria }, (agent) => agent.get());
    if (called.ok && agents.some(({ agentId }) => agentId === called.value.agentId)) break;
    await scheduler.wait(20);
  }
  const foreign = await createWorld();
  const fromElsewhere = { ...call, workspaceId: foreign.workspaceId, criteria };
  expect(await caller.call(fromElsewhere, (agent) => agent.get())).toMatchObject({
    error: { type: 'service.unavailable' },
  });
  valueOf(await world.project().cancel({ commandId: 'cancel' }));
  for (;;) {
    const found = valueOf(await caller.find(workspaceId, criteria));
    if (found.services.length === 0) break;
    await scheduler.wait(20);
  }
});

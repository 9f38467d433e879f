/** Services as the API takes and shows them. */
import { z } from 'zod';
import { maxLeaseSeconds, maxWeight, minLeaseSeconds } from '../domain/service-registry/limits.ts';
import { balancingPolicies, serviceHealths, serviceKinds } from '../domain/service-registry/service.ts';
import { registryShards } from '../domain/service-registry/shard.ts';
import { serviceEventTypes, type ServiceEvent } from '../protocol/service-events.ts';
import { idSchema } from './ids.ts';
import { streamQuery } from './paging.ts';

const namePattern = /^[a-z][a-z0-9-]{0,62}$/;
const nameRule = 'must be up to 63 of a-z, 0-9 and "-", starting with a letter';

export const serviceName = z.string().regex(namePattern, nameRule);

const instanceName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be up to 63 of a-z, 0-9, ".", "_" and "-", starting with a letter or digit',
  );

/** Of an instance that is there: one that was registered, or an object, such as a topic with its own name. */
export const knownInstance = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be up to 200 letters, digits, ".", "_" and "-"');

/** Names that the platform gives itself. */
const newServiceName = serviceName.refine(
  (name) => !/^(aidevos|app)-/.test(name),
  'must not begin with "aidevos-" or "app-", which the platform and deployed apps have',
);

export const word = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:/-]{0,62}$/, 'must be up to 63 of a-z, 0-9, ".", "_", ":", "/" and "-"');

export const wordArray = z.array(word).max(20, 'must have at most 20 entries');
const words = wordArray.readonly();

const weight = z
  .number()
  .int('must be a whole number')
  .min(0, 'must be at least 0')
  .max(maxWeight, `must be at most ${maxWeight}`)
  .meta({ description: 'Share of the requests; 0: none that does not ask for the instance by name.' });

export const attributes = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,62}$/, 'must be up to 63 letters, digits, ".", "_" and "-"'),
    z.string().max(500, 'must have at most 500 characters'),
  )
  .refine((entries) => Object.keys(entries).length <= 32, 'must have at most 32 entries')
  .readonly();

const version = z
  .string()
  .max(100, 'must have at most 100 characters')
  .meta({ description: 'A semantic version.', example: '1.4.0' });

export const policy = z.enum(balancingPolicies, `must be one of ${balancingPolicies.join(', ')}`);

const optionalMetadata = {
  title: z.string().max(100, 'must have at most 100 characters').optional(),
  description: z.string().max(1_000, 'must have at most 1,000 characters').optional(),
  region: word.optional().meta({ description: 'A hint: near instances come first.' }),
  policy: policy.optional().meta({ description: 'How requests are spread; absent: `weighted`.' }),
};

const newMetadata = z.strictObject({
  version,
  ...optionalMetadata,
  tags: words.default([]),
  capabilities: words.default([]).meta({ description: 'What it can do, as words that others look for.' }),
  weight: weight.default(100),
  attributes: attributes.default({}),
});

const changedMetadata = z.strictObject({
  version: version.optional(),
  ...optionalMetadata,
  tags: words.optional(),
  capabilities: words.optional(),
  weight: weight.optional(),
  attributes: attributes.optional(),
});

const newEndpoint = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    url: z.url('must be an absolute address').max(500, 'must have at most 500 characters'),
  }),
  z.strictObject({
    kind: z.literal('app'),
    projectId: idSchema('prj'),
    slot: z.enum(['preview', 'staging', 'production']),
  }),
]);

const newEndpoints = z.array(newEndpoint).min(1, 'must have at least 1 entry').max(8, 'must have at most 8 entries');

export const registerServiceBody = z
  .strictObject({
    name: newServiceName,
    instance: instanceName.default('main'),
    metadata: newMetadata,
    endpoints: newEndpoints,
    leaseSeconds: z
      .number()
      .int('must be a whole number')
      .min(minLeaseSeconds, `must be at least ${minLeaseSeconds}`)
      .max(maxLeaseSeconds, `must be at most ${maxLeaseSeconds}`)
      .optional()
      .meta({
        description: 'Heartbeats must come this often. Absent: none is expected, and it stays until deregistered.',
      }),
  })
  .meta({ id: 'RegisterService' });

export const updateServiceBody = z
  .strictObject({
    metadata: changedMetadata.optional(),
    endpoints: newEndpoints.optional(),
    ifRevision: z
      .number()
      .int()
      .positive()
      .optional()
      .meta({ description: 'Refused with `state.conflict` when the instance is at another revision.' }),
  })
  .meta({ id: 'UpdateService' });

export const heartbeatBody = z
  .strictObject({
    leaseToken: z.string().max(200).meta({ description: 'From the registration.' }),
    health: z.enum(serviceHealths, `must be one of ${serviceHealths.join(', ')}`).optional(),
    load: z.number().min(0, 'must be at least 0').max(1, 'must be at most 1').optional(),
  })
  .meta({ id: 'Heartbeat' });

/** Path parameters. An instance may be a single object, with the object's own name. */
export const servicePath = z.object({ service: serviceName });
export const instancePath = servicePath.extend({ instance: knownInstance });

const endpoint = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('http'), url: z.string() }),
  z.object({ kind: z.literal('app'), projectId: z.string(), slot: z.enum(['preview', 'staging', 'production']) }),
  z.object({ kind: z.literal('object'), objectKind: z.string(), objectId: z.string() }),
  z.object({ kind: z.literal('group'), group: z.string(), service: z.enum(['auth', 'api', 'ui']) }),
  z.object({
    kind: z.literal('composition'),
    group: z.string(),
    isPublic: z.boolean().optional(),
    routes: z
      .array(
        z.object({
          path: z.string(),
          member: z.string(),
          target: z.discriminatedUnion('kind', [
            z.object({ kind: z.literal('service'), service: z.enum(['auth', 'api', 'ui']) }),
            z.object({
              kind: z.literal('app'),
              projectId: z.string(),
              slot: z.enum(['preview', 'staging', 'production']),
            }),
            z.object({ kind: z.literal('registered'), name: z.string(), version: z.string() }),
          ]),
          timeoutMs: z.number().optional(),
          retries: z.number().optional(),
          perMinute: z.number().optional(),
          balance: z.enum(balancingPolicies).optional(),
        }),
      )
      .readonly(),
  }),
]);

const metadataFields = {
  version: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).readonly(),
  capabilities: z.array(z.string()).readonly(),
  region: z.string().optional(),
  weight: z.number(),
  policy: policy.optional(),
  attributes: z.record(z.string(), z.string()).readonly(),
};

export const serviceSchema = z
  .object({
    name: z.string(),
    instance: z.string(),
    kind: z.enum(serviceKinds),
    owner: z.string().meta({ description: '`platform`, `workspace`, `project:<id>` or `composition:<name>`.' }),
    metadata: z.object(metadataFields),
    endpoints: z.array(endpoint).readonly(),
    health: z.enum(serviceHealths),
    load: z.number().meta({ description: '0 is idle, 1 is full.' }),
    registeredAt: z.number(),
    updatedAt: z.number(),
    revision: z.number().int(),
    upgrade: z
      .object({ id: z.string(), group: z.enum(['old', 'new']) })
      .optional()
      .meta({ description: 'While an upgrade goes on: the side it is on. Its weight is then the upgrade’s.' }),
    lease: z.object({ seconds: z.number().int(), expiresAt: z.number() }).optional(),
  })
  .meta({ id: 'Service' });

export const registrationSchema = z
  .object({
    service: serviceSchema,
    leaseToken: z.string().optional().meta({ description: 'Secret; heartbeats carry it. Only with a lease.' }),
  })
  .meta({ id: 'Registration' });

export const heartbeatSchema = z.object({ expiresAt: z.number() }).meta({ id: 'HeartbeatTaken' });

const found = {
  services: z.array(serviceSchema).readonly(),
  asOf: z.number().meta({ description: 'When the registry said so, in milliseconds since the epoch.' }),
  lapsed: z
    .boolean()
    .meta({ description: 'The registry has been silent for longer than these leases: they may be gone.' }),
};

export const discoverySchema = z.object(found).meta({ id: 'Discovery' });
export const serviceListSchema = z
  .object({ ...found, next: z.string().optional().meta({ description: 'Pass it as `after` for the next page.' }) })
  .meta({ id: 'ServiceList' });

/** Path of a shard's log. */
export const shardPath = z.object({
  shard: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a number')
    .transform(Number)
    .refine((shard) => shard < registryShards, `must be from 0 to ${registryShards - 1}`)
    .meta({ type: 'integer', minimum: 0, maximum: registryShards - 1 }),
});

export const serviceEventQuery = streamQuery;

export const serviceEventsSchema = z
  .object({
    events: z
      .array(
        z.object({
          sequence: z.number().int(),
          recordedAt: z.number(),
          event: z.custom<ServiceEvent>().meta({
            type: 'object',
            required: ['type', 'name'],
            properties: {
              type: { type: 'string', enum: Object.keys(serviceEventTypes) },
              name: { type: 'string' },
              instance: { type: 'string', description: 'Absent in events of an upgrade.' },
            },
            additionalProperties: true,
          }),
        }),
      )
      .readonly(),
    next: z.number().int(),
  })
  .meta({ id: 'ServiceEvents' });

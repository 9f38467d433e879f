/** Topics, consumer groups and subscriptions as the API takes and shows them. */
import { z } from 'zod';
import { defaultGroupSettings, groupBounds, maxGroupTypes, maxPull, maxPullWaitMs } from '../domain/event-bus/group.ts';
import {
  maxEventKeyLength,
  maxEventTypeLength,
  maxPublishEvents,
  topicBounds,
  workspaceQuota,
} from '../domain/event-bus/settings.ts';
import {
  parseTopicName,
  parseTopicPattern,
  type TopicName,
  type TopicPattern,
} from '../domain/event-bus/topic-name.ts';
import { idSchema } from './ids.ts';
import { limitSchema, streamQuery } from './paging.ts';
import { recipientSchema } from './team.ts';

const topicNameSchema = z
  .string()
  .transform((text, context): TopicName => {
    const parsed = parseTopicName(text);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.error });
    return z.NEVER;
  })
  .meta({ type: 'string', maxLength: 200, examples: ['orders.created'] });

const topicPatternSchema = z
  .string()
  .transform((text, context): TopicPattern => {
    const parsed = parseTopicPattern(text);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.error });
    return z.NEVER;
  })
  .meta({ type: 'string', maxLength: 200, examples: ['orders.*', 'orders.>'] });

const nameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'must be up to 64 of a-z, 0-9, ".", "_" and "-", starting with a letter or digit',
  );

const within = ({ least, most }: { readonly least: number; readonly most: number }) => z.int().min(least).max(most);

export const topicPath = z.object({ topic: topicNameSchema });
export const groupPath = topicPath.extend({ group: nameSchema });
export const busLetterPath = groupPath.extend({
  deadLetter: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the number of a dead letter')
    .transform(Number),
});
export const subscriptionPath = z.object({ subscription: nameSchema });

export const topicListQuery = z.strictObject({
  pattern: topicPatternSchema.optional(),
  after: z.string().max(200).optional().meta({ description: 'The last name of the page before.' }),
  limit: limitSchema(100, 1_000),
});

const settingsFields = {
  maxAgeMs: within(topicBounds.maxAgeMs).meta({ description: 'Older events are dropped.' }),
  maxBytes: within(topicBounds.maxBytes).meta({
    description: 'Beyond it the oldest events are dropped; reserved of the workspace’s room.',
  }),
  compaction: z.enum(['none', 'latest']).meta({ description: '`latest`: of each key only the newest event is kept.' }),
  compactAfterMs: within(topicBounds.compactAfterMs),
  eventsPerSecond: within(topicBounds.eventsPerSecond),
};
const topicSettingsSchema = z.object(settingsFields).meta({ id: 'TopicSettings' });
export const putTopicBody = z.strictObject(settingsFields).partial().meta({ id: 'PutTopic' });

/** No way out of the app's own addresses: neither dots as words nor escapes. */
const appPathSchema = z
  .string()
  .max(500)
  .regex(/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/, 'must be a plain path like /events')
  .startsWith('/');

const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pull') }),
  z.strictObject({
    kind: z.literal('app'),
    projectId: idSchema('prj'),
    slot: z.enum(['production', 'staging', 'preview']).default('production'),
    path: appPathSchema,
  }),
  z.strictObject({ kind: z.literal('topic'), topic: topicNameSchema }),
  z.strictObject({ kind: z.literal('message'), projectId: idSchema('prj'), recipient: recipientSchema }),
]);

const typesSchema = z
  .array(
    z
      .string()
      .max(maxEventTypeLength)
      .regex(/^[^*]+\*?$/, 'must be a type of event, or the beginning of some and "*"'),
  )
  .max(maxGroupTypes)
  .meta({
    description: 'Types of events that the group gets, all when there are none: `task.failed`, or `gates.*`.',
    examples: [['task.failed', 'gates.*']],
  });

const groupFields = {
  target: targetSchema.default({ kind: 'pull' }),
  types: typesSchema.default([]),
  start: z.enum(['oldest', 'new']).default(defaultGroupSettings.start),
  order: z.enum(['none', 'key']).default(defaultGroupSettings.order),
  leaseMs: within(groupBounds.leaseMs).default(defaultGroupSettings.leaseMs),
  maxAttempts: within(groupBounds.maxAttempts).default(defaultGroupSettings.maxAttempts),
  maxOutstanding: within(groupBounds.maxOutstanding).default(defaultGroupSettings.maxOutstanding),
  backoffBaseMs: within(groupBounds.backoffBaseMs).default(defaultGroupSettings.backoffBaseMs),
  backoffCapMs: within(groupBounds.backoffCapMs).default(defaultGroupSettings.backoffCapMs),
};
export const putGroupBody = z.strictObject(groupFields).meta({ id: 'PutGroup' });

const shownTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pull') }),
  z.object({ kind: z.literal('app'), projectId: z.string(), slot: z.string(), path: z.string() }),
  z.object({ kind: z.literal('topic'), topic: z.string() }),
  z.object({ kind: z.literal('message'), projectId: z.string(), recipient: z.string() }),
]);
const groupSettingsSchema = z
  .object({
    target: shownTarget,
    types: z.array(z.string()).readonly(),
    start: z.enum(['oldest', 'new']),
    order: z.enum(['none', 'key']),
    leaseMs: z.number(),
    maxAttempts: z.number(),
    maxOutstanding: z.number(),
    backoffBaseMs: z.number(),
    backoffCapMs: z.number(),
  })
  .meta({ id: 'GroupSettings' });

export const groupSchema = z
  .object({
    group: z.string(),
    settings: groupSettingsSchema,
    next: z.number().meta({ description: 'The first sequence that was not handed out yet.' }),
    leased: z.number(),
    waiting: z.number(),
    lag: z.number().meta({ description: 'Events the group has not settled.' }),
    deadLetters: z.number(),
    status: z.enum(['active', 'gone']).meta({ description: '`gone`: retention overtook it; seek to go on.' }),
    createdAt: z.number(),
  })
  .meta({ id: 'ConsumerGroup' });

export const topicSchema = z
  .object({
    topic: z.string(),
    settings: topicSettingsSchema,
    createdAt: z.number(),
    sequence: z.number().meta({ description: 'Of the newest event ever; 0 when there was none.' }),
    oldest: z.number().meta({ description: 'Of the oldest event that retention has left.' }),
    events: z.number(),
    bytes: z.number(),
    groups: z.array(groupSchema).readonly(),
  })
  .meta({ id: 'Topic' });

export const topicListSchema = z
  .object({
    topics: z.array(z.object({ topic: z.string(), createdAt: z.number(), maxBytes: z.number() })).readonly(),
    reservedBytes: z.number().meta({ description: `Of the ${workspaceQuota.bytes} that a workspace may reserve.` }),
    next: z.string().optional().meta({ description: 'Pass it as `after`; absent on the last page.' }),
  })
  .meta({ id: 'TopicList' });

const dataSchema = z.unknown().meta({ description: 'JSON, at most 256 KiB.' });
export const publishBody = z
  .strictObject({
    events: z
      .array(
        z.strictObject({
          type: z.string().min(1).max(maxEventTypeLength),
          key: z.string().min(1).max(maxEventKeyLength).optional(),
          schemaVersion: z.int().min(1).optional(),
          data: dataSchema,
        }),
      )
      .min(1)
      .max(maxPublishEvents),
  })
  .meta({ id: 'Publish' });

export const publishedSchema = z
  .object({
    first: z.number(),
    last: z.number(),
    duplicate: z.boolean().meta({ description: 'True: this idempotency key came before, and nothing was added now.' }),
  })
  .meta({ id: 'Published' });

const busEventFields = {
  type: z.string(),
  key: z.string().optional(),
  schemaVersion: z.number().optional(),
  data: dataSchema,
  source: z.string().meta({ description: 'Who published it, stamped by the platform.' }),
  previous: z.number().meta({ description: 'The sequence of the event before it that is still kept.' }),
};
const storedFields = { sequence: z.number(), recordedAt: z.number(), event: z.object(busEventFields) };
export const topicEventsQuery = streamQuery;
export const topicEventsSchema = z
  .object({ events: z.array(z.object(storedFields)).readonly(), next: z.number() })
  .meta({ id: 'TopicEvents' });

export const pullBody = z
  .strictObject({
    limit: z.int().min(1).max(maxPull).default(10),
    leaseMs: within(groupBounds.leaseMs).optional(),
    waitMs: z.int().min(0).max(maxPullWaitMs).default(0).meta({ description: 'How long to wait for events.' }),
  })
  .meta({ id: 'Pull' });
export const pulledSchema = z
  .object({
    events: z
      .array(z.object({ ...storedFields, lease: z.number(), attempt: z.number(), leasedUntil: z.number() }))
      .readonly(),
    lag: z.number(),
  })
  .meta({ id: 'Pulled' });

const leases = z
  .array(z.strictObject({ sequence: z.int().min(1), lease: z.int().min(1) }))
  .min(1)
  .max(1_000);
export const acknowledgeBody = z.strictObject({ leases }).meta({ id: 'AcknowledgeEvents' });
export const rejectBody = z
  .strictObject({
    leases,
    cause: z.string().max(1_000).optional(),
    delayMs: z.int().min(0).max(groupBounds.backoffCapMs.most).optional(),
  })
  .meta({ id: 'RejectEvents' });
export const extendBody = z.strictObject({ leases, leaseMs: within(groupBounds.leaseMs) }).meta({ id: 'ExtendLeases' });
export const settledSchema = z
  .object({
    settled: z.number(),
    stale: z.array(z.number()).readonly().meta({ description: 'Sequences whose lease is not the caller’s any more.' }),
  })
  .meta({ id: 'Settled' });

const sequence = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const seekBody = z
  .union([z.strictObject({ after: sequence }), z.strictObject({ since: sequence })], 'must have after or since')
  .meta({ id: 'Seek', description: 'Go on after a sequence, or at the first event from a moment (milliseconds) on.' });

export const busLetterListSchema = z
  .object({
    deadLetters: z
      .array(
        z.object({
          letterId: z.number(),
          group: z.string(),
          sequence: z.number(),
          event: z.object(busEventFields).optional(),
          attempts: z.number(),
          cause: z.string(),
          parkedAt: z.number(),
        }),
      )
      .readonly(),
    next: z.number(),
  })
  .meta({ id: 'BusDeadLetterList' });

export const addSchemaBody = z
  .strictObject({ type: z.string().min(1).max(maxEventTypeLength), schema: z.unknown() })
  .meta({ id: 'AddEventSchema' });
export const eventSchemaSchema = z
  .object({ type: z.string(), version: z.number(), schema: z.unknown(), createdAt: z.number() })
  .meta({ id: 'EventSchema' });
export const eventSchemaListSchema = z
  .object({ schemas: z.array(eventSchemaSchema).readonly() })
  .meta({ id: 'EventSchemaList' });

export const putSubscriptionBody = z
  .strictObject({ pattern: topicPatternSchema, ...groupFields })
  .meta({ id: 'PutSubscription' });
export const subscriptionSchema = z
  .object({ name: z.string(), pattern: z.string(), settings: groupSettingsSchema, createdAt: z.number() })
  .meta({ id: 'Subscription' });
export const subscriptionListSchema = z
  .object({ subscriptions: z.array(subscriptionSchema).readonly() })
  .meta({ id: 'SubscriptionList' });
export const removedSchema = z.object({ removed: z.literal(true) }).meta({ id: 'Removed' });

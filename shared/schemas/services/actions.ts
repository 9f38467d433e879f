/** What declared routes of an Api can do: each is a call of one service, with values of the request filled in. */
import { z } from 'zod';
import { eventName, serviceName } from './parts.ts';

/** Values in which `{{…}}` is filled in at a request: `session.accountId`, `parameters.x`, `query.x`, `body`, `body.x`. */
const template = z.unknown();

/** The period that ends at the request. */
const days = z.int().min(1).max(365).default(30);

const ofData = [
  z.strictObject({
    do: z.literal('data.query'),
    collection: z.string(),
    where: template.optional(),
    orderBy: z
      .array(z.strictObject({ field: z.string(), descending: z.boolean().optional() }))
      .max(4)
      .optional(),
  }),
  z.strictObject({ do: z.literal('data.get'), collection: z.string(), id: z.string() }),
  z.strictObject({ do: z.literal('data.insert'), collection: z.string(), value: template }),
  z.strictObject({ do: z.literal('data.patch'), collection: z.string(), id: z.string(), value: template }),
  z.strictObject({ do: z.literal('data.remove'), collection: z.string(), id: z.string() }),
  z.strictObject({
    do: z.literal('data.sql'),
    database: serviceName,
    statement: z
      .string()
      .min(1)
      .max(20_000)
      .regex(/^(?!.*\{\{)/s, 'takes no {{…}}: write $1 or ?1, and give the values under parameters'),
    parameters: z.array(template).max(100).default([]),
  }),
] as const;

/** Of the person who is signed in, and of nobody else. */
const ofUser = [
  z.strictObject({ do: z.literal('user.profile') }),
  z.strictObject({ do: z.literal('user.saveProfile'), displayName: template.optional(), fields: template.optional() }),
  z.strictObject({ do: z.literal('user.preferences') }),
  z.strictObject({ do: z.literal('user.setPreferences'), values: template }),
] as const;

const ofAnalytics = [
  z.strictObject({ do: z.literal('analytics.totals'), days }),
  z.strictObject({
    do: z.literal('analytics.series'),
    name: eventName,
    interval: z.enum(['minute', 'hour', 'day', 'week']).default('day'),
    days,
  }),
  z.strictObject({
    do: z.literal('analytics.funnel'),
    steps: z.array(eventName).min(2).max(10),
    withinMinutes: z.int().min(1).max(525_600).default(1_440),
    days,
  }),
  z.strictObject({
    do: z.literal('analytics.retention'),
    first: eventName,
    returning: eventName,
    interval: z.enum(['day', 'week']).default('day'),
    days,
  }),
  z.strictObject({ do: z.literal('analytics.live'), minutes: z.int().min(1).max(60).default(5) }),
] as const;

/** A route without one is admitted only, for an app that serves it itself. */
export const routeAction = z.discriminatedUnion('do', [
  ...ofData,
  ...ofUser,
  ...ofAnalytics,
  z.strictObject({
    do: z.literal('connector.call'),
    connector: serviceName,
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    path: z.string(),
    body: template.optional(),
  }),
]);

export type RouteAction = z.infer<typeof routeAction>;

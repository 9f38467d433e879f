/**
 * The declaration of a group's services: the file `services.json` of an app, or part of a composition's manifest. It says
 * which services there are and how each is set up; an app gets a capability for each that is named and for no other.
 */
import { z } from 'zod';
import { apiConfiguration } from './api.ts';
import { fieldPath, jsonSchema, secretName, serviceName } from './parts.ts';
import { uiConfiguration } from './ui.ts';

const dayMinutes = 24 * 60;

export const authConfiguration = z.strictObject({
  signUp: z.enum(['open', 'closed']).default('open'),
  /** How long a session lasts without being used. */
  sessionMinutes: z
    .int()
    .min(5)
    .max(90 * dayMinutes)
    .default(14 * dayMinutes),
  /** After this a token is to be rotated. */
  rotateMinutes: z.int().min(1).max(dayMinutes).default(60),
  minimumPasswordLength: z.int().min(8).max(64).default(8),
  providers: z
    .array(
      z.strictObject({
        name: serviceName,
        issuer: z.url({ protocol: /^https?$/ }),
        clientId: z.string().min(1).max(500),
        /** Name of the operator's secret, not the secret. Absent: a public client, with PKCE alone. */
        secretName: secretName.optional(),
        scopes: z
          .array(z.string().regex(/^[\x21-\x7e]{1,60}$/))
          .max(10)
          .default(['openid', 'email']),
      }),
    )
    .max(5)
    .default([]),
});

export const userConfiguration = z.strictObject({
  /** What each role may do. */
  roles: z.record(serviceName, z.array(z.string().min(1).max(64)).max(100)).default({}),
  /** Defaults; only these may be set. */
  preferences: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/), z.unknown()).default({}),
});

const collection = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,47}$/, 'must be up to 48 of a-z, 0-9 and _, starting with a letter'),
  schema: jsonSchema.default({}),
  isOwned: z.boolean().default(false),
  indexes: z
    .array(z.strictObject({ fields: z.array(fieldPath).min(1).max(4), isUnique: z.boolean().default(false) }))
    .max(10)
    .default([]),
});

const database = z.strictObject({
  name: serviceName,
  kind: z.enum(['d1', 'postgres']),
  /** The operator's binding: a D1 database, or a Hyperdrive. */
  binding: z.string().regex(/^APP_DATABASE_[A-Z0-9_]{1,50}$/, 'must be like APP_DATABASE_ORDERS'),
  /** Statements other than `SELECT` and `WITH … SELECT` are refused. */
  isReadOnly: z.boolean().default(true),
});

export const dataConfiguration = z.strictObject({
  collections: z.array(collection).max(50).default([]),
  databases: z.array(database).max(5).default([]),
  /** How long the change feed goes back. */
  changesKeptDays: z.int().min(1).max(365).default(30),
});

export const analyticsConfiguration = z.strictObject({
  keptDays: z.int().min(1).max(400).default(90),
});

export const connectorConfiguration = z.strictObject({
  connectors: z
    .array(
      z.strictObject({
        name: serviceName,
        baseUrl: z.url({ protocol: /^https?$/ }),
        methods: z
          .array(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']))
          .min(1)
          .default(['GET']),
        timeoutMs: z.int().min(100).max(30_000).default(10_000),
        perMinute: z.int().min(1).max(6_000).default(60),
        /** Sent with each call: a header whose value is an operator's secret, which the app never sees. */
        secretHeader: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), secretName }).optional(),
      }),
    )
    .min(1)
    .max(10),
});

export const servicesDeclaration = z.strictObject({
  auth: authConfiguration.optional(),
  user: userConfiguration.optional(),
  data: dataConfiguration.optional(),
  api: apiConfiguration.optional(),
  ui: uiConfiguration.optional(),
  analytics: analyticsConfiguration.optional(),
  connector: connectorConfiguration.optional(),
});

export type ServicesDeclaration = z.infer<typeof servicesDeclaration>;
export type AuthConfiguration = z.infer<typeof authConfiguration>;
export type UserConfiguration = z.infer<typeof userConfiguration>;
export type DataConfiguration = z.infer<typeof dataConfiguration>;
export type CollectionDeclaration = DataConfiguration['collections'][number];
export type AnalyticsConfiguration = z.infer<typeof analyticsConfiguration>;
export type ConnectorConfiguration = z.infer<typeof connectorConfiguration>;

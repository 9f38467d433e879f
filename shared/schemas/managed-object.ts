import { z } from 'zod';
import { lifecyclePhases } from '../domain/lifecycle/phase.ts';
import { limitSchema, sinceSchema } from './paging.ts';

/** Kinds of objects that have a State Manager and a Lifecycle Manager. */
export const managedKinds = [
  'workspace',
  'project',
  'agent',
  'repository',
  'conversation',
  'topic',
  'topic-catalog',
  'service-registry',
  'composer',
  'service',
] as const;

export type ManagedKind = (typeof managedKinds)[number];

const kind = z.enum(managedKinds, `must be one of ${managedKinds.join(', ')}`);

export const kindPath = z.object({ kind });

export const objectPath = z.object({
  kind,
  objectId: z.string().max(200).meta({
    description:
      'The id within the workspace: `wsp_…`, `prj_…` (a repository has its project’s), `agt_…`; of a conversation its own, `conv_…`, or that of any of its responses, `resp_…`; the name of a topic; the workspace’s, `wsp_…`, of its catalogue of topics and its composer; the number of a shard of the service registry, from 0; of a service of an app `prj_….production.auth`, of one of a composition `shop.data`.',
  }),
});

const versionSchema = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a version: a whole number')
  .transform(Number)
  .meta({ type: 'integer', minimum: 0 });

export const stateQuery = z.strictObject({
  version: versionSchema.optional(),
  time: sinceSchema.meta({ type: 'string', description: 'The state as it was then: milliseconds or ISO 8601.' }),
});

export const historyQuery = z.strictObject({
  after: versionSchema.optional().transform((value) => value ?? 0),
  limit: limitSchema(50, 500),
});

export const diffQuery = z.strictObject({ from: versionSchema, to: versionSchema.optional() });

export const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .max(40)
    .regex(/^(?:\*|"\d{1,15}")$/, 'must be the ETag of the state, as "12", or *')
    .optional()
    .meta({ description: 'The `ETag` that was seen last; refused with 412 when the object has moved on.' }),
});

export const objectStateSchema = z
  .object({
    kind,
    objectId: z.string(),
    source: z
      .enum(['events', 'tables'])
      .meta({ description: '`tables`: a version is a change of a row, and no state is ever restored.' }),
    version: z.number().int(),
    newestVersion: z.number().int(),
    oldestVersion: z.number().int().meta({ description: 'The oldest version whose state can still be had.' }),
    recordedAt: z.number().optional(),
    hash: z.string().meta({ description: 'SHA-256 of the canonical JSON of the state.' }),
    state: z.unknown(),
  })
  .meta({ id: 'ObjectState' });

export const objectHistorySchema = z
  .object({
    events: z
      .array(z.object({ version: z.number().int(), recordedAt: z.number(), type: z.string(), event: z.unknown() }))
      .readonly(),
    newestVersion: z.number().int(),
    oldestVersion: z.number().int(),
    next: z.number().int().optional().meta({ description: 'Pass as `after` for the next page.' }),
  })
  .meta({ id: 'ObjectHistory' });

const patchSchema = z
  .array(z.object({ op: z.enum(['add', 'remove', 'replace']), path: z.string(), value: z.unknown().optional() }))
  .readonly()
  .meta({ description: 'JSON Patch (RFC 6902).' });

const lines = z.array(z.string()).readonly().meta({ description: 'The same for a person, a line for each operation.' });

export const objectDiffSchema = z
  .object({ from: z.number().int(), to: z.number().int(), patch: patchSchema, lines })
  .meta({ id: 'ObjectDiff' });

export const restoreBody = z.strictObject({
  version: z.number().int().nonnegative(),
  reason: z.string().trim().min(1).max(500).optional(),
  dryRun: z.boolean().default(false).meta({ description: 'Answers what would change, and changes nothing.' }),
});

export const restoredObjectSchema = z
  .object({ restored: z.number().int(), version: z.number().int(), patch: patchSchema, lines })
  .meta({ id: 'RestoredObject' });

export const objectMigrationsSchema = z
  .object({
    migrations: z
      .array(
        z.object({
          list: z.enum(['platform', 'object']),
          id: z.number().int(),
          name: z.string(),
          fingerprint: z.string(),
          appliedAt: z.number().optional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'ObjectMigrations' });

export const importReportSchema = z
  .object({
    rows: z.number().int(),
    tables: z.record(z.string(), z.number().int()),
    migrated: z.array(z.string()).readonly().meta({ description: 'Migrations that were applied to the rows.' }),
    version: z.number().int(),
    hash: z.string(),
  })
  .meta({ id: 'ImportReport' });

export const deactivateBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

export const objectLifecycleSchema = z
  .object({
    phase: z.enum(lifecyclePhases),
    since: z.number().optional(),
    reason: z.string().optional(),
    by: z.string().optional(),
    initializedAt: z.number().optional(),
    failure: z.string().optional(),
    work: z.object({
      running: z.number().int(),
      deliveries: z.number().int(),
      deadLetters: z.number().int(),
      nextTimerAt: z.number().optional(),
    }),
    storageBytes: z.number().int(),
  })
  .meta({ id: 'ObjectLifecycle' });

export const serviceObjectPath = objectPath.pick({ objectId: true });

export const serviceCallBody = z.strictObject({
  method: z.string().min(1).max(64).meta({ example: 'grantRole' }),
  input: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ description: 'What the method takes; `shared/rpc/services` has the contracts.' }),
});

export const serviceCallAnswerSchema = z
  .object({ value: z.unknown().meta({ description: 'What the method answers.' }) })
  .meta({ id: 'ServiceCallAnswer' });

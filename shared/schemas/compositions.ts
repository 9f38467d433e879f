/** Compositions as the API takes and shows them. The manifest itself is in `composition.ts`. */
import { z } from 'zod';
import { compositionEventTypes, type CompositionEvent } from '../protocol/composition-events.ts';
import { limitSchema, logQuery } from './paging.ts';
import { serviceName } from './services/parts.ts';

export const compositionPath = z.object({ composition: serviceName });

export const manifestBody = z
  .strictObject({
    manifest: z
      .string()
      .min(1, 'must not be empty')
      .meta({ description: 'YAML or JSON; its JSON Schema is at /schemas/composition.json. At most 256 KB.' }),
  })
  .meta({ id: 'ComposeManifest' });

export const compositionListQuery = z.strictObject({ after: serviceName.optional(), limit: limitSchema(50, 100) });

export const topologyQuery = z.strictObject({
  format: z
    .enum(['json', 'mermaid'], 'must be json or mermaid')
    .default('json')
    .meta({ description: 'As data, or as the text of a flowchart.' }),
});

const change = z.enum(['added', 'removed', 'changed', 'kept']);
const memberKind = z.enum(['service', 'external', 'app', 'registered']);
const operationKind = z.enum(['up', 'heal', 'down']);
const health = z.enum(['healthy', 'failing', 'lost', 'unknown']).meta({
  description:
    '`lost`: it is gone and is brought up again; `failing`: it is not the composition’s to bring up; `unknown`: nobody has looked at it yet.',
});

export const planSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    isChange: z.boolean().meta({ description: 'False: it is up as the manifest says already.' }),
    members: z
      .array(z.object({ member: z.string(), kind: memberKind, change, differs: z.array(z.string()).readonly() }))
      .readonly(),
    routes: z.array(z.object({ path: z.string(), member: z.string(), change })).readonly(),
    steps: z.array(z.string()).readonly().meta({ description: 'What is done, in order.' }),
  })
  .meta({ id: 'CompositionPlan' });

const failure = z.object({
  step: z.number().int(),
  type: z.string(),
  member: z.string().optional(),
  reason: z.string(),
  at: z.number(),
});

const summaryFields = {
  name: z.string(),
  status: z.enum(['starting', 'up', 'upgrading', 'healing', 'undoing', 'stopping', 'failed', 'incomplete']),
  version: z.string().optional(),
  revision: z.number().int().meta({ description: 'What is up: counts from 1 with each manifest; 0 while nothing is.' }),
  owner: z.string(),
  members: z.number().int(),
  healthy: z.number().int(),
  updatedAt: z.number(),
};

const compositionSummarySchema = z.object(summaryFields).meta({ id: 'CompositionSummary' });

export const compositionListSchema = z
  .object({ compositions: z.array(compositionSummarySchema).readonly(), next: z.string().optional() })
  .meta({ id: 'CompositionList' });

export const compositionSchema = z
  .object({
    ...summaryFields,
    title: z.string().optional(),
    parts: z
      .array(z.object({ member: z.string(), kind: memberKind, health, detail: z.string().optional() }))
      .readonly(),
    routes: z.array(z.object({ path: z.string(), member: z.string() })).readonly(),
    addresses: z.array(z.string()).readonly().meta({
      description:
        'Where it takes requests: with a key, and, when it is public, from everybody. None while nothing is up.',
    }),
    operation: z
      .object({
        operationId: z.string(),
        kind: operationKind,
        direction: z.enum(['forward', 'back']),
        done: z.number().int(),
        steps: z.array(z.object({ text: z.string(), type: z.string(), member: z.string().optional() })).readonly(),
        failure: failure.optional(),
      })
      .optional()
      .meta({ description: 'What is being done at the moment.' }),
    lastFailure: failure.optional(),
    lastOperation: z
      .object({ kind: operationKind, outcome: z.enum(['done', 'undone', 'incomplete']), at: z.number() })
      .optional(),
    createdAt: z.number(),
  })
  .meta({ id: 'Composition' });

export const composedSchema = z
  .object({ plan: planSchema, composition: compositionSchema })
  .meta({ id: 'ComposedAnswer' });

export const checkedManifestSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    members: z.array(z.object({ member: z.string(), kind: memberKind })).readonly(),
    routes: z.array(z.object({ path: z.string(), member: z.string() })).readonly(),
  })
  .meta({ id: 'CheckedManifest' });

export const topologySchema = z
  .object({
    name: z.string(),
    version: z.string(),
    nodes: z
      .array(
        z.object({
          id: z.string(),
          kind: memberKind,
          of: z.string(),
          version: z.string().optional(),
          health: health.optional(),
        }),
      )
      .readonly(),
    edges: z.array(z.object({ from: z.string(), to: z.string(), as: z.string() })).readonly(),
  })
  .meta({ id: 'CompositionTopology' });

export const storedManifestSchema = z
  .object({ manifest: z.string(), revision: z.number().int() })
  .meta({ id: 'StoredManifest' });

export const compositionEventQuery = logQuery;

export const compositionEventsSchema = z
  .object({
    events: z
      .array(
        z.object({
          sequence: z.number().int(),
          recordedAt: z.number(),
          event: z.custom<CompositionEvent>().meta({
            type: 'object',
            required: ['type', 'name'],
            properties: {
              type: { type: 'string', enum: Object.keys(compositionEventTypes) },
              name: { type: 'string' },
            },
            additionalProperties: true,
          }),
        }),
      )
      .readonly(),
    next: z.number().int().meta({ description: 'The `after` of the next page.' }),
  })
  .meta({ id: 'CompositionEvents' });

/** A project's report and its events as the API shows them. */
import { z } from 'zod';
import type { ProjectEvent } from '../protocol/project-events.ts';
import { projectFields, slots } from './project.ts';
import { agentSchema, taskSchema } from './team.ts';

const texts = z.array(z.string()).readonly();

const counts = z.object({ passed: z.number().int(), failed: z.number().int(), skipped: z.number().int() });

const measurementSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('tests'),
      commit: z.string(),
      status: z.enum(['passed', 'failed', 'empty', 'crashed', 'timed_out']),
      counts,
      durationMs: z.number(),
      failures: z.array(z.object({ file: z.string(), name: z.string(), message: z.string() })).readonly(),
    }),
    z.object({
      kind: z.literal('types'),
      commit: z.string(),
      errors: z.number().int(),
      filesChecked: z.number().int(),
      findings: texts,
    }),
    z.object({ kind: z.literal('security'), commit: z.string(), findings: texts }),
    z.object({
      kind: z.literal('acceptance'),
      commit: z.string(),
      slot: z.enum(slots),
      passed: z.number().int(),
      failed: z.number().int(),
      failures: texts,
    }),
    z.object({ kind: z.literal('health'), commit: z.string(), slot: z.enum(slots), status: z.number().int() }),
  ])
  .meta({ id: 'Measurement' });

const gateSchema = z.object({ name: z.string(), passed: z.boolean(), evidence: z.string() }).meta({ id: 'Gate' });

export const reportSchema = z
  .object({
    ...projectFields,
    tasks: z.array(taskSchema).readonly(),
    agents: z.array(agentSchema).readonly(),
    measurements: z.array(measurementSchema).readonly(),
    gates: z.array(gateSchema).readonly(),
    findings: texts,
    durationMs: z.number(),
    markdown: z.string().meta({ description: 'The report as a person reads it.' }),
  })
  .meta({ id: 'Report' });

const eventMeta = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string', example: 'task.assigned' } },
  additionalProperties: true,
} as const;

const stored = {
  sequence: z.number().int(),
  recordedAt: z.number(),
};

export const projectEventsSchema = z
  .object({
    events: z
      .array(z.object({ ...stored, event: z.custom<ProjectEvent>().meta({ id: 'ProjectEvent', ...eventMeta }) }))
      .readonly(),
    next: z.number().int().meta({ description: 'Pass it as `after` for what comes next.' }),
  })
  .meta({ id: 'ProjectEvents' });

export const agentEventsSchema = z
  .object({
    events: z
      .array(z.object({ ...stored, event: z.looseObject({ type: z.string() }).meta({ id: 'AgentEvent' }) }))
      .readonly(),
    next: z.number().int(),
  })
  .meta({ id: 'AgentEvents' });

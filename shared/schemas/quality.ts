/** Findings, gates, waivers and verdicts as the API shows and takes them. */
import { z } from 'zod';
import { gateStages, longestWaiverMs, shortestReason } from '../domain/quality/judge/gate.ts';
import { measurementKinds, type MeasurementKindName } from '../domain/quality/judge/kinds.ts';
import { confidences, severities } from '../domain/security/finding.ts';
import { limitSchema } from './paging.ts';
import { idSchema, projectPath } from './ids.ts';

const place = { line: z.number().int(), column: z.number().int() };

const findingSchema = z
  .object({
    rule: z.string(),
    title: z.string(),
    severity: z.enum(severities),
    confidence: z.enum(confidences),
    cwe: z.array(z.number().int()).readonly(),
    file: z.string(),
    ...place,
    endLine: z.number().int(),
    endColumn: z.number().int(),
    message: z.string(),
    impact: z.string(),
    evidence: z
      .array(z.object({ ...place, text: z.string() }))
      .readonly()
      .meta({ description: 'From the source to the sink.' }),
    fix: z.object({
      text: z.string(),
      edit: z.object({ start: z.number().int(), end: z.number().int(), text: z.string() }).optional(),
    }),
    suppressed: z.string().optional().meta({ description: 'The reason of the comment that lets it pass.' }),
  })
  .meta({ id: 'Finding' });

const scanFields = {
  commit: z.string(),
  subject: z.string().meta({ description: '`main`, or the id of the task whose change it is.' }),
  scannedAt: z.number(),
  filesScanned: z.number().int(),
  verdict: z.enum(['approve', 'reject']),
  findingsTotal: z.number().int(),
  blocking: z.number().int(),
};

export const scanSchema = z.object(scanFields).meta({ id: 'Scan' });
export const scanListSchema = z.object({ scans: z.array(scanSchema).readonly() }).meta({ id: 'ScanList' });
export const findingsSchema = z
  .object({
    ...scanFields,
    findings: z.array(findingSchema).readonly(),
    skipped: z.array(z.object({ file: z.string(), reason: z.string() })).readonly(),
  })
  .meta({ id: 'Findings' });

export const scanQuery = z.strictObject({ limit: limitSchema(20, 100) });
export const findingsQuery = z.strictObject({
  subject: z
    .union([z.literal('main'), idSchema('tsk')])
    .default('main')
    .meta({ type: 'string', description: '`main`, or the id of a task.' }),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/, 'must be the full hash of a commit')
    .optional(),
});

const kindNames = Object.keys(measurementKinds);
const kind = z
  .string()
  .refine((name): name is MeasurementKindName => kindNames.includes(name), `must be one of ${kindNames.join(', ')}`)
  .meta({ type: 'string', enum: kindNames });

const condition = z.strictObject({
  figure: z.string().max(40),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});

const gatePolicy = z
  .strictObject({
    name: z.string().max(40),
    kind,
    stage: z.enum(gateStages),
    conditions: z.array(condition).min(1).max(10).readonly(),
  })
  .meta({ id: 'GatePolicy' });

export const waiverSchema = z
  .object({
    waiverId: z.string(),
    gate: z.string(),
    person: z.string(),
    reason: z.string(),
    endsAt: z.number(),
    grantedAt: z.number(),
  })
  .meta({ id: 'Waiver' });

const gateResult = z
  .object({
    gate: z.string(),
    kind: z.string(),
    outcome: z.enum(['passed', 'failed', 'missing', 'stale', 'waived']),
    conditions: z
      .array(
        z.object({
          figure: z.string(),
          expected: z.string(),
          measured: z.number().optional(),
          holds: z.boolean(),
          missedBy: z.number().optional(),
        }),
      )
      .readonly(),
    evidence: z.string(),
    wanted: z.string().optional().meta({ description: 'What would turn it.' }),
    waiver: waiverSchema.optional(),
  })
  .meta({ id: 'GateResult' });

export const qualitySchema = z
  .object({
    verdict: z
      .object({ commit: z.string(), passed: z.boolean(), gates: z.array(gateResult).readonly() })
      .optional()
      .meta({ description: 'About the head of main; absent while there is none.' }),
    gates: z.array(gatePolicy).readonly(),
    waivers: z.array(waiverSchema).readonly(),
    figures: z
      .array(
        z.object({
          kind: z.string(),
          commit: z.string(),
          figures: z.record(z.string(), z.number()),
          summary: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Quality' });

export const gatesBody = z
  .strictObject({
    gates: z.array(gatePolicy).max(40).readonly().meta({ description: 'All gates; none puts the default ones back.' }),
  })
  .meta({ id: 'SetGates' });

export const waiverBody = z
  .strictObject({
    gate: z.string().max(40),
    reason: z.string().trim().min(shortestReason, `must say why, in at least ${shortestReason} characters`).max(2_000),
    endsAt: z
      .number()
      .int()
      .meta({ description: `Milliseconds since the epoch, at most ${longestWaiverMs / 86_400_000} days from now.` }),
  })
  .meta({ id: 'GrantWaiver' });

export const waiverPath = projectPath.extend({ waiverId: idSchema('wvr') });

export const sbomSchema = z
  .looseObject({ bomFormat: z.literal('CycloneDX'), specVersion: z.literal('1.6') })
  .meta({ id: 'Sbom' });

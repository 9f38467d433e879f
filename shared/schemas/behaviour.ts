/** Acceptance criteria with what proves them, as the API shows and asks for them. */
import { z } from 'zod';
import { checkKinds, criterionOutcomes } from '../domain/quality/behaviour/criteria.ts';
import { limitSchema } from './paging.ts';
import { slots } from './project.ts';

const checkSchema = z
  .object({
    checkId: z.string(),
    kind: z.enum(checkKinds).meta({
      description: 'A scenario of the specification, an HTTP check of an agent, or a test of the repository.',
    }),
    name: z.string(),
    criterionId: z.string().optional(),
    passed: z.boolean(),
    commit: z.string(),
    slot: z.enum(slots).optional(),
    evidence: z.string().meta({ description: 'What was asked and answered, or why it failed.' }),
    checkedAt: z.number(),
  })
  .meta({ id: 'CriterionCheck' });

const criterionSchema = z
  .object({
    criterionId: z.string(),
    text: z.string(),
    source: z.enum(['specification', 'task']),
    line: z.number().int().optional().meta({ description: 'Of the specification.' }),
    unreadable: z.string().optional().meta({ description: 'Why the platform cannot try the scenario itself.' }),
    tasks: z.array(z.object({ taskId: z.string(), key: z.string() })).readonly(),
    outcome: z.enum(criterionOutcomes).meta({
      description: '`stale`: checked on other commits only. `unproven`: no check names it.',
    }),
    checks: z.array(checkSchema).readonly().meta({ description: 'At most 20, those that failed first.' }),
    checksTotal: z.number().int(),
    wanted: z.string().optional().meta({ description: 'What would prove it.' }),
  })
  .meta({ id: 'Criterion' });

export const criteriaSchema = z
  .object({
    commit: z.string().optional().meta({ description: 'The head of main, which the outcomes are about.' }),
    counts: z.object({
      total: z.number().int(),
      proven: z.number().int(),
      failed: z.number().int(),
      unproven: z.number().int(),
      specifiedUnproven: z.number().int(),
    }),
    criteria: z.array(criterionSchema).readonly(),
    next: z.string().optional().meta({ description: 'Pass it as `after` for what comes next.' }),
    faults: z
      .array(z.object({ line: z.number().int(), reason: z.string() }))
      .readonly()
      .meta({ description: 'Places of the specification that are no Gherkin.' }),
  })
  .meta({ id: 'Criteria' });

export const criteriaQuery = z.strictObject({
  after: z.string().max(200).optional(),
  limit: limitSchema(100, 500),
  outcome: z.enum(criterionOutcomes).optional(),
});

export const verifyBody = z
  .strictObject({ slot: z.enum(['preview', 'staging'], 'must be preview or staging: the slot is emptied') })
  .meta({ id: 'VerifyCriteria' });

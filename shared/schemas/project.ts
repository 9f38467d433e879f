/** Projects as the API takes and shows them. */
import { z } from 'zod';
import { stages } from '../protocol/stages.ts';
import { projectBudgetSchema } from './budget.ts';
import { poolsField, roleName } from './pools.ts';
import { connectedToolsSchema } from './tools.ts';

export const projectStatuses = ['active', 'paused', 'completed', 'blocked', 'failed', 'cancelled'] as const;
export const slots = ['preview', 'staging', 'production'] as const;

/** Longest specification, in characters. The body as a whole has a limit of its own. */
const maxSpecificationLength = 1_000_000;

const notBlank = (text: string): boolean => text.trim() !== '';

export const projectName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120, 'must have at most 120 characters')
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');

const specificationText = z
  .string({ error: 'must be the specification as text' })
  .max(maxSpecificationLength, `must have at most ${maxSpecificationLength} characters`)
  .refine(notBlank, 'must not be empty');

export const fileName = z
  .string()
  .max(200, 'must have at most 200 characters')
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 'must be a plain file name, without folders')
  .meta({ example: 'spec.md' });

export const modelName = z
  .string()
  .max(200, 'must have at most 200 characters')
  .regex(/^(?:[a-z0-9-]+\/\S+|[a-z][a-z0-9._:-]*)$/, 'must be <provider>/<model>, an alias, or auto')
  .meta({ example: 'offline/engineer' });

export const createProjectBody = z
  .strictObject({
    specification: specificationText.meta({
      description: 'A product specification in Markdown, or an OpenAPI 3 document in JSON or YAML.',
    }),
    name: projectName.optional().meta({ description: 'Absent: taken from the specification.' }),
    fileName: fileName.optional(),
    model: modelName.optional(),
    roles: z
      .array(roleName)
      .min(1, 'must name at least one role')
      .max(50, 'must name at most 50 roles')
      .optional()
      .meta({ description: 'The roles of the team; absent: all.' }),
    maxRevisions: z.int().min(0).max(20).optional(),
    maxAttempts: z.int().min(1).max(20).optional(),
    budget: projectBudgetSchema.optional(),
    pools: poolsField.optional().meta({
      description: 'How many agents of a role there are at a time; roles without a pool have a fixed number.',
    }),
    tools: connectedToolsSchema.optional(),
    inDoubt: z.enum(['person', 'project_manager']).optional().meta({
      description: 'Who is asked first about effects of which nobody knows whether they happened. Absent: a person.',
    }),
    leaseSeconds: z.int().min(5).max(3_600).optional().meta({
      description: 'How long an agent may be silent before its task is given to another; absent: 60.',
    }),
    stallSeconds: z.int().min(5).max(86_400).optional().meta({
      description: 'How long nothing may move before the project counts as stalled; absent: 300.',
    }),
    questionTimeoutSeconds: z.int().min(5).max(2_592_000).optional().meta({
      description: 'How long a question to a person may stay open before its task fails; absent: for ever.',
    }),
    fallbackModels: z.array(modelName).max(5).optional().meta({
      description: 'Models to go on with, in order, when an agent is stuck.',
    }),
  })
  .meta({ id: 'CreateProject' });

export const deploymentSchema = z
  .object({
    slot: z.enum(slots),
    version: z.string(),
    action: z.enum(['deployed', 'promoted', 'rolled_back']),
    at: z.number(),
  })
  .meta({ id: 'Deployment' });

export const deploymentListSchema = z
  .object({ deployments: z.array(deploymentSchema).readonly() })
  .meta({ id: 'DeploymentList' });

const slot = z.enum(slots, `must be one of ${slots.join(', ')}`);

export const promoteBody = z
  .strictObject({ from: slot, to: slot })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must be another slot than `from`' })
  .meta({ id: 'Promote' });

export const rollbackBody = z.strictObject({ slot }).meta({ id: 'RollBack' });

const projectShape = {
  projectId: z.string(),
  workspaceId: z.string(),
  name: z.string(),
  format: z.enum(['markdown', 'openapi']),
  status: z.enum(projectStatuses),
  stage: z.enum(stages),
  revision: z.number().int(),
  model: z.string(),
  reason: z
    .string()
    .optional()
    .meta({ description: 'Why it is blocked, failed or cancelled, or paused by its budget.' }),
  sentences: z
    .array(z.object({ sentence: z.string(), reason: z.string() }))
    .readonly()
    .optional()
    .meta({ description: 'The sentences of the specification that were not understood.' }),
  progress: z.object({ tasksDone: z.number().int(), tasksTotal: z.number().int() }),
  sequence: z.number().int(),
  createdAt: z.number(),
  updatedAt: z.number(),
  deployments: z.array(deploymentSchema).readonly(),
  specificationPath: z.string(),
  effectsInDoubt: z.number().int().meta({ description: 'Effects that somebody has to settle.' }),
  deadLetters: z.number().int().meta({ description: 'Work that failed too often and waits to be replayed.' }),
  progressAt: z.number().meta({ description: 'When something last moved.' }),
  stalled: z
    .object({ since: z.number(), waitingFor: z.array(z.string()).readonly() })
    .optional()
    .meta({ description: 'Set while nothing has moved for too long.' }),
  openQuestions: z.number().int().meta({ description: 'Questions that wait for a person’s answer.' }),
};

const links = {
  appUrl: z.string().meta({ description: 'Where the app answers once it is deployed to production.' }),
  repositoryUrl: z.string().meta({ description: 'For `git clone`, with an API key as the password.' }),
};

export const projectSchema = z.object({ ...projectShape, ...links }).meta({ id: 'Project' });

const projectSummarySchema = z
  .object({
    projectId: z.string(),
    name: z.string(),
    format: z.string(),
    status: z.string(),
    stage: z.string(),
    revision: z.number().int(),
    model: z.string(),
    reason: z.string().optional(),
    progress: z.object({ tasksDone: z.number().int(), tasksTotal: z.number().int() }),
    createdAt: z.number(),
    updatedAt: z.number(),
    ...links,
  })
  .meta({ id: 'ProjectSummary' });

export const projectListSchema = z
  .object({
    projects: z.array(projectSummarySchema).readonly(),
    next: z.string().optional().meta({ description: 'Pass it as `after` for the next page.' }),
  })
  .meta({ id: 'ProjectList' });

export const specificationSchema = z.object({ path: z.string(), content: z.string() }).meta({ id: 'Specification' });

export const cancelBody = z
  .strictObject({ reason: z.string().trim().min(1).max(500).optional() })
  .meta({ id: 'CancelProject' });

/** The fields that a project and its report share. */
export const projectFields = { ...projectShape, ...links };

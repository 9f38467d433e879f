/** Tasks, agents and messages as the API shows them. */
import { z } from 'zod';
import { maxMessageLength } from '../domain/message/envelope.ts';
import { stages, taskKinds } from '../protocol/stages.ts';
import { stuckKinds } from '../protocol/stuck.ts';
import { idSchema } from './ids.ts';

const texts = z.array(z.string()).readonly();

export const taskSchema = z
  .object({
    taskId: z.string(),
    key: z.string(),
    title: z.string(),
    kind: z.enum(taskKinds),
    role: z.string(),
    description: z.string(),
    acceptanceCriteria: texts,
    dependsOn: texts,
    priority: z.number(),
    estimateMinutes: z.number(),
    paths: texts,
    stage: z.enum(stages),
    status: z.enum(['waiting', 'ready', 'assigned', 'in_review', 'merging', 'done', 'failed', 'cancelled']),
    attempt: z.number().int(),
    agentId: z.string().optional(),
    branch: z.string().optional(),
    fencingToken: z.number().int().optional(),
    leaseExpiresAt: z.number().optional(),
    inDoubt: z.string().optional().meta({ description: 'The effect in doubt for which the task waits.' }),
    subject: z.string().optional().meta({ description: 'The task that a review is about.' }),
    summary: z.string().optional(),
    comments: texts,
    model: z
      .string()
      .optional()
      .meta({ description: 'The model its runs go on with, when another than the project’s.' }),
    stuck: z.object({ kind: z.enum(stuckKinds), evidence: texts }).optional(),
    waitingFor: z.enum(['colleague', 'person']).optional().meta({ description: 'Whose help it waits for.' }),
    createdAt: z.number(),
    startedAt: z.number().optional(),
    finishedAt: z.number().optional(),
  })
  .meta({ id: 'Task' });

export const taskListSchema = z.object({ tasks: z.array(taskSchema).readonly() }).meta({ id: 'TaskList' });

export const agentSchema = z
  .object({
    agentId: z.string(),
    role: z.string(),
    name: z.string(),
    status: z.enum(['idle', 'working', 'resting']),
    taskId: z.string().optional(),
    tasksDone: z.number().int(),
  })
  .meta({ id: 'Agent' });

export const agentListSchema = z.object({ agents: z.array(agentSchema).readonly() }).meta({ id: 'AgentList' });

export const taskDetailSchema = z
  .object({
    task: taskSchema,
    agent: agentSchema.optional(),
    reviews: z.array(taskSchema).readonly().meta({ description: 'The reviews of this task, oldest first.' }),
  })
  .meta({ id: 'TaskDetail' });

export const agentDetailSchema = z
  .object({
    agentId: z.string(),
    projectId: z.string(),
    workspaceId: z.string(),
    role: z.string(),
    name: z.string(),
    model: z.string(),
    status: z.enum(['idle', 'working']),
    run: z
      .object({
        runId: z.string(),
        taskId: z.string(),
        title: z.string(),
        attempt: z.number().int(),
        steps: z.number().int(),
        startedAt: z.number(),
        inDoubt: texts,
      })
      .optional(),
    runsFinished: z.number().int(),
    usage: z.object({
      inputTokens: z.number(),
      outputTokens: z.number(),
      modelCalls: z.number(),
      modelTimeMs: z.number(),
    }),
    sequence: z.number().int(),
  })
  .meta({ id: 'AgentDetail' });

const messageSchema = z
  .object({
    messageId: z.string(),
    sender: z.string(),
    recipient: z.string(),
    messageType: z.string(),
    content: z.string(),
    timestamp: z.number(),
    replyTo: z.string().optional(),
    metadata: z.record(z.string(), z.string()).readonly().optional(),
    attachments: z
      .array(z.object({ name: z.string(), mediaType: z.string(), content: z.string() }))
      .readonly()
      .optional(),
    stamp: z.object({ workspaceId: z.string(), runId: z.string().optional(), sequence: z.number().int() }),
  })
  .meta({ id: 'Message' });

const stored = { sequence: z.number().int(), message: messageSchema, acknowledgedAt: z.number().optional() };

export const projectMessagesSchema = z
  .object({ messages: z.array(z.object(stored)).readonly() })
  .meta({ id: 'ProjectMessages' });

export const agentMessagesSchema = z
  .object({ messages: z.array(z.object({ ...stored, direction: z.enum(['received', 'sent']) })).readonly() })
  .meta({ id: 'AgentMessages' });

const messageFields = {
  messageType: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'must be a name like `note` or `question`')
    .optional()
    .meta({ description: 'Absent: `note`.' }),
  content: z
    .string()
    .min(1, 'must not be empty')
    .max(maxMessageLength, `must have at most ${maxMessageLength} characters`),
  replyTo: idSchema('msg').optional(),
};

export const messageToAgentBody = z.strictObject(messageFields).meta({ id: 'MessageToAgent' });

/** Who a message to a team is for. */
export const recipientSchema = z
  .string()
  .regex(
    /^(\*|role:[a-z][a-z0-9_]{0,39}|agent:agt_[0-9a-hjkmnp-tv-z]{26}|project:prj_[0-9a-hjkmnp-tv-z]{26})$/,
    'must be `agent:<id>`, `role:<name>`, `*`, or `project:<id>` for a note in the project’s own record',
  );

export const messageToTeamBody = z
  .strictObject({
    recipient: recipientSchema,
    ...messageFields,
  })
  .meta({ id: 'MessageToTeam' });

export const sentMessageSchema = z.object({ messageId: z.string() }).meta({ id: 'SentMessage' });

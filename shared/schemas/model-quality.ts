/** What was measured of models, alarms about them and ratings, as the API shows them. */
import { z } from 'zod';
import { idSchema } from './ids.ts';
import { limitSchema, sinceSchema } from './paging.ts';

const label = z.string().min(1).max(200);
const time = z.int().meta({ description: 'Milliseconds since the epoch.' });

/** Query of the list of models. */
export const qualityQuery = z.strictObject({
  model: label.optional().meta({ description: 'Only this one, `<provider>/<model>`.' }),
  role: label.optional().meta({ description: 'Only work of this role of the team; `client` are calls of /v1.' }),
  taskKind: label.optional().meta({ description: 'Only this kind of task, or wire: chat, responses, messages.' }),
  since: sinceSchema.meta({ description: 'From the hour of this moment on; by default the last seven days.' }),
  after: label.optional().meta({ description: 'The `next` of the page before.' }),
  limit: limitSchema(50, 200),
});

/** Query of one model. */
export const modelQualityQuery = qualityQuery.pick({ role: true, taskKind: true, since: true });

export const modelQualityPath = z.object({
  model: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'The name with its slash written as %2F.', example: 'openai%2Fgpt-5' }),
});

const measureSchema = z
  .object({
    measure: z.string().meta({ example: 'schema' }),
    kind: z.enum(['share', 'mean']),
    title: z.string(),
    trials: z.number(),
    misses: z.number().optional().meta({ description: 'Of a share.' }),
    share: z.number().optional().meta({ description: 'Misses by trials, from 0 to 1.' }),
    mean: z.number().optional(),
  })
  .meta({ id: 'QualityMeasure' });

const modelShape = {
  model: z.string(),
  factor: z.number().meta({
    description:
      'What `auto` multiplies the quality of benchmarks with, from 0.02 to 1.25; of late, whatever the query.',
  }),
  alarms: z.array(z.string()).meta({ description: 'Measures for which an alarm stands.' }),
  measures: z.array(measureSchema),
};

export const qualityPageSchema = z
  .object({
    since: time,
    models: z.array(z.object(modelShape).meta({ id: 'ModelQuality' })),
    next: z.string().optional().meta({ description: 'To be sent as `after`; absent on the last page.' }),
  })
  .meta({ id: 'ModelQualityPage' });

const sample = z.object({ trials: z.number(), misses: z.number() });

export const modelQualitySchema = z
  .object({
    since: time,
    ...modelShape,
    parts: z.array(z.object({ role: z.string(), taskKind: z.string(), measures: z.array(measureSchema) })),
    drift: z.array(z.object({ measure: z.string(), recent: sample, baseline: sample })).meta({
      description: 'What each share is compared with, and what it came to of late.',
    }),
  })
  .meta({ id: 'ModelQualityDetail' });

/** Query of alarms. */
export const alarmQuery = z.strictObject({
  status: z
    .enum(['standing', 'closed', 'all'], 'must be one of standing, closed, all')
    .default('standing')
    .meta({ description: 'Standing ones are open or acknowledged.' }),
  after: idSchema('alm').optional().meta({ description: 'The last alarm of the page before.' }),
  limit: limitSchema(50, 200),
});

export const alarmPath = z.object({ alarmId: idSchema('alm') });

export const acknowledgeBody = z.strictObject({
  note: z.string().max(2_000).optional(),
  accept: z
    .boolean()
    .default(false)
    .meta({ description: 'Take the present figures as the new normal, which closes the alarm.' }),
});

export const alarmSchema = z
  .object({
    alarmId: z.string(),
    model: z.string(),
    measure: z.string(),
    status: z.enum(['open', 'acknowledged', 'closed']),
    summary: z.string(),
    next: z.string().meta({ description: 'What to do about it.' }),
    raisedAt: time,
    updatedAt: time,
    baseline: sample,
    recent: sample,
    chance: z.number().meta({ description: 'How likely such figures are for a model that did not change.' }),
    acknowledgedAt: time.optional(),
    acknowledgedBy: z.string().optional(),
    note: z.string().optional(),
    closedAt: time.optional(),
    closedBy: z.enum(['figures', 'person']).optional(),
  })
  .meta({ id: 'QualityAlarm' });

export const alarmListSchema = z.object({ alarms: z.array(alarmSchema) }).meta({ id: 'QualityAlarmList' });

const ratingSchema = z
  .number()
  .refine((rating) => rating === -1 || (rating >= 0 && rating <= 1), 'must be -1, 1, or from 0 to 1')
  .meta({ description: '-1 or 0 for useless, 1 for right, or anything between 0 and 1.', minimum: -1, maximum: 1 });

export const feedbackBody = z
  .strictObject({
    responseId: z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, 'must be the id of an answer')
      .optional()
      .meta({ description: '`chatcmpl-…`, `resp_…`, `msg_…`, or the `x-request-id` of the answer.' }),
    projectId: idSchema('prj').optional(),
    taskId: idSchema('tsk').optional(),
    rating: ratingSchema,
    comment: z.string().max(4_000).optional(),
  })
  .refine(({ responseId, projectId }) => (responseId === undefined) !== (projectId === undefined), {
    path: ['responseId'],
    message: 'give either an answer by "responseId" or work by "projectId"',
  })
  .refine(({ taskId, projectId }) => taskId === undefined || projectId !== undefined, {
    path: ['taskId'],
    message: 'needs "projectId"',
  });

export const feedbackSchema = z
  .object({
    feedbackId: z.string(),
    subject: z.string().meta({ description: 'The answer, the project, or the project and its task.' }),
    rating: z.number().meta({ description: 'From 0 to 1.' }),
    comment: z.string().optional(),
    models: z.array(z.string()),
    by: z.string(),
    at: time,
  })
  .meta({ id: 'Feedback' });

export const feedbackQuery = z.strictObject({ after: idSchema('fbk').optional(), limit: limitSchema(50, 200) });

export const feedbackListSchema = z.object({ feedback: z.array(feedbackSchema) }).meta({ id: 'FeedbackList' });

export type MeasureView = z.infer<typeof measureSchema>;
export type AlarmView = z.infer<typeof alarmSchema>;

/** Questions of a team to the person who ordered the project. */
import { z } from 'zod';

const maxAnswerLength = 20_000;

export const questionSchema = z
  .object({
    questionId: z.string(),
    taskId: z.string(),
    taskTitle: z.string(),
    text: z.string(),
    choices: z.array(z.string()).readonly().optional(),
    status: z.enum(['open', 'answered', 'expired', 'closed']).meta({
      description: '`closed`: the task that asked ended without an answer.',
    }),
    askedAt: z.number(),
    deadlineAt: z.number().optional().meta({ description: 'Without an answer by then, the task fails.' }),
    answer: z.object({ text: z.string(), answeredBy: z.string(), at: z.number() }).optional(),
  })
  .meta({ id: 'Question' });

export const questionListSchema = z
  .object({ questions: z.array(questionSchema).readonly() })
  .meta({ id: 'QuestionList' });

export const answerBody = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(maxAnswerLength, `must have at most ${maxAnswerLength} characters`),
  })
  .meta({ id: 'AnswerQuestion' });

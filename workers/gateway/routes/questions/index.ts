import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { answerQuestion } from './answer.ts';
import { listQuestions } from './list.ts';

export const questionRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([listQuestions, answerQuestion] as const);

import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listDeadLetters } from './list.ts';
import { replayDeadLetter } from './replay.ts';

export const deadLetterRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([listDeadLetters, replayDeadLetter] as const);

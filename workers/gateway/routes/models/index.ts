import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { acknowledgeAlarm } from './acknowledge-alarm.ts';
import { getModelQuality } from './get-quality.ts';
import { listQualityAlarms } from './list-alarms.ts';
import { listModelQuality } from './list-quality.ts';
import { listModels } from './list.ts';

export const modelRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listModels,
    listModelQuality,
    listQualityAlarms,
    acknowledgeAlarm,
    getModelQuality,
  ] as const);

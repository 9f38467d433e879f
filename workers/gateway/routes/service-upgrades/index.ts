import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getUpgrade, listUpgrades } from './get.ts';
import { startUpgrade } from './start.ts';
import { steerUpgrade } from './steer.ts';

export const serviceUpgradeRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([startUpgrade, listUpgrades, getUpgrade, steerUpgrade] as const);

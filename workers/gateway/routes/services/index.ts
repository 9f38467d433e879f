import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { deregisterService } from './deregister.ts';
import { discoverServices } from './discover.ts';
import { followServices, listServiceEvents } from './events.ts';
import { getService, getServiceInstance } from './get.ts';
import { beatService } from './heartbeat.ts';
import { listServices } from './list.ts';
import { registerService } from './register.ts';
import { updateService } from './update.ts';

export const serviceRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listServices,
    registerService,
    getService,
    discoverServices,
    getServiceInstance,
    updateService,
    deregisterService,
    beatService,
    listServiceEvents,
    followServices,
  ] as const);

import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { compose } from './compose.ts';
import { listCompositionEvents } from './events.ts';
import { getComposition, getCompositionManifest, getCompositionTopology } from './get.ts';
import { healComposition } from './heal.ts';
import { listCompositions } from './list.ts';
import { planComposition } from './plan.ts';
import { tearDownComposition } from './tear-down.ts';
import { validateComposition } from './validate.ts';

export const compositionRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listCompositions,
    compose,
    validateComposition,
    planComposition,
    listCompositionEvents,
    getComposition,
    getCompositionManifest,
    getCompositionTopology,
    healComposition,
    tearDownComposition,
  ] as const);

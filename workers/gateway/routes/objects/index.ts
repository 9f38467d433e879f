import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { callServiceObject } from './call-service.ts';
import { deactivateObject } from './deactivate.ts';
import { diffVersions } from './diff-versions.ts';
import { exportObject } from './export.ts';
import { getLifecycle } from './get-lifecycle.ts';
import { getState } from './get-state.ts';
import { importObject } from './import.ts';
import { listHistory } from './list-history.ts';
import { listMigrations } from './list-migrations.ts';
import { restoreState } from './restore.ts';
import { reviveObject } from './revive.ts';
import { tryMigrations } from './trial.ts';

export const objectRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    getState,
    listHistory,
    diffVersions,
    restoreState,
    exportObject,
    importObject,
    tryMigrations,
    listMigrations,
    getLifecycle,
    deactivateObject,
    reviveObject,
    callServiceObject,
  ] as const);

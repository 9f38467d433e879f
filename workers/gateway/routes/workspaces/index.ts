import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getCaller } from './caller.ts';
import { createKey } from './create-key.ts';
import { createWorkspace } from './create.ts';
import { getWorkspace } from './get.ts';
import { listKeys } from './list-keys.ts';
import { listWorkspaces } from './list.ts';
import { rebuildDirectory } from './rebuild-directory.ts';
import { revokeKey } from './revoke-key.ts';

export const workspaceRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    getCaller,
    createWorkspace,
    listWorkspaces,
    getWorkspace,
    rebuildDirectory,
    createKey,
    listKeys,
    revokeKey,
  ] as const);

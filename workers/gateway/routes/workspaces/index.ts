import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { getWorkspaceBudget } from './budget.ts';
import { getCaller } from './caller.ts';
import { createKey } from './create-key.ts';
import { createWorkspace } from './create.ts';
import { getWorkspace } from './get.ts';
import { listKeys } from './list-keys.ts';
import { listWorkspaces } from './list.ts';
import { getOwnQuotas, getWorkspaceQuotas, setWorkspaceQuotas } from './quotas.ts';
import { rebuildDirectory } from './rebuild-directory.ts';
import { revokeKey } from './revoke-key.ts';
import { setWorkspaceBudget } from './set-budget.ts';
import { getWorkspaceUsage } from './usage.ts';

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
    getWorkspaceBudget,
    setWorkspaceBudget,
    getWorkspaceUsage,
    getOwnQuotas,
    getWorkspaceQuotas,
    setWorkspaceQuotas,
  ] as const);

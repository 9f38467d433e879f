import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { listCredentialEvents } from './events.ts';
import { listCredentials } from './list.ts';
import { putCredential } from './put.ts';
import { removeCredential } from './remove.ts';
import { testCredential } from './test.ts';

export const credentialRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listCredentials,
    listCredentialEvents,
    putCredential,
    removeCredential,
    testCredential,
  ] as const);

/**
 * The API: every documented operation, without the middleware around it. Building it touches nothing of the runtime, so
 * that Node can write the OpenAPI document from it.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from './app-environment.ts';
import { validationHook } from './errors/validation.ts';
import { agentRoutes } from './routes/agents/index.ts';
import { codeRoutes } from './routes/code/index.ts';
import { compositionRoutes } from './routes/compositions/index.ts';
import { credentialRoutes } from './routes/credentials/index.ts';
import { deadLetterRoutes } from './routes/dead-letters/index.ts';
import { deploymentRoutes } from './routes/deployments/index.ts';
import { effectRoutes } from './routes/effects/index.ts';
import { eventRoutes } from './routes/events/index.ts';
import { feedbackRoutes } from './routes/feedback/index.ts';
import { fileRoutes } from './routes/files/index.ts';
import { healthRoutes } from './routes/health/index.ts';
import { messageRoutes } from './routes/messages/index.ts';
import { modelRoutes } from './routes/models/index.ts';
import { objectRoutes } from './routes/objects/index.ts';
import { projectRoutes } from './routes/projects/index.ts';
import { qualityRoutes } from './routes/quality/index.ts';
import { questionRoutes } from './routes/questions/index.ts';
import { runRoutes } from './routes/runs/index.ts';
import { serviceRoutes } from './routes/services/index.ts';
import { serviceUpgradeRoutes } from './routes/service-upgrades/index.ts';
import { subscriptionRoutes } from './routes/subscriptions/index.ts';
import { taskRoutes } from './routes/tasks/index.ts';
import { toolRoutes } from './routes/tools/index.ts';
import { ticketRoutes } from './routes/tickets/index.ts';
import { topicRoutes } from './routes/topics/index.ts';
import { workspaceRoutes } from './routes/workspaces/index.ts';

/** All documented operations. */
export const createApi = () =>
  new OpenAPIHono<AppEnvironment>({ defaultHook: validationHook })
    .route('/', healthRoutes())
    .route('/', projectRoutes())
    .route('/', taskRoutes())
    .route('/', agentRoutes())
    .route('/', messageRoutes())
    .route('/', questionRoutes())
    .route('/', fileRoutes())
    .route('/', codeRoutes())
    .route('/', toolRoutes())
    .route('/', eventRoutes())
    .route('/', effectRoutes())
    .route('/', qualityRoutes())
    .route('/', deadLetterRoutes())
    .route('/', deploymentRoutes())
    .route('/', modelRoutes())
    .route('/', feedbackRoutes())
    .route('/', credentialRoutes())
    .route('/', objectRoutes())
    .route('/', compositionRoutes())
    .route('/', runRoutes())
    .route('/', serviceRoutes())
    .route('/', serviceUpgradeRoutes())
    .route('/', topicRoutes())
    .route('/', subscriptionRoutes())
    .route('/', workspaceRoutes())
    .route('/', ticketRoutes());

/** For clients: `hc<Api>` with a type-only import. */
export type Api = ReturnType<typeof createApi>;

/** The OpenAPI 3.1 document of the API. */
export const openApiDocument = (api: Api) => {
  api.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: `ados_…`',
  });
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'AIDevOS',
      version: '0.1.0',
      description:
        'Give a product specification, get a git repository, a test report and a running app. Every failure is ' +
        '`application/problem+json` with a `code` to decide by and a `detail` to read.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'projects' },
      { name: 'tasks' },
      { name: 'agents' },
      { name: 'messages' },
      { name: 'questions' },
      { name: 'files' },
      { name: 'code' },
      { name: 'tools' },
      { name: 'events' },
      { name: 'topics' },
      { name: 'consumers' },
      { name: 'effects' },
      { name: 'dead letters' },
      { name: 'deployments' },
      { name: 'quality' },
      { name: 'compositions' },
      { name: 'runs' },
      { name: 'objects' },
      { name: 'models' },
      { name: 'credentials' },
      { name: 'services' },
      { name: 'workspaces' },
      { name: 'keys' },
      { name: 'platform' },
    ],
  });
};

import { createRoute, z } from '@hono/zod-openapi';
import { projectRecord } from '../../../../shared/adapters/directory/records.ts';
import type { ProjectId } from '../../../../shared/domain/ids.ts';
import { ok, type Result } from '../../../../shared/errors/result.ts';
import type { ProjectView } from '../../../../shared/rpc/project.ts';
import {
  createProjectBody,
  fileName,
  modelName,
  projectName,
  projectSchema,
} from '../../../../shared/schemas/project.ts';
import type { AppContext } from '../../app-environment.ts';
import { budgetOf } from '../../budget-body.ts';
import { deadlines, withDeadline } from '../../deadline.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { ask } from '../../objects.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { presentProject } from './present.ts';
import { rawDocument } from './raw-document.ts';

/** Wrapped into the JSON form before validation, hence its type. */
const rawText = z
  .custom<z.infer<typeof createProjectBody>>()
  .meta({ type: 'string', description: 'The specification itself; options go into the query.' });

const access = secured('project.create');

const route = createRoute({
  method: 'post',
  path: '/api/projects',
  tags: ['projects'],
  summary: 'Build a product from a specification',
  description:
    'The body is `{ "specification": "…" }`, or the specification itself: Markdown, YAML, or an OpenAPI document in JSON. ' +
    'With an `Idempotency-Key` header a repeat answers the project that the first request made.',
  ...access,
  middleware: [...access.middleware, rawDocument()],
  request: {
    query: z.strictObject({ name: projectName.optional(), fileName: fileName.optional(), model: modelName.optional() }),
    body: {
      required: true,
      content: {
        'application/json': { schema: createProjectBody },
        'text/markdown': { schema: rawText },
        'application/yaml': { schema: rawText },
      },
    },
  },
  responses: { 201: jsonResponse('The project, which has begun.', projectSchema), ...problemResponses },
});

/** The id that this command made before, or a new one. Only named commands can come twice. */
const chooseId = async (context: AppContext): Promise<Result<ProjectId>> => {
  const { services, principal, commandId, requestId } = context.var;
  const projectId = services.ids.create('prj');
  if (context.req.header('idempotency-key') === undefined) return ok(projectId);
  return await ask(() => services.objects.workspace(principal.workspaceId).reserveProject({ commandId, projectId }), {
    log: services.log,
    requestId,
    part: 'workspace',
  });
};

/** So that a list asked for right now shows the project; the project's outbox writes the same row in any case. */
const showInDirectory = async (context: AppContext, view: ProjectView): Promise<void> => {
  const { services, requestId } = context.var;
  try {
    await withDeadline(services.directory.write([projectRecord(view)]), deadlines.directoryMs);
  } catch (error) {
    services.log({ level: 'warn', message: 'directory was not written', requestId, error });
  }
};

export const createProject = operation(route, async (context) => {
  const { services, principal, commandId, requestId } = context.var;
  const body = context.req.valid('json');
  const projectId = await chooseId(context);
  if (!projectId.ok) return problem(context, projectId.error);
  const command = {
    commandId,
    workspaceId: principal.workspaceId,
    projectId: projectId.value,
    ...withoutUndefined({
      ...body,
      model: body.model ?? services.config.defaultModel,
      budget: body.budget === undefined ? undefined : budgetOf(body.budget),
    }),
  };
  const created = await ask(() => services.objects.project(principal.workspaceId, projectId.value).create(command), {
    log: services.log,
    requestId,
    part: 'project',
  });
  if (!created.ok) return problem(context, created.error);
  await showInDirectory(context, created.value);
  return context.json(presentProject(context, created.value), 201, { location: `/api/projects/${projectId.value}` });
});

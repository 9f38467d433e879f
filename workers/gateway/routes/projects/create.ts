import { createRoute, z } from '@hono/zod-openapi';
import { ok } from '../../../../shared/errors/result.ts';
import {
  createProjectBody,
  fileName,
  modelName,
  projectName,
  projectSchema,
} from '../../../../shared/schemas/project.ts';
import { budgetOf } from '../../budget-body.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { reserveProject, startProject } from '../../new-project.ts';
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

export const createProject = operation(route, async (context) => {
  const { services, commandId } = context.var;
  const body = context.req.valid('json');
  // Only named commands can come twice.
  const isNamed = context.req.header('idempotency-key') !== undefined;
  const projectId = isNamed ? await reserveProject(context, commandId) : ok(services.ids.create('prj'));
  if (!projectId.ok) return problem(context, projectId.error);
  const created = await startProject(context, {
    commandId,
    projectId: projectId.value,
    ...withoutUndefined({ ...body, budget: body.budget === undefined ? undefined : budgetOf(body.budget) }),
  });
  if (!created.ok) return problem(context, created.error);
  return context.json(presentProject(context, created.value), 201, { location: `/api/projects/${projectId.value}` });
});

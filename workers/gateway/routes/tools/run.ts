import { createRoute } from '@hono/zod-openapi';
import { projectToolPath, runToolBody, toolResultSchema } from '../../../../shared/schemas/tool-calls.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { callTool } from '../../tool-calls/call-tool.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/tools/{tool}',
  tags: ['tools'],
  summary: 'Run a tool on a project, as an agent would',
  description:
    'Reads a branch or commit, or writes to a branch `people/…` of your own, which you merge over git. A tool that could not answers 200 with `isError` and the reason. Long results come in pages.',
  ...secured('tool.run'),
  request: {
    params: projectToolPath,
    body: { required: true, content: { 'application/json': { schema: runToolBody } } },
  },
  responses: { 200: jsonResponse('What the tool gave back.', toolResultSchema), ...problemResponses },
});

export const runTool = operation(route, async (context) => {
  const { projectId, tool: name } = context.req.valid('param');
  const result = await callTool(context, { projectId, name, ...context.req.valid('json') });
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});

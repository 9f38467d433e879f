import { createRoute } from '@hono/zod-openapi';
import { diagnosticQuery, diagnosticSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/diagnostics',
  tags: ['code'],
  summary: 'What the type checker and the parsers find wrong',
  ...secured('file.read'),
  request: { params: projectPath, query: diagnosticQuery },
  responses: { 200: jsonResponse('The findings.', diagnosticSchema), ...problemResponses },
});

export const readDiagnostics = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, ...query } = context.req.valid('query');
  const result = await askAboutCode(context, { projectId, ref }, { kind: 'diagnostics', ...withoutUndefined(query) });
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});

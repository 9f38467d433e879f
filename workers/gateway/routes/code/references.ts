import { createRoute } from '@hono/zod-openapi';
import type { CodeQuestions } from '../../../../shared/rpc/code.ts';
import { referenceQuery, referenceSchema } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askAboutCode } from './ask.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/references',
  tags: ['code'],
  summary: 'Where a name is declared and used',
  description: 'Of the name at a place (`path`, `line`, `column`), or of a declared `name`, perhaps only in `path`.',
  ...secured('file.read'),
  request: { params: projectPath, query: referenceQuery },
  responses: { 200: jsonResponse('All places.', referenceSchema), ...problemResponses },
});

/** The schema has made sure that either a name or a whole place is there. */
const toQuery = (
  name: string | undefined,
  path: string | undefined,
  line = 1,
  column = 1,
): CodeQuestions['references']['query'] => {
  if (name === undefined) return { path: path ?? '', at: { line, column } };
  return path === undefined ? { name } : { name, path };
};

export const findReferences = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref, name, path, line, column } = context.req.valid('query');
  const query = { kind: 'references', ...toQuery(name, path, line, column) } as const;
  const result = await askAboutCode<'references'>(context, { projectId, ref }, query);
  if (!result.ok) return problem(context, result.error);
  return context.json(result.value, 200);
});

import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { fileQuery } from '../../../../shared/schemas/repository.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { operation, otherForm, textResponse } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/raw',
  tags: ['files'],
  summary: 'Download a file',
  description: 'The file itself and nothing around it: what links of the team’s answers lead to.',
  ...secured('file.read'),
  request: { params: projectPath, query: fileQuery },
  responses: { 200: textResponse('The content of the file.', 'text/plain'), ...problemResponses },
});

/** A name that a header can hold (RFC 6266, section 4.3, and RFC 8187 for all other names). */
const dispositionOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const plain = name.replaceAll(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
};

export const downloadFile = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const query = context.req.valid('query');
  const result = await askRepository(context, projectId, (repository) => repository.readFile(query));
  if (!result.ok) return problem(context, result.error);
  // Never shown as a page of the platform's own origin, whatever it holds.
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-disposition': dispositionOf(query.path) };
  return otherForm(context.body(result.value.content, 200, headers));
});

import { createRoute } from '@hono/zod-openapi';
import { languageServerQuery } from '../../../../shared/schemas/code.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { operation } from '../../operation.ts';
import { askRepository } from '../../project-access.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/code/lsp',
  tags: ['code'],
  summary: 'Connect an editor by the Language Server Protocol',
  description:
    'A WebSocket with one JSON-RPC message in each text frame. Open texts of the editor stand over the files of `ref`; ' +
    'nothing is written.',
  ...secured('file.read'),
  request: { params: projectPath, query: languageServerQuery },
  responses: { 101: { description: 'The socket.' }, ...problemResponses },
});

export const connectEditor = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { ref } = context.req.valid('query');
  const known = await askRepository(context, projectId, (repository) => repository.log({ ref, limit: 1 }));
  if (!known.ok) return problem(context, known.error);
  if (context.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    return problem(context, {
      type: 'request.invalid',
      detail: 'header.upgrade: must be "websocket".',
      issues: [{ field: 'header.upgrade', reason: 'must be "websocket"' }],
    });
  }
  const { services, principal, requestId } = context.var;
  return services.openLanguageSocket({
    repository: () => services.objects.repository(principal.workspaceId, projectId),
    toolchain: services.toolchain,
    ref,
    now: () => services.clock.now(),
    log: (error) => services.log({ level: 'error', message: 'language server failed', requestId, error }),
  });
});

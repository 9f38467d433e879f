import { createRoute } from '@hono/zod-openapi';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { operation, otherForm, textResponse } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { RunExporter } from '../../run-export.ts';

const route = createRoute({
  method: 'get',
  path: '/api/projects/{projectId}/export',
  tags: ['runs'],
  summary: 'Export everything that happened in a project, for replay',
  description:
    'JSON lines: a header, the project’s events, each agent’s events and journal, messages, the files of `main`. The ' +
    'last line counts and hashes the lines before it, so that a file that was cut is seen.',
  ...secured('run.read'),
  request: { params: projectPath },
  responses: {
    200: textResponse('The export.', 'application/x-ndjson'),
    ...problemResponses,
  },
});

/** Pages are read as the caller reads. */
const streamOf = (text: AsyncGenerator<string>, report: (thrown: unknown) => void): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await text.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (thrown) {
        report(thrown);
        controller.error(thrown);
      }
    },
    cancel: async () => {
      await text.return(undefined);
    },
  });
};

export const exportRun = operation(route, async (context) => {
  const { projectId } = context.req.valid('param');
  const { services, principal, requestId } = context.var;
  const { workspaceId } = principal;
  const view = await askProject(context, projectId, (project) => project.get());
  if (!view.ok) return problem(context, view.error);
  const exporter = new RunExporter({
    project: () => services.objects.project(workspaceId, projectId),
    agent: (agentId) => services.objects.agent(workspaceId, agentId),
    repository: () => services.objects.repository(workspaceId, projectId),
    options: { log: services.log, requestId, part: 'project' },
    now: services.clock.now,
  });
  const header = await exporter.header(view.value);
  if (!header.ok) return problem(context, header.error);
  const body = streamOf(exporter.text(header.value), (error) =>
    services.log({ level: 'error', message: 'export broke off', requestId, error }),
  );
  const answer = context.body(body, 200, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': `attachment; filename="${projectId}.jsonl"`,
    'cache-control': 'no-store',
  });
  return otherForm(answer);
});

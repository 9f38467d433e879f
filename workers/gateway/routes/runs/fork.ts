import { createRoute } from '@hono/zod-openapi';
import { projectRecord } from '../../../../shared/adapters/directory/records.ts';
import type { ProjectId } from '../../../../shared/domain/ids.ts';
import { ok, type Result } from '../../../../shared/errors/result.ts';
import type { ForkProject } from '../../../../shared/rpc/replay.ts';
import { projectPath } from '../../../../shared/schemas/ids.ts';
import { projectSchema } from '../../../../shared/schemas/project.ts';
import { forkBody } from '../../../../shared/schemas/run.ts';
import type { AppContext } from '../../app-environment.ts';
import { deadlines, withDeadline } from '../../deadline.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { ask } from '../../objects.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { checkProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { presentProject } from '../projects/present.ts';

const route = createRoute({
  method: 'post',
  path: '/api/projects/{projectId}/fork',
  tags: ['runs'],
  summary: 'Go on from a moment of a project in a copy of it',
  description:
    'The copy is a project of its own: its own log, agents, repository and app; nothing it does reaches the original. ' +
    'It stands in stage `initialize` until it is whole. With an `Idempotency-Key` header a repeat answers the same copy.',
  ...secured('run.fork'),
  request: { params: projectPath, body: { required: true, content: { 'application/json': { schema: forkBody } } } },
  responses: { 201: jsonResponse('The copy, which is being made.', projectSchema), ...problemResponses },
});

const options = (context: AppContext, part: string) => ({
  log: context.var.services.log,
  requestId: context.var.requestId,
  part,
});

/** The id that this command reserved before, or a new one. */
const chooseId = async (context: AppContext): Promise<Result<ProjectId>> => {
  const { services, principal, commandId } = context.var;
  const projectId = services.ids.create('prj');
  if (context.req.header('idempotency-key') === undefined) return ok(projectId);
  const workspace = () => services.objects.workspace(principal.workspaceId);
  return await ask(() => workspace().reserveProject({ commandId, projectId }), options(context, 'workspace'));
};

export const forkProject = operation(route, async (context) => {
  const { projectId: from } = context.req.valid('param');
  const known = await checkProject(context, from);
  if (!known.ok) return problem(context, known.error);
  const projectId = await chooseId(context);
  if (!projectId.ok) return problem(context, projectId.error);
  const { services, principal, commandId, requestId } = context.var;
  const { workspaceId } = principal;
  const asked = withoutUndefined(context.req.valid('json'));
  const command: ForkProject = { commandId, workspaceId, projectId: projectId.value, from, ...asked };
  const copy = () => services.objects.project(workspaceId, projectId.value);
  const forked = await ask(() => copy().fork(command), options(context, 'project'));
  if (!forked.ok) return problem(context, forked.error);
  try {
    // So that the copy is found at once; its own outbox writes the same row in any case.
    await withDeadline(services.directory.write([projectRecord(forked.value)]), deadlines.directoryMs);
  } catch (error) {
    services.log({ level: 'warn', message: 'directory was not written', requestId, error });
  }
  return context.json(presentProject(context, forked.value), 201, { location: `/api/projects/${projectId.value}` });
});

import { createRoute, type z } from '@hono/zod-openapi';
import { parseId } from '../../../../shared/domain/ids.ts';
import { ok, type Result } from '../../../../shared/errors/result.ts';
import type { RatedSubject } from '../../../../shared/rpc/workspace-quality.ts';
import { feedbackBody, feedbackSchema } from '../../../../shared/schemas/model-quality.ts';
import type { AppContext } from '../../app-environment.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { askProject } from '../../project-access.ts';
import { withoutUndefined } from '../../without-undefined.ts';
import { askWorkspace } from '../workspaces/target.ts';
import { presentFeedback } from './view.ts';

const route = createRoute({
  method: 'post',
  path: '/api/feedback',
  tags: ['models'],
  summary: 'Rate an answer of /v1, a project, or one of its tasks',
  description: 'Each key rates a thing once. An answer can be rated for seven days.',
  ...secured('feedback.give'),
  request: { body: { required: true, content: { 'application/json': { schema: feedbackBody } } } },
  responses: { 201: jsonResponse('The rating.', feedbackSchema), ...problemResponses },
});

/** Answers that were made here are named after their request. */
const normalize = (responseId: string): string =>
  parseId('req', responseId.replace(/^(?:chatcmpl-|msg_)/, 'req_')) ?? responseId;

const subjectOf = async (
  context: AppContext,
  { responseId = '', projectId, taskId }: z.infer<typeof feedbackBody>,
): Promise<Result<RatedSubject>> => {
  if (projectId === undefined) return ok({ type: 'answer', responseId: normalize(responseId) });
  const task = withoutUndefined({ taskId });
  const scopes = await askProject(context, projectId, (project) => project.workers(task));
  return scopes.ok ? ok({ type: 'work', projectId, ...task, scopes: scopes.value }) : scopes;
};

export const giveFeedback = operation(route, async (context) => {
  const body = context.req.valid('json');
  const { commandId, principal } = context.var;
  const subject = await subjectOf(context, body);
  if (!subject.ok) return problem(context, subject.error);
  const { rating, comment } = body;
  const command = {
    commandId,
    subject: subject.value,
    rating: Math.max(0, rating),
    by: `person:${principal.keyId}`,
    ...withoutUndefined({ comment }),
  };
  const result = await askWorkspace(context, principal.workspaceId, (workspace) => workspace.giveFeedback(command));
  return result.ok ? context.json(presentFeedback(result.value), 201) : problem(context, result.error);
});

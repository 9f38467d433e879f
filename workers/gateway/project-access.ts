/**
 * From an id in a path to the object behind it, for the caller's own workspace only. Whether the project exists is
 * asked of the directory first and of the workspace second, so that guessed ids never wake an object of their own.
 */
import type { AgentId, ProjectId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { AppContext } from './app-environment.ts';
import { deadlines, withDeadline } from './deadline.ts';
import { notFound } from './errors/problem.ts';
import { ask, askValue } from './objects.ts';
import type { AgentAccess, ProjectAccess, RepositoryAccess } from './services.ts';

type Found = 'yes' | 'no' | 'unknown';

const inDirectory = async (
  context: AppContext,
  find: () => Promise<{ workspaceId: string } | undefined>,
): Promise<Found> => {
  const { services, principal, requestId } = context.var;
  try {
    const row = await withDeadline(find(), deadlines.directoryMs);
    if (row === undefined) return 'unknown';
    return row.workspaceId === principal.workspaceId ? 'yes' : 'no';
  } catch (error) {
    services.log({ level: 'warn', message: 'directory did not answer', requestId, error });
    return 'unknown';
  }
};

const onWorkspaceList = async (context: AppContext, projectId: ProjectId): Promise<Result<boolean>> => {
  const { services, principal, requestId } = context.var;
  return await ask(() => services.objects.workspace(principal.workspaceId).hasProject({ projectId }), {
    log: services.log,
    requestId,
    part: 'workspace',
  });
};

/** Refuses as not found, alike, what does not exist and what belongs to another workspace. */
export const checkProject = async (context: AppContext, projectId: ProjectId): Promise<Result<true>> => {
  const found = await inDirectory(context, () => context.var.services.directory.findProject(projectId));
  if (found === 'yes') return ok(true);
  if (found === 'no') return err(notFound('project'));
  const listed = await onWorkspaceList(context, projectId);
  if (!listed.ok) return listed.error.type === 'resource.not_found' ? err(notFound('project')) : listed;
  return listed.value ? ok(true) : err(notFound('project'));
};

/** Asks a project that the caller may see. */
export const askProject = async <Value>(
  context: AppContext,
  projectId: ProjectId,
  call: (project: ProjectAccess) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const known = await checkProject(context, projectId);
  if (!known.ok) return known;
  const { services, principal, requestId } = context.var;
  return await ask(() => call(services.objects.project(principal.workspaceId, projectId)), {
    log: services.log,
    requestId,
    part: 'project',
  });
};

/** Asks the repository of a project that the caller may see; for methods that answer a `Result`. */
export const askRepository = async <Value>(
  context: AppContext,
  projectId: ProjectId,
  call: (repository: RepositoryAccess) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const known = await checkProject(context, projectId);
  if (!known.ok) return known;
  const { services, principal, requestId } = context.var;
  return await ask(() => call(services.objects.repository(principal.workspaceId, projectId)), {
    log: services.log,
    requestId,
    part: 'repository',
  });
};

/** Asks an agent that the caller may see. */
export const askAgent = async <Value>(
  context: AppContext,
  agentId: AgentId,
  call: (agent: AgentAccess) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, principal, requestId } = context.var;
  const row = await askValue(() => services.directory.findAgent(agentId), {
    log: services.log,
    requestId,
    part: 'directory',
    timeoutMs: deadlines.directoryMs,
  });
  if (!row.ok) return row;
  if (row.value?.workspaceId !== principal.workspaceId) return err(notFound('agent'));
  return await ask(() => call(services.objects.agent(principal.workspaceId, agentId)), {
    log: services.log,
    requestId,
    part: 'agent',
  });
};

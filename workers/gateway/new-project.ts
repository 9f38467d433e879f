/** Making a project, for every route that can: once for each command that has a name of its own. */
import { projectRecord } from '../../shared/adapters/directory/records.ts';
import type { ProjectId } from '../../shared/domain/ids.ts';
import type { Result } from '../../shared/errors/result.ts';
import type { CreateProject, ProjectView } from '../../shared/rpc/project.ts';
import type { AppContext } from './app-environment.ts';
import { deadlines, withDeadline } from './deadline.ts';
import { ask } from './objects.ts';

/** The id that this command made before, or a new one. */
export const reserveProject = async (context: AppContext, commandId: string): Promise<Result<ProjectId>> => {
  const { services, principal, requestId } = context.var;
  const projectId = services.ids.create('prj');
  return await ask(() => services.objects.workspace(principal.workspaceId).reserveProject({ commandId, projectId }), {
    log: services.log,
    requestId,
    part: 'workspace',
  });
};

/** So that a list asked for right now shows the project; the project's outbox writes the same row in any case. */
const showInDirectory = async (context: AppContext, view: ProjectView): Promise<void> => {
  const { services, requestId } = context.var;
  try {
    await withDeadline(services.directory.write([projectRecord(view)]), deadlines.directoryMs);
  } catch (error) {
    services.log({ level: 'warn', message: 'directory was not written', requestId, error });
  }
};

/** Makes the project in the caller's workspace, with the platform's model unless another is named. */
export const startProject = async (
  context: AppContext,
  project: Omit<CreateProject, 'workspaceId'>,
): Promise<Result<ProjectView>> => {
  const { services, principal, requestId } = context.var;
  const { workspaceId } = principal;
  const command = { ...project, workspaceId, model: project.model ?? services.config.defaultModel };
  const created = await ask(() => services.objects.project(workspaceId, project.projectId).create(command), {
    log: services.log,
    requestId,
    part: 'project',
  });
  if (created.ok) await showInDirectory(context, created.value);
  return created;
};

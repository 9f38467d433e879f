import type { ProjectRecord } from '../../../../shared/adapters/directory/contract.ts';
import type { ProjectView } from '../../../../shared/rpc/project.ts';
import type { AppContext } from '../../app-environment.ts';

/** Where a project's app and repository are, as seen by the caller. */
export const linksOf = (context: AppContext, projectId: string): { appUrl: string; repositoryUrl: string } => {
  const { origin } = new URL(context.req.url);
  return { appUrl: `${origin}/apps/${projectId}/`, repositoryUrl: `${origin}/git/${projectId}.git` };
};

/** A project as the API shows it. */
export const presentProject = <View extends ProjectView>(context: AppContext, view: View) => ({
  ...view,
  ...linksOf(context, view.projectId),
});

/** A project as lists show it. */
export const presentProjectRow = (context: AppContext, row: ProjectRecord) => ({
  projectId: row.id,
  name: row.name,
  format: row.format,
  status: row.status,
  stage: row.stage,
  revision: row.revision,
  model: row.model,
  ...(row.reason === null ? {} : { reason: row.reason }),
  progress: { tasksDone: row.tasksDone, tasksTotal: row.tasksTotal },
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  ...linksOf(context, row.id),
});

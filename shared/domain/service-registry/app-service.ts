/** A deployed app as a service. */
import type { ProjectId } from '../ids.ts';
import type { ServiceEndpoint, ServiceInstance } from './service.ts';

export interface DeployedApp {
  readonly projectId: ProjectId;
  readonly name: string;
  readonly slot: 'preview' | 'staging' | 'production';
  /** The commit. */
  readonly version: string;
  /** Position of the deployment in the project's log. */
  readonly sequence: number;
}

/** The name of a project's app: projects may share theirs, so it is made of the id. */
export const appServiceName = (projectId: ProjectId): string => `app-${projectId.slice('prj_'.length)}`;

/**
 * What a project registers. Commits have no order, so the version is counted by the project's log, with the commit as
 * build metadata: `1.<sequence>.0+<commit>`.
 */
export const composeAppService = ({
  projectId,
  name,
  slot,
  version,
  sequence,
}: DeployedApp): Pick<ServiceInstance, 'name' | 'instance' | 'kind' | 'owner' | 'metadata' | 'endpoints'> => {
  const endpoint: ServiceEndpoint = { kind: 'app', projectId, slot };
  return {
    name: appServiceName(projectId),
    instance: slot,
    kind: 'app',
    owner: `project:${projectId}`,
    metadata: {
      version: `1.${sequence}.0+${version.replaceAll(/[^0-9A-Za-z-]/g, '-').slice(0, 40)}`,
      title: name.slice(0, 100),
      tags: ['app', slot],
      capabilities: ['http'],
      weight: slot === 'production' ? 100 : 0,
      attributes: { projectId, commit: version.slice(0, 100) },
    },
    endpoints: [endpoint],
  };
};

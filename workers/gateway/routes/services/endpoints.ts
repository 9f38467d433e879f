import { refuseEndpoint } from '../../../../shared/adapters/services/endpoint-address.ts';
import type { ServiceEndpoint } from '../../../../shared/domain/service-registry/service.ts';
import { err, ok, type Result } from '../../../../shared/errors/result.ts';
import type { AppContext } from '../../app-environment.ts';
import { checkProject } from '../../project-access.ts';

const refused = (index: number, key: string, reason: string): Result<never> => {
  const field = `body.endpoints.${index}.${key}`;
  return err({ type: 'request.invalid', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });
};

/** Endpoints that requests may be sent to: addresses that the operator allows, and apps of the caller's workspace. */
export const checkEndpoints = async (
  context: AppContext,
  endpoints: readonly ServiceEndpoint[],
): Promise<Result<null>> => {
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.kind === 'http') {
      const reason = refuseEndpoint(endpoint.url, context.var.services.config.serviceOrigins);
      if (reason !== undefined) return refused(index, 'url', reason);
    }
    if (endpoint.kind === 'app') {
      const known = await checkProject(context, endpoint.projectId);
      if (!known.ok)
        return known.error.type === 'resource.not_found' ? refused(index, 'projectId', 'is no project here') : known;
    }
  }
  return ok(null);
};

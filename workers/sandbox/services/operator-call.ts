/** One method of a group's service, called by the person who owns the group; see `operatorMethods`. */
import { err, type Result } from '../../../shared/errors/result.ts';
import { operatorMethods } from '../../../shared/rpc/services/operator-methods.ts';
import type { ServiceCall } from '../../../shared/rpc/services/service-groups.ts';
import { serviceKinds } from '../../../shared/rpc/services/service-object.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { checkGroup } from '../guard/requests.ts';
import { bindingOf } from './capability.ts';

type Method = (input: unknown) => Promise<Result<unknown>>;

const invalid = (field: string, reason: string): Result<never> =>
  err({ type: 'request.invalid', detail: `${field}: ${reason}`, issues: [{ field, reason }] });

/** Whatever the method answers; it checks its input itself. */
export const callService = async (
  environment: SandboxEnvironment,
  { group, service, method, input }: ServiceCall,
): Promise<Result<unknown>> => {
  const checked = checkGroup(group, []);
  if (!checked.ok) return checked;
  const kind = serviceKinds.find((known) => known === service);
  if (kind === undefined) return invalid('service', `must be one of ${serviceKinds.join(', ')}`);
  const offered: readonly string[] = operatorMethods[kind];
  if (!offered.includes(method)) return invalid('method', `must be one of ${offered.join(', ')}`);
  // SAFETY: the interface of the object has the method, as `operatorMethods` says by its type.
  const object = environment[bindingOf(kind)].getByName(group) as unknown as Readonly<Record<string, Method>>;
  return (await object[method]?.(input)) ?? invalid('method', 'is not there');
};

/** The object of a group by which service it is, as a managed object. */
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { ManagedObjectRpc } from '../../../shared/rpc/managed-object.ts';
import { groupMembers, type GroupMember, type MemberPlace } from '../../../shared/rpc/services/service-states.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { checkGroup } from '../guard/requests.ts';

const namespaces = (environment: SandboxEnvironment) =>
  ({
    auth: environment.AUTH,
    user: environment.USER,
    data: environment.DATA,
    api: environment.API,
    ui: environment.UI,
    analytics: environment.ANALYTICS,
    connector: environment.CONNECTOR,
    group: environment.SERVICE_GROUP,
  }) satisfies Record<GroupMember, { getByName(group: string): ManagedObjectRpc }>;

/** A fresh stub, or why there is no such object. */
const managedMember = (environment: SandboxEnvironment, { group, member }: MemberPlace): Result<ManagedObjectRpc> => {
  const checked = checkGroup(group, []);
  if (!checked.ok) return checked;
  const known = groupMembers.find((one) => one === member);
  if (known !== undefined) return ok(namespaces(environment)[known].getByName(group));
  const reason = `must be one of ${groupMembers.join(', ')}`;
  return err({ type: 'request.invalid', detail: `member: ${reason}`, issues: [{ field: 'member', reason }] });
};

/** What the object answers. */
export const askMember = async <Value>(
  environment: SandboxEnvironment,
  place: MemberPlace,
  call: (object: ManagedObjectRpc) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const object = managedMember(environment, place);
  return object.ok ? await call(object.value) : object;
};

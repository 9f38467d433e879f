/**
 * Service objects of apps and compositions as managed objects. They live in the sandbox, so each call is an RPC of its
 * entrypoint; whoever owns the app or the composition owns them. What was never set up is not found, and is not made by
 * being asked for.
 */
import { whyNotCopied, whyNotSetBack } from '../../shared/domain/services/never-copied.ts';
import { parseServicePlace, type GroupOwner } from '../../shared/domain/services/service-place.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { ServiceCall } from '../../shared/rpc/services/service-groups.ts';
import type { GroupMember, MemberPlace } from '../../shared/rpc/services/service-states.ts';
import type { AppContext } from './app-environment.ts';
import { notFound } from './errors/problem.ts';
import { ask, askValue } from './objects.ts';
import { checkProject } from './project-access.ts';

/** Refused by the objects themselves as well; answered here so that the sandbox has no such call. */
export const notCopied: AppError = { type: 'resource.conflict', detail: whyNotCopied };

const notRestored: AppError = {
  type: 'state.irreversible',
  detail: `A service of an app is never set back, because ${whyNotSetBack}.`,
};

const missing = err(notFound('service'));

const managed = (sandbox: SandboxRpc, place: MemberPlace): ManagedObjectRpc => ({
  objectState: (query) => sandbox.serviceState(place, query),
  objectHistory: (query) => sandbox.serviceHistory(place, query),
  objectDiff: (query) => sandbox.serviceDiff(place, query),
  objectMigrations: () => sandbox.serviceMigrations(place),
  objectLifecycle: () => sandbox.serviceLifecycle(place),
  deactivateObject: (command) => sandbox.deactivateService(place, command),
  reviveObject: (command) => sandbox.reviveService(place, command),
  restoreObject: async () => err(notRestored),
  exportObject: async () => err(notCopied),
  importObject: async () => err(notCopied),
});

interface Group {
  readonly name: string;
  readonly members: readonly GroupMember[];
}

/** The group of an app's slot, when the version there declares services. */
const groupOfApp = async (
  context: AppContext,
  { projectId, slot }: Extract<GroupOwner, { kind: 'app' }>,
): Promise<Result<Group>> => {
  const { services, principal, requestId } = context.var;
  const known = await checkProject(context, projectId);
  if (!known.ok) return known.error.type === 'resource.not_found' ? missing : known;
  const view = await ask(() => services.objects.project(principal.workspaceId, projectId).get(), {
    log: services.log,
    requestId,
    part: 'project',
  });
  if (!view.ok) return view;
  // What was never deployed has no host to ask.
  if (view.value.deployments.every((deployment) => deployment.slot !== slot)) return missing;
  const app = services.appName(principal.workspaceId, projectId);
  const status = await askValue(() => services.sandbox.status(app), { log: services.log, requestId, part: 'sandbox' });
  if (!status.ok) return status;
  const members = status.value.find((one) => one.slot === slot)?.services;
  return members === undefined ? missing : ok({ name: `${app}/${slot}`, members });
};

/** The group of a composition, when members of its kind are set up. */
const groupOfComposition = async (
  context: AppContext,
  { name }: Extract<GroupOwner, { kind: 'composition' }>,
): Promise<Result<Group>> => {
  const { services, principal, requestId } = context.var;
  const { workspaceId } = principal;
  const options = { log: services.log, requestId };
  const composition = await ask(() => services.objects.composer(workspaceId).get({ name }), {
    ...options,
    part: 'composer',
  });
  if (!composition.ok) return composition.error.type === 'resource.not_found' ? missing : composition;
  if (composition.value.parts.every(({ kind }) => kind !== 'service' && kind !== 'external')) return missing;
  const group = services.compositionGroup(workspaceId, name);
  const status = await ask(() => services.sandbox.servicesStatus({ group }), { ...options, part: 'sandbox' });
  if (!status.ok) return status.error.type === 'resource.not_found' ? missing : status;
  return ok({ name: group, members: status.value.services });
};

/** Where a service object of the caller's workspace is, by its name within it; see `parseServicePlace`. */
const findPlace = async (context: AppContext, text: string): Promise<Result<MemberPlace>> => {
  const place = parseServicePlace(text);
  if (place === undefined) return missing;
  const { owner, member } = place;
  const group = owner.kind === 'app' ? await groupOfApp(context, owner) : await groupOfComposition(context, owner);
  if (!group.ok) return group;
  const { name, members } = group.value;
  if (member !== 'group' && !members.includes(member)) return missing;
  return ok({ group: name, member });
};

/** A service object of the caller's workspace. */
export const findService = async (context: AppContext, text: string): Promise<Result<() => ManagedObjectRpc>> => {
  const place = await findPlace(context, text);
  return place.ok ? ok(() => managed(context.var.services.sandbox, place.value)) : place;
};

/** Longer than a statement may take in a database outside. */
const callMs = 30_000;

/** Calls a method of a service for whoever owns its app or composition. */
export const callOwnService = async (
  context: AppContext,
  text: string,
  { method, input }: Pick<ServiceCall, 'method' | 'input'>,
): Promise<Result<unknown>> => {
  const place = await findPlace(context, text);
  if (!place.ok) return place;
  const { group, member } = place.value;
  // It sets the others up, and has nothing to be called for.
  if (member === 'group') return missing;
  const { services, requestId } = context.var;
  const call = { group, service: member, method, input };
  return await ask(() => services.sandbox.callService(call), {
    log: services.log,
    requestId,
    part: 'sandbox',
    timeoutMs: callMs,
    repeatable: false,
  });
};

/**
 * Service objects as managed objects, as the sandbox Worker offers them to the platform: what they are, were and have been
 * through, and their life. They are never restored, exported or imported: see `durable-objects/services/service-object.ts`.
 */
import type { Result } from '../../errors/result.ts';
import type {
  ManagedObjectRpc,
  ObjectDiff,
  ObjectHistory,
  ObjectLifecycle,
  ObjectMigration,
  ObjectState,
} from '../managed-object.ts';
import { serviceKinds } from './service-object.ts';

/** The objects that a group may have: its services, and the one that sets them up. */
export const groupMembers = [...serviceKinds, 'group'] as const;

export type GroupMember = (typeof groupMembers)[number];

export interface MemberPlace {
  readonly group: string;
  readonly member: GroupMember;
}

type Asked<Method extends keyof ManagedObjectRpc> = Parameters<ManagedObjectRpc[Method]>[0];

/** As the methods of `ManagedObjectRpc` of like names. An object that was never set up is made by being asked. */
export interface ServiceStatesRpc {
  serviceState(place: MemberPlace, query: Asked<'objectState'>): Promise<Result<ObjectState>>;
  serviceHistory(place: MemberPlace, query: Asked<'objectHistory'>): Promise<Result<ObjectHistory>>;
  serviceDiff(place: MemberPlace, query: Asked<'objectDiff'>): Promise<Result<ObjectDiff>>;
  serviceMigrations(place: MemberPlace): Promise<Result<readonly ObjectMigration[]>>;
  serviceLifecycle(place: MemberPlace): Promise<Result<ObjectLifecycle>>;
  deactivateService(place: MemberPlace, command: Asked<'deactivateObject'>): Promise<Result<ObjectLifecycle>>;
  reviveService(place: MemberPlace, command: Asked<'reviveObject'>): Promise<Result<ObjectLifecycle>>;
}

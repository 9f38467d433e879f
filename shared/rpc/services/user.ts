/** User: what an app knows of its people beside how they sign in. Profiles are named by the account's id. */
import type { Result } from '../../errors/result.ts';
import type { JsonObject, PageQuery, ServicePage } from './service-object.ts';

export interface Profile {
  readonly accountId: string;
  /** Grows by one with each change of the profile. */
  readonly version: number;
  readonly displayName: string;
  /** Fields of the app's own; at most 16 KB as JSON. */
  readonly fields: JsonObject;
  /** In alphabetical order. */
  readonly roles: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface UserRpc {
  /** `resource.not_found` for a person without a profile. */
  profile(query: { readonly accountId: string }): Promise<Result<Profile>>;
  /** Makes the profile or changes what is given. `state.conflict` when it is at another version. */
  saveProfile(command: {
    readonly accountId: string;
    readonly displayName?: string;
    readonly fields?: JsonObject;
    readonly ifVersion?: number;
  }): Promise<Result<Profile>>;
  removeProfile(command: { readonly accountId: string }): Promise<Result<null>>;
  /** By account id; `search` is part of the display name, whatever its case. */
  profiles(
    query: PageQuery & { readonly role?: string; readonly search?: string },
  ): Promise<Result<ServicePage<Profile>>>;
  /** Refused for a role that the declaration does not name. */
  grantRole(command: { readonly accountId: string; readonly role: string }): Promise<Result<Profile>>;
  revokeRole(command: { readonly accountId: string; readonly role: string }): Promise<Result<Profile>>;
  /** Whether one of the person's roles has the permission. Someone without a profile has none. */
  may(query: { readonly accountId: string; readonly permission: string }): Promise<Result<boolean>>;
  /** Of the person, over the declaration's defaults. */
  preferences(query: { readonly accountId: string }): Promise<Result<JsonObject>>;
  /** Changes what is given; `null` goes back to the default. At most 16 KB as JSON together. */
  setPreferences(command: { readonly accountId: string; readonly values: JsonObject }): Promise<Result<JsonObject>>;
}

/**
 * Groups of service objects, as the sandbox Worker offers them to the platform. A group is named `<app>/<slot>` for a
 * deployed app, and by the composer for a composed app (`<workspace>/composition/<id>`).
 * A group is served by the Worker's `fetch` as well: `https://sandbox/groups/<group name, percent-encoded>/<path>`; then
 * its declared routes and pages answer, with `/auth/…` for signing in and `/openapi.json` for the document.
 */
import type { Result } from '../../errors/result.ts';
import type { AppResponse } from '../sandbox.ts';
import type { JsonObject, ServiceKind } from './service-object.ts';

export interface GroupStatus {
  readonly group: string;
  readonly services: readonly ServiceKind[];
  /** Of these, the ones that have lost what they held; setting the group up again brings them back, empty. */
  readonly lost: readonly ServiceKind[];
  /** Grows by one with each change of the declaration. */
  readonly revision: number;
  readonly configuredAt: number;
}

export interface GroupDeclaration {
  readonly group: string;
  /** `servicesDeclaration`, not checked yet. */
  readonly declaration: unknown;
  /**
   * What the person who answers for the group lets it reach, beside what the operator's variable `APP_EGRESS_ORIGINS`
   * allows: origins like `https://api.example.com`, public ones only.
   */
  readonly allowedOrigins?: readonly string[];
}

/** A method of one of the group's services, of those that `operatorMethods` names. */
export interface ServiceCall {
  readonly group: string;
  readonly service: string;
  readonly method: string;
  /** Checked by the method itself. */
  readonly input: JsonObject;
}

export interface ServiceGroupsRpc {
  /**
   * Brings the group to the declaration. What is no longer declared keeps its data and answers nothing. The same again
   * brings back what was lost and changes nothing else; a refused one (`request.invalid`, with every field at fault) neither.
   */
  configureServices(command: GroupDeclaration): Promise<Result<GroupStatus>>;
  /** `resource.not_found` for a group that was never configured. */
  servicesStatus(query: { readonly group: string }): Promise<Result<GroupStatus>>;
  /** Deletes the group and everything its services hold. May be repeated. */
  removeServices(command: { readonly group: string }): Promise<Result<null>>;
  /** One HTTP request to the group, as `fetch` would serve it; bodies as text, cut at 256 KiB. */
  requestGroup(request: {
    readonly group: string;
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  }): Promise<Result<AppResponse>>;
  /** Calls a service for the group's owner. What comes back is the method's own answer, as JSON would hold it. */
  callService(call: ServiceCall): Promise<Result<unknown>>;
}

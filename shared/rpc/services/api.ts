/** Api: declared routes with validation, keys and rate limits, and the OpenAPI document that follows from them. */
import type { Result } from '../../errors/result.ts';
import type { JsonObject, PageQuery, ServicePage } from './service-object.ts';

export interface ApiKeyView {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  readonly expiresAt?: number;
}

export interface ApiRequest {
  readonly method: string;
  /** From `/`, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; absent when the request has none. */
  readonly body?: unknown;
  /** The account that is signed in. */
  readonly accountId?: string;
  /** An API key as it was sent. */
  readonly key?: string;
  /** Who asks, for the limit of requests nobody signed. */
  readonly client?: string;
}

/** A request that may be served: its route, its parameters by name, its body as the route's schema has it. */
export interface AdmittedRequest {
  readonly operationId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly accountId?: string;
  readonly keyId?: string;
}

export interface ApiRpc {
  /**
   * Finds the route and checks access, limit, parameters and body. `resource.not_found`, `request.method_not_allowed`,
   * `auth.missing`, `auth.invalid`, `auth.forbidden`, `rate.limited` and `request.invalid` with every field at fault.
   */
  admit(request: ApiRequest): Promise<Result<AdmittedRequest>>;
  /** Counts one request against a limit of the app's own. */
  takeToken(command: {
    readonly bucket: string;
    readonly perMinute: number;
  }): Promise<Result<{ readonly remaining: number; readonly retryAfterSeconds?: number }>>;
  /** The only answer that holds the key itself. */
  issueKey(command: {
    readonly name: string;
    readonly scopes?: readonly string[];
    readonly expiresAt?: number;
  }): Promise<Result<{ readonly key: string; readonly view: ApiKeyView }>>;
  revokeKey(command: { readonly keyId: string }): Promise<Result<null>>;
  keys(query: PageQuery): Promise<Result<ServicePage<ApiKeyView>>>;
  verifyKey(query: { readonly key: string; readonly scope?: string }): Promise<Result<ApiKeyView>>;
  /** OpenAPI 3.1. */
  document(query: { readonly server: string }): Promise<Result<JsonObject>>;
}

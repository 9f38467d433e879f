/**
 * Connector: calls to services outside. Only hosts that both the app's declaration names and its operator allows, by
 * https on the usual port, never an address of a private network; redirects are not followed.
 */
import type { Result } from '../../errors/result.ts';

export interface OutsideRequest {
  /** Name of a connector of the declaration. */
  readonly connector: string;
  readonly method: string;
  /** Below the connector's base address, from `/`, with the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** At most 256 KB. */
  readonly body?: string;
}

export interface OutsideResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, cut at 1 MB. */
  readonly body: string;
  readonly truncated: boolean;
  readonly durationMs: number;
}

export interface ConnectorRpc {
  /**
   * `auth.forbidden` for what is not allowed, `service.timeout`, `service.unavailable` when it cannot be reached or has
   * failed so often that it is left alone for a while, `rate.limited`. Nothing is repeated by itself.
   */
  call(request: OutsideRequest): Promise<Result<OutsideResponse>>;
}

/**
 * The port to the HTTP servers behind a project's own tools.
 *
 * Contract: neither method rejects. What is not known is an answer of its own, because whoever asked must not take it
 * for a failure.
 */

export interface ToolServerCall {
  readonly url: string;
  readonly timeoutMs: number;
  /** Sent as `Idempotency-Key`; absent for tools that are not told one call from another. */
  readonly idempotencyKey?: string;
  /** Sent as JSON. */
  readonly body: unknown;
}

export type ToolServerAnswer =
  /** The server did it. `cut` when its answer was longer than is read. */
  | { readonly type: 'answered'; readonly text: string; readonly cut: boolean }
  /** The effect did not happen: the server refused, or was not even asked. */
  | { readonly type: 'refused'; readonly reason: string }
  /** It may have happened or not. */
  | { readonly type: 'unknown'; readonly reason: string };

export type ToolLookup =
  | { readonly type: 'found'; readonly text: string }
  | { readonly type: 'absent' }
  | { readonly type: 'unknown'; readonly reason: string };

export interface ToolServer {
  readonly call: (call: ToolServerCall) => Promise<ToolServerAnswer>;
  /** What became of the call with this key. */
  readonly lookUp: (query: {
    readonly url: string;
    readonly key: string;
    readonly timeoutMs: number;
  }) => Promise<ToolLookup>;
}

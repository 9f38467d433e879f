/** When a request may be sent once more, and what an answer says of the instance. */

/** RFC 9110, section 9.2.2. */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Whether doing it twice is as good as once: by its method, or because its key lets the service recognise a repeat. */
export const isRepeatable = (method: string, hasIdempotencyKey: boolean): boolean =>
  idempotentMethods.has(method.toUpperCase()) || hasIdempotencyKey;

/** Another instance may do better: this one, or what stands before it, could not handle the request at all. */
export const isWorthRetrying = (status: number): boolean => status === 502 || status === 503 || status === 504;

/** The instance's own fault. 501 is an answer like any other: it says what the service does not do. */
export const isFaultStatus = (status: number): boolean => status >= 500 && status !== 501;

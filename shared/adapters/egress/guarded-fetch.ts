/**
 * `fetch` for what others have named: the address is judged, redirects are answered as they are and not followed, time
 * and size are limited. A name that resolves to a private address is not seen here; Cloudflare's network has no way to
 * one, and on an own machine the operator's list is the only thing that lets any name through.
 */
import { decideEgress, type EgressPolicy } from '../../domain/egress/decide.ts';
import { err, ok, type Result } from '../../errors/result.ts';

export interface GuardedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface GuardedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly truncated: boolean;
}

const readBody = async (
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<{ readonly text: string; readonly truncated: boolean }> => {
  if (body === null) return { text: '', truncated: false };
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value.subarray(0, maxBytes - bytes), { stream: true });
    bytes += part.value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      return { text, truncated: true };
    }
  }
  return { text: text + decoder.decode(), truncated: false };
};

/** `auth.forbidden`, `service.timeout` or `service.unavailable`; any status that was answered is a success. */
export const guardedFetch = async (request: GuardedRequest, policy: EgressPolicy): Promise<Result<GuardedResponse>> => {
  const address = URL.parse(request.url);
  const decided = address === null ? err('is not an address') : decideEgress(address, policy);
  if (!decided.ok) return err({ type: 'auth.forbidden', detail: `The address outside ${decided.error}.` });
  const limit = AbortSignal.timeout(request.timeoutMs);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      redirect: 'manual',
      signal: limit,
    });
    const { text, truncated } = await readBody(response.body, request.maxBytes);
    return ok({ status: response.status, headers: Object.fromEntries(response.headers), body: text, truncated });
  } catch {
    // What the runtime says of a broken connection may name inner addresses.
    return limit.aborted
      ? err({ type: 'service.timeout', detail: `The service outside did not answer in ${request.timeoutMs} ms.` })
      : err({ type: 'service.unavailable', detail: 'The service outside cannot be reached.' });
  }
};

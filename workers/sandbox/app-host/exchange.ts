/** What goes into an app and what comes out: headers of the platform are taken off, bodies end within limits. */
import type { AppRequest, AppResponse } from '../../../shared/rpc/sandbox.ts';
import { limits } from '../guard/limits.ts';

/** Set by the gateway: the path under which the app is served. */
const prefixHeader = 'x-aidevos-prefix';
const forwardedPrefixHeader = 'x-forwarded-prefix';

/** The request as the app sees it: its own path, and where it is served in `x-forwarded-prefix`. */
export function requestForApp(request: Request, path: string): Request {
  const headers = new Headers(request.headers);
  const prefix = headers.get(prefixHeader);
  headers.delete(forwardedPrefixHeader);
  for (const name of new Headers(headers).keys()) if (name.startsWith('x-aidevos-')) headers.delete(name);
  if (prefix !== null) headers.set(forwardedPrefixHeader, prefix);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  return new Request(new URL(path, 'https://app'), {
    method: request.method,
    headers,
    body: hasBody ? request.body : null,
    redirect: 'manual',
  });
}

/** The app's answer, its body broken off at the limits. */
export function responseFromApp(response: Response): Response {
  if (response.webSocket !== null) return response;
  if (response.body === null) return response;
  return new Response(response.body.pipeThrough(boundedStream()), response);
}

/** Passes bytes on until there are too many of them or it takes too long; then the stream ends with an error. */
function boundedStream(): TransformStream<Uint8Array, Uint8Array> {
  let bytesLeft: number = limits.appBodyBytes;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      timer = setTimeout(() => controller.error(new Error('The answer of the app took too long')), limits.appBodyMs);
    },
    transform(chunk, controller) {
      bytesLeft -= chunk.byteLength;
      if (bytesLeft < 0) controller.error(new Error('The answer of the app is too large'));
      else controller.enqueue(chunk);
    },
    flush() {
      clearTimeout(timer);
    },
    cancel() {
      clearTimeout(timer);
    },
  });
}

/** Builds the request of one exchange; undefined when method, path or headers cannot stand in a request. */
export function requestOf(exchange: AppRequest): Request | undefined {
  try {
    const hasBody = exchange.body !== undefined && exchange.method !== 'GET' && exchange.method !== 'HEAD';
    return new Request(new URL(exchange.path, 'https://app'), {
      method: exchange.method,
      headers: { ...exchange.headers },
      body: hasBody ? exchange.body : null,
    });
  } catch {
    // The constructor's own message names neither field nor limit; the caller's answer does.
    return undefined;
  }
}

/** Reads an answer into text, cut at 256 KiB of bytes. */
export async function readResponse(response: Response, startedAt: number): Promise<AppResponse> {
  const { text, truncated } = await readText(response.body);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text,
    truncated,
    durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
  };
}

async function readText(body: ReadableStream<Uint8Array> | null): Promise<{ text: string; truncated: boolean }> {
  if (body === null) return { text: '', truncated: false };
  const maxBytes = 256 * 1024;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  let bytesRead = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const kept = part.value.subarray(0, maxBytes - bytesRead);
    text += decoder.decode(kept, { stream: true });
    bytesRead += part.value.byteLength;
    if (bytesRead > maxBytes) {
      await reader.cancel();
      return { text, truncated: true };
    }
  }
  return { text: text + decoder.decode(), truncated: false };
}

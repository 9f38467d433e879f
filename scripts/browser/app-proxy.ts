/**
 * The only way out of a browser: a proxy of its own for each call, which leads one made-up host name to one slot of one
 * app and nowhere else. What a page asks of any other address is refused here, below everything that a page could turn
 * off: redirects, frames, workers, windows and prefetching come this way like all else. The name cannot be guessed, so a
 * page reaches no other call's app either.
 */
import {
  createServer,
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';

export interface AppProxyTarget {
  /** Where the sandbox answers, without a slash at the end. */
  readonly sandboxUrl: string;
  readonly app: string;
  readonly slot: string;
  /** The host name by which the browser calls the app. */
  readonly host: string;
}

export interface AppProxy {
  readonly server: string;
  /** Requests to the app that have not been answered to the end. */
  readonly pending: () => number;
  /** Addresses that were refused, each once. */
  readonly refused: () => readonly string[];
  readonly close: () => void;
}

const loopback = '127.0.0.1';
const maxRequests = 2_000;
const maxBodyBytes = 10 * 1024 * 1024;
const answerTimeoutMs = 30_000;
const maxRefused = 50;
/** They belong to one connection, or would let the page speak to the sandbox itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const isPassed = (name: string): boolean => !ownHeaders.has(name) && !name.startsWith('x-aidevos-');

const passed = (headers: IncomingHttpHeaders): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value !== undefined && isPassed(name) ? [[name, value]] : [])),
  );

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** Ends both sides as soon as more than the limit has gone by. */
const bound = (stream: IncomingMessage): void => {
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) stream.destroy(new Error('too large'));
  });
};

const answer = (response: ServerResponse, status: number, text: string): void => {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
};

const forward = (target: AppProxyTarget, url: URL, incoming: IncomingMessage, outgoing: ServerResponse): void => {
  const base = `/apps/${encodeURIComponent(target.app)}/${target.slot}`;
  const headers = { ...passed(incoming.headers), 'x-forwarded-host': target.host, 'x-forwarded-proto': 'http' };
  const path = `${base}${url.pathname}${url.search}`;
  const upstream = send(target.sandboxUrl, {
    method: incoming.method ?? 'GET',
    path,
    headers,
    timeout: answerTimeoutMs,
  });
  const fail = (): void => {
    upstream.destroy();
    answer(outgoing, 502, 'The app did not answer, or its answer was too large.');
  };
  upstream.on('timeout', fail);
  upstream.on('error', fail);
  upstream.on('response', (response) => {
    outgoing.writeHead(response.statusCode ?? 502, passed(response.headers));
    bound(response);
    response.on('error', fail);
    response.pipe(outgoing);
  });
  outgoing.on('close', () => upstream.destroy());
  bound(incoming);
  incoming.on('error', fail);
  incoming.pipe(upstream);
};

/** Starts the proxy on a free port of the loopback interface. */
export const startAppProxy = async (target: AppProxyTarget): Promise<AppProxy> => {
  const refused = new Set<string>();
  let requests = 0;
  let pending = 0;
  const refuse = (address: string): void => {
    if (refused.size < maxRefused) refused.add(address.slice(0, 200));
  };
  const server = createServer((incoming, outgoing) => {
    const url = parseUrl(incoming.url ?? '');
    requests += 1;
    if (url?.protocol !== 'http:' || url.host !== target.host || requests > maxRequests) {
      refuse(requests > maxRequests ? `all after ${String(maxRequests)} requests` : (incoming.url ?? ''));
      answer(outgoing, 403, 'Outside of the app.');
      return;
    }
    pending += 1;
    outgoing.once('close', () => {
      pending -= 1;
    });
    forward(target, url, incoming, outgoing);
  });
  // HTTPS and WebSockets ask for a tunnel. Apps are reached by neither here.
  server.on('connect', (incoming, socket) => {
    const address = (incoming.url ?? '').replace(/:443$/, '');
    refuse(address === `${target.host}:80` ? 'a WebSocket of the app' : `https://${address}`);
    // The browser may have gone already.
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  server.on('upgrade', (_incoming, socket) => {
    refuse('a WebSocket of the app');
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    server: `http://${loopback}:${String(address.port)}`,
    pending: () => pending,
    refused: () => [...refused],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

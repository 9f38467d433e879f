/**
 * A tool server outside the system, with a ledger of the effects that really happened, for tests of what a crash in the
 * middle of a call does. Each path is a tool of its own (`/tools/<name>`), and its behaviour can be changed over HTTP,
 * because the tests that use it may run in another runtime.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type LedgerBehaviour =
  /** Does it and answers. */
  | 'answer'
  /** As `answer`, but a key that was seen before is answered with its first result and does nothing. */
  | 'answer_by_key'
  /** Does it and never answers. */
  | 'do_and_hang'
  /** Does it and destroys the connection. */
  | 'do_and_cut'
  /** Does it and answers 500. */
  | 'do_and_fail'
  /** Does nothing and never answers. */
  | 'hang'
  /** Does nothing and answers 422. */
  | 'refuse'
  | 'answer_huge'
  | 'answer_half'
  | 'answer_binary'
  | 'redirect';

export interface LedgerEntry {
  readonly tool: string;
  readonly key?: string;
  readonly headerKey?: string;
  readonly attempt: number;
  readonly arguments: unknown;
}

export interface LedgerServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly entries: readonly LedgerEntry[];
  readonly close: () => Promise<void>;
}

interface CallBody {
  readonly tool: string;
  readonly arguments: unknown;
  readonly call: { readonly key?: string; readonly attempt: number };
}

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
};

const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};

/** Sends until nobody reads any longer. */
const sendForEver = (response: ServerResponse): void => {
  const block = 'x'.repeat(64 * 1024);
  const send = (): void => {
    while (!response.destroyed && response.write(block));
    if (!response.destroyed) response.once('drain', send);
  };
  response.writeHead(200, { 'content-type': 'text/plain' });
  send();
};

const silent: ReadonlySet<LedgerBehaviour> = new Set(['hang', 'refuse', 'redirect']);

const respond = (behaviour: LedgerBehaviour, response: ServerResponse, result: unknown): void => {
  switch (behaviour) {
    case 'answer':
    case 'answer_by_key':
      return sendJson(response, 200, result);
    case 'do_and_hang':
    case 'hang':
      return;
    case 'do_and_cut':
      response.destroy();
      return;
    case 'do_and_fail':
      return sendJson(response, 500, { error: 'out of order' });
    case 'refuse':
      return sendJson(response, 422, { error: 'not like this' });
    case 'answer_huge':
      return sendForEver(response);
    case 'answer_half':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"half":');
      setTimeout(() => response.destroy(), 20);
      return;
    case 'answer_binary':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(Buffer.from([0x7b, 0xff, 0xfe, 0xc3, 0x28, 0x00, 0x22]));
      return;
    case 'redirect':
      response.writeHead(307, { location: '/tools/elsewhere' });
      response.end();
      return;
  }
};

/** Starts the server on a free port of the loopback interface. It does not keep the process alive. */
export const startLedgerServer = async (): Promise<LedgerServer> => {
  const entries: LedgerEntry[] = [];
  const results = new Map<string, unknown>();
  const behaviours = new Map<string, LedgerBehaviour>();

  const takeCall = async (tool: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // SAFETY: the calls of the adapter under test; a wrong one fails the test that looks at the ledger.
    const body = (await readJson(request)) as CallBody;
    const headerKey = request.headers['idempotency-key'];
    const behaviour = behaviours.get(tool) ?? 'answer_by_key';
    const { key, attempt } = body.call;
    const known = key === undefined ? undefined : results.get(key);
    if (behaviour === 'answer_by_key' && known !== undefined) return sendJson(response, 200, known);
    const result = { tool, number: entries.length + 1 };
    if (!silent.has(behaviour)) {
      entries.push({
        tool,
        attempt,
        arguments: body.arguments,
        ...(key === undefined ? {} : { key }),
        ...(typeof headerKey === 'string' ? { headerKey } : {}),
      });
      if (key !== undefined) results.set(key, result);
    }
    respond(behaviour, response, result);
  };

  const lookUp = (tool: string, key: string, response: ServerResponse): void => {
    const result = results.get(key);
    const behaviour = behaviours.get(`lookup/${tool}`) ?? 'answer';
    if (behaviour !== 'answer') return respond(behaviour, response, { found: 'perhaps' });
    if (result === undefined) sendJson(response, 404, { found: false });
    else sendJson(response, 200, { found: true, result });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://ledger');
    const [, kind, ...rest] = url.pathname.split('/');
    const name = rest.join('/');
    if (kind === 'tools' && request.method === 'POST') return takeCall(name, request, response);
    if (kind === 'lookup') return lookUp(name, url.searchParams.get('key') ?? '', response);
    if (kind === 'entries') return sendJson(response, 200, entries);
    if (kind === 'behave') {
      // SAFETY: sent by the tests.
      behaviours.set(name, url.searchParams.get('as') as LedgerBehaviour);
      return sendJson(response, 200, {});
    }
    return sendJson(response, 404, {});
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  // SAFETY: a server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    entries,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};

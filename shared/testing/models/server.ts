/** The HTTP side that the fake model servers share: keys, recording, and the faults. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type {
  FakeModelServer,
  Fault,
  FaultSchedule,
  ParsedRequest,
  RecordedRequest,
  Script,
  ScriptedTurn,
} from './script.ts';

/** One protocol: how it reads requests and writes answers. */
export interface ModelProtocol {
  readonly path: string;
  /** Another operation that answers in the same way, faults included. */
  readonly olderPath?: string;
  readonly keyOf: (headers: IncomingMessage['headers']) => string | undefined;
  readonly parse: (body: unknown, index: number) => ParsedRequest;
  /** Whether a stream is to tell its usage; absent where every stream does. */
  readonly wantsUsage?: (body: unknown) => boolean;
  /** The frames of the whole answer, each with its line ends; the last one is the protocol's own end mark. */
  readonly frames: (request: ParsedRequest, turn: ScriptedTurn, withUsage: boolean) => readonly string[];
  /** The answer to a request that does not stream; absent where nobody asks for one. */
  readonly whole?: (request: ParsedRequest, turn: ScriptedTurn) => object;
  /** Other operations of the same API by their path, answered at once. */
  readonly others?: Readonly<Record<string, (body: unknown) => object>>;
  readonly malformedFrame: string;
  readonly errorFrame: (code: string) => string;
  /** `message` is what a rule of the API says; else something usual. */
  readonly errorBody: (status: number, code: string | undefined, message?: string) => unknown;
  /** How many of the last frames are the end mark. */
  readonly endFrames: number;
  readonly headers: Readonly<Record<string, string>>;
}

const apiKey = 'test-key-0123456789abcdef';

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString('utf8'));
};

const sendError = (
  protocol: ModelProtocol,
  response: ServerResponse,
  status: number,
  fault: Partial<Fault>,
  message?: string,
): void => {
  const code = 'code' in fault ? fault.code : undefined;
  const retryAfter = 'retryAfter' in fault ? fault.retryAfter : undefined;
  const date = 'date' in fault ? fault.date : undefined;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...protocol.headers,
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    ...(date === undefined ? {} : { date }),
  });
  response.end(JSON.stringify(protocol.errorBody(status, code, message)));
};

const sendJson = (protocol: ModelProtocol, response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...protocol.headers });
  response.end(JSON.stringify(body));
};

const startStream = (protocol: ModelProtocol, response: ServerResponse): void => {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...protocol.headers,
  });
};

/** The bytes really leave before the connection dies, otherwise the client would see none of them. */
const sendBytes = (response: ServerResponse, text: string, bytes: number): Promise<void> =>
  new Promise((resolve) => {
    response.write(Buffer.from(text).subarray(0, bytes), () => resolve());
  });

const write = (response: ServerResponse, bytes: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    // Called with an error when the client is gone, which is for the caller to see.
    response.write(bytes, () => resolve());
  });

const drip = async (response: ServerResponse, text: string, everyMs: number): Promise<void> => {
  for (const byte of Buffer.from(text)) {
    if (response.destroyed) return;
    await write(response, Uint8Array.of(byte));
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
  response.end();
};

const flood = async (
  response: ServerResponse,
  frames: readonly string[],
  fault: Extract<Fault, { type: 'flood' }>,
  note: (bytes: number) => void,
): Promise<void> => {
  await write(response, frames.slice(0, fault.frames).join('') + fault.before);
  const chunk = Buffer.from(fault.chunk.repeat(Math.max(1, Math.floor(65_536 / fault.chunk.length))));
  for (let sent = 0; sent < fault.bytes && !response.destroyed; sent += chunk.length) {
    await write(response, chunk);
    note(chunk.length);
  }
  response.end(fault.after + frames.slice(fault.frames).join(''));
};

const answer = async (
  protocol: ModelProtocol,
  response: ServerResponse,
  frames: readonly string[],
  fault: Fault | undefined,
  noteFlood: (bytes: number) => void,
): Promise<void> => {
  switch (fault?.type) {
    case 'status':
      return sendError(protocol, response, fault.status, fault);
    case 'html':
      response.writeHead(fault.status, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<html><body><h1>502 Bad Gateway</h1></body></html>');
      return;
    case 'redirect':
      response.writeHead(fault.status, { location: fault.location, ...protocol.headers });
      response.end();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'drip':
      startStream(protocol, response);
      return drip(response, frames.join(''), fault.everyMs);
    case 'inject':
      startStream(protocol, response);
      response.write(frames.slice(0, fault.frames).join(''));
      response.write(fault.bytes);
      response.end(fault.endsThere === true ? '' : frames.slice(fault.frames).join(''));
      return;
    case 'flood':
      startStream(protocol, response);
      return flood(response, frames, fault, noteFlood);
    case 'hang_before_headers':
      return;
    case 'hang_after':
      startStream(protocol, response);
      return sendBytes(response, frames.join(''), fault.bytes);
    case 'cut_after':
      startStream(protocol, response);
      await sendBytes(response, frames.join(''), fault.bytes);
      response.destroy();
      return;
    case 'close_after':
    case 'malformed_frame':
    case 'error_frame':
      startStream(protocol, response);
      for (const frame of frames.slice(0, fault.frames)) response.write(frame);
      if (fault.type === 'malformed_frame') response.write(protocol.malformedFrame);
      if (fault.type === 'error_frame') response.write(protocol.errorFrame(fault.code));
      response.end();
      return;
    case 'without_done':
    case 'without_usage':
    case undefined: {
      startStream(protocol, response);
      const sent = fault?.type === 'without_done' ? frames.slice(0, frames.length - protocol.endFrames) : frames;
      for (const frame of sent) response.write(frame);
      response.end();
    }
  }
};

const listen = (server: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

/** Starts a server of the protocol on a free loopback port. */
export const startModelServer = async (
  protocol: ModelProtocol,
  script: Script,
  faults: FaultSchedule,
): Promise<FakeModelServer> => {
  const requests: RecordedRequest[] = [];
  let floodedBytes = 0;
  const waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const index = requests.length;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    requests.push({ path: request.url ?? '', headers, body });
    for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve();
    const path = request.url?.split('?')[0] ?? '';
    const other = protocol.others?.[path];
    const isKnown = path === protocol.path || path === protocol.olderPath || other !== undefined;
    if (!isKnown) return sendError(protocol, response, 404, {});
    if (protocol.keyOf(request.headers) !== apiKey) return sendError(protocol, response, 401, {});
    if (other !== undefined) return sendJson(protocol, response, other(body));
    const parsed = protocol.parse(body, index);
    const turn = script(parsed);
    const fault = faults[index] ?? turn.fault;
    if (fault === undefined && protocol.whole !== undefined && property(body, 'stream') !== true) {
      return sendJson(protocol, response, protocol.whole(parsed, turn));
    }
    const withUsage = fault?.type !== 'without_usage' && (protocol.wantsUsage?.(body) ?? true);
    const frames = protocol.frames(parsed, turn, withUsage);
    return answer(protocol, response, frames, fault, (bytes) => {
      floodedBytes += bytes;
    });
  };

  const server = createServer((request, response) => {
    // A request that is no JSON or against the rules is answered as the real ones do.
    handle(request, response).catch((error: unknown) =>
      sendError(protocol, response, 400, {}, error instanceof Error ? error.message : undefined),
    );
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    requests,
    get floodedBytes() {
      return floodedBytes;
    },
    received: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.add({ count, resolve });
      }),
    unref: () => {
      server.unref();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** For protocols: a property of something that may be anything. */
export const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** For protocols: a property that should be text; everything else is empty. */
export const textProperty = (value: unknown, name: string): string => {
  const found = property(value, name);
  return typeof found === 'string' ? found : '';
};

/** For protocols: an array, or an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

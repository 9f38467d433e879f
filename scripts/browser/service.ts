/**
 * The browser service: `node service.ts <settings.json>`. On the loopback interface, for whoever has the token: one POST
 * to `/drive` takes the steps of one drive in a browser of its own. It runs beside the platform and ends with it.
 */
import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { drivenSlot, driveSteps, plainSteps } from '../../shared/domain/tool/drive-steps.ts';
import type { BrowserPlace } from './drive-in-browser.ts';
import { createWaitingLine } from './waiting-line.ts';

/** What the program is told. */
export interface BrowserSettings {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly sandboxUrl: string;
  /** Absent: the browser of the package `@sparticuz/chromium`. */
  readonly browserPath?: string;
  readonly isSandboxed: boolean;
}

const maxRequestBytes = 3_000_000;
const maxAtOnce = 2;
const waitMs = 15_000;

const driveBody = z.object({
  app: z.string().min(1).max(300),
  slot: drivenSlot,
  steps: driveSteps,
  screenshot: z.boolean().default(false),
});

const reply = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** The body as text; undefined when it is too long. Rejects when the caller breaks off. */
const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    // SAFETY: without an encoding, a request's chunks are bytes.
    const part = chunk as Buffer;
    bytes += part.byteLength;
    if (bytes > maxRequestBytes) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Told by the schema as a body that does not fit.
    return undefined;
  }
};

const hasToken = (request: IncomingMessage, token: string): boolean => {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted);
};

/** Unpacks the packaged browser at the first call, which takes a second or two. */
const browserPathOf = (settings: BrowserSettings): (() => Promise<string>) => {
  let unpacked: Promise<string> | undefined;
  const unpack = async (): Promise<string> => {
    const { default: packaged } = await import('@sparticuz/chromium');
    return await packaged.executablePath();
  };
  return async () => {
    if (settings.browserPath !== undefined) return settings.browserPath;
    unpacked ??= unpack();
    try {
      return await unpacked;
    } catch (error) {
      unpacked = undefined;
      throw error;
    }
  };
};

const start = (settings: BrowserSettings): void => {
  const line = createWaitingLine(maxAtOnce);
  const findPath = browserPathOf(settings);
  const drive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readBody(request);
    const body = driveBody.safeParse(text === undefined ? undefined : parseJson(text));
    if (!body.success) {
      const issue = body.error.issues[0];
      reply(response, 400, { detail: `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'does not fit'}` });
      return;
    }
    const leave = await line.enter(waitMs);
    if (leave === undefined) {
      reply(response, 503, { detail: `${String(maxAtOnce)} browsers are busy; try again later` });
      return;
    }
    try {
      // Not before it is needed: most platforms never drive an app.
      const { driveInBrowser } = await import('./drive-in-browser.ts');
      const place: BrowserPlace = { ...settings, path: await findPath() };
      reply(response, 200, await driveInBrowser(place, { ...body.data, steps: plainSteps(body.data.steps) }));
    } catch (error) {
      console.error(error);
      // The log tells more; a caller is told neither paths nor stacks.
      reply(response, 500, { detail: 'the browser did not start, or ended by itself' });
    } finally {
      leave();
    }
  };
  const server = createServer((request, response) => {
    if (request.url === '/health') reply(response, 200, { status: 'ok' });
    else if (!hasToken(request, settings.token)) reply(response, 401, { detail: 'the token is missing or wrong' });
    else if (request.method !== 'POST' || request.url !== '/drive') reply(response, 404, { detail: 'POST /drive' });
    else {
      drive(request, response).catch((error: unknown) => {
        // The caller broke off.
        console.error(error);
        response.destroy();
      });
    }
  });
  server.listen(settings.port, settings.host);
  // The browsers lose their pipes to this process and end with it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
};

try {
  // SAFETY: the file was written by this program's supervisor, which has the same type.
  start(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as BrowserSettings);
} catch (error) {
  console.error(error);
  process.exit(1);
}

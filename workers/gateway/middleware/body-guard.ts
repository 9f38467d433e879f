/**
 * Looks at a body before anything parses it: at most 1 MB, of which no more is kept; JSON at most 64 levels
 * deep with at most 10,000 keys. A parser given such input first would block the isolate for seconds.
 */
import { joinBytes } from '../../../shared/domain/join-bytes.ts';
import { endOfText } from '../../../shared/domain/json-text.ts';
import { createMiddleware } from 'hono/factory';
import type { AppError } from '../../../shared/errors/result.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { AppContext, AppEnvironment } from '../app-environment.ts';
import { problem } from '../errors/problem.ts';
import { isJson } from '../media-type.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxKeys: number;
  /** The routes take the body from `jsonBody` or `context.req.text()` only, so that it need not become a stream again. */
  readonly textOnly?: true;
}

const defaultBodyLimits: BodyLimits = { maxBytes: 1_048_576, maxDepth: 64, maxKeys: 10_000 };

/** Conversations: whole files as text, and tools with large schemas, are usual there. */
export const chatBodyLimits: BodyLimits = { maxBytes: 8_388_608, maxDepth: 64, maxKeys: 100_000, textOnly: true };

/** Files of whole objects, which are no JSON document but lines of it. */
const fileLimits: BodyLimits = { maxBytes: 32 * 1_048_576, maxDepth: 64, maxKeys: 10_000 };
const takesFile = (path: string): boolean => /^\/api\/objects\/[^/]+\/(?:trial|[^/]+\/import)$/.test(path);

/** A client that is still sending would meet a broken connection instead of the answer that says what is wrong. */
const drainBytes = 32 * 1_048_576;

const tooLarge = (limits: BodyLimits): AppError => ({
  type: 'request.too_large',
  detail: `body: is larger than ${limits.maxBytes} bytes.`,
  issues: [{ field: 'body', reason: `is larger than ${limits.maxBytes} bytes` }],
});

const invalidBody = (reason: string): AppError => ({
  type: 'request.invalid',
  detail: `body: ${reason}.`,
  issues: [{ field: 'body', reason }],
});

const encoded: AppError = {
  type: 'request.unsupported_media_type',
  detail: 'header.content-encoding: compressed bodies are not taken; send the body as it is.',
  issues: [{ field: 'header.content-encoding', reason: 'compressed bodies are not taken' }],
};

/** The whole body, or why it is refused. What is too large is read on without being kept, up to `drainBytes`. */
const readLimited = async (
  request: Request,
  announced: string | null,
  limits: BodyLimits,
): Promise<Result<Uint8Array<ArrayBuffer>>> => {
  // The runtime sees to it that no more comes than was announced.
  if (announced !== null && Number(announced) <= limits.maxBytes)
    return ok(new Uint8Array(await request.arrayBuffer()));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > drainBytes) break;
    if (size <= limits.maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > limits.maxBytes) return err(tooLarge(limits));
  return ok(joinBytes(chunks));
};

/** Counts brackets and keys outside strings; the grammar is left to the parser. Undefined when within the limits. */
const jsonBomb = (text: string, limits: BodyLimits): string | undefined => {
  let depth = 0;
  let keys = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === 0x22) index = endOfText(text, index) - 1;
    else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > limits.maxDepth) return `is nested deeper than ${limits.maxDepth} levels`;
    } else if (character === 0x7d || character === 0x5d) depth -= 1;
    else if (character === 0x3a) {
      keys += 1;
      if (keys > limits.maxKeys) return `has more than ${limits.maxKeys} keys`;
    }
  }
  return undefined;
};

/** The value, or what the parser says, without quoting the body back. */
const parseText = (text: string): Result<unknown, string> => {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    if (text.trim() === '') return err('is empty');
    const position = /position (\d+)(?: \(line (\d+) column (\d+)\))?/.exec(
      error instanceof Error ? error.message : '',
    );
    return err(position === null ? 'is not valid JSON' : `is not valid JSON (at character ${position[1]})`);
  }
};

/** The value that a text of JSON says, or why it is none that may go on. Its size is the caller's to look at. */
export const parseGuarded = (text: string, limits: BodyLimits): Result<unknown, string> => {
  const bomb = jsonBomb(text, limits);
  return bomb === undefined ? parseText(text) : err(bomb);
};

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

interface ReadBody {
  readonly text: string;
  readonly value: unknown;
  readonly isJson: boolean;
}

/** The body as text, read where it is JSON, or why it is none that may go on. */
const readText = (bytes: Uint8Array, contentType: string, limits: BodyLimits): Result<ReadBody, string> => {
  let text: string;
  try {
    text = strictDecoder.decode(bytes);
  } catch {
    return err('is not valid UTF-8');
  }
  if (!isJson(contentType)) return ok({ text, value: undefined, isJson: false });
  const parsed = parseGuarded(text, limits);
  return parsed.ok ? ok({ text, value: parsed.value, isJson: true }) : parsed;
};

/** The answer to a body that may not go on; otherwise the checked body, or its text, takes the place of the stream. */
export const guardBody = async (context: AppContext, limits: BodyLimits): Promise<Response | undefined> => {
  const request = context.req.raw;
  const announced = request.headers.get('content-length');
  // To ask for the body makes a stream of it, which one of a known length need not become.
  const isAbsent = (announced === null || announced === '0') && request.body === null;
  if (isAbsent || request.method === 'GET' || request.method === 'HEAD') return undefined;
  const read = await readLimited(request, announced, limits);
  if (!read.ok) return problem(context, read.error);
  const contentType = request.headers.get('content-type');
  if (read.value.byteLength > 0 && contentType === null) {
    return problem(context, {
      type: 'request.unsupported_media_type',
      detail: 'header.content-type: is missing; say what the body is, for example application/json.',
      issues: [{ field: 'header.content-type', reason: 'is missing' }],
    });
  }
  const checked = readText(read.value, contentType ?? '', limits);
  const encoding = request.headers.get('content-encoding');
  if (!checked.ok && encoding !== null && encoding !== 'identity') return problem(context, encoded);
  if (!checked.ok && read.value.byteLength > 0) return problem(context, invalidBody(checked.error));
  if (checked.ok && limits.textOnly === true) {
    const { text, value } = checked.value;
    if (checked.value.isJson) context.set('jsonBody', { text, value });
    // SAFETY: Hono keeps promises of what was read there, although it gives them the type of what they resolve to.
    context.req.bodyCache.text = Promise.resolve(text) as unknown as string;
  } else {
    // The signal, which says that the client has left, is not taken over by itself.
    const { method, signal } = request;
    context.req.raw = new Request(request, { method, body: read.value, signal });
  }
  return undefined;
};

/** Guards POST, PUT and PATCH. @param isPassedOn paths whose bodies nobody parses here. */
export const bodyGuard = (isPassedOn: (path: string) => boolean) =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const { path } = context.req;
    if (isPassedOn(path)) return await next();
    return (await guardBody(context, takesFile(path) ? fileLimits : defaultBodyLimits)) ?? (await next());
  });

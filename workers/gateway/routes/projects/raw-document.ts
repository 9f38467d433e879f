/**
 * A specification may be the body itself: Markdown, YAML, or an OpenAPI document in JSON. What is not the JSON form of
 * the API already is wrapped into it here, before validation, so that every form passes the same checks.
 */
import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '../../app-environment.ts';
import { problem } from '../../errors/problem.ts';
import { isJson } from '../../media-type.ts';

const fileNameByType: Readonly<Record<string, string>> = {
  'text/markdown': 'specification.md',
  'text/plain': 'specification.md',
  'application/yaml': 'openapi.yaml',
  'application/x-yaml': 'openapi.yaml',
  'text/yaml': 'openapi.yaml',
};

const isOpenApiDocument = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ('openapi' in value || 'swagger' in value) &&
  !('specification' in value);

const wrap = (request: Request, specification: string, fileName: string): Request => {
  const options = Object.fromEntries(new URL(request.url).searchParams);
  const headers = new Headers(request.headers);
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  return new Request(request.url, {
    method: request.method,
    headers,
    body: JSON.stringify({ fileName, ...options, specification }),
  });
};

/** The body guard has checked that it is UTF-8; the runtime's own `text` warns of media types that are not `text/…`. */
const readText = async (request: Request): Promise<string> => new TextDecoder().decode(await request.arrayBuffer());

/** Options of a wrapped body (`name`, `fileName`, `model`) come from the query. */
export const rawDocument = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const contentType = context.req.header('content-type') ?? '';
    const essence = (contentType.split(';')[0] ?? '').trim().toLowerCase();
    const fileName = fileNameByType[essence];
    if (fileName !== undefined) {
      context.req.raw = wrap(context.req.raw, await readText(context.req.raw), fileName);
    } else if (isJson(contentType)) {
      const text = await context.req.raw.clone().text();
      // The body guard has parsed it before, so it is JSON.
      if (text !== '' && isOpenApiDocument(JSON.parse(text)))
        context.req.raw = wrap(context.req.raw, text, 'openapi.json');
    } else {
      const accepted = ['application/json', ...Object.keys(fileNameByType)].join(', ');
      return problem(context, {
        type: 'request.unsupported_media_type',
        detail: `header.content-type: must be one of ${accepted}.`,
        issues: [{ field: 'header.content-type', reason: `must be one of ${accepted}` }],
      });
    }
    return await next();
  });

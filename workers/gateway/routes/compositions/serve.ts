/**
 * Composed services for everybody whose manifest says `access: public`: `/composed/<workspace>/<name>/…`. Nothing that could
 * be a key of the platform reaches the members, and whoever asks for what is not public learns nothing of it. The JSON
 * Schema of manifests is served here too.
 */
import { Hono } from 'hono';
import { z } from 'zod';
import type { WorkspaceId } from '../../../../shared/domain/ids.ts';
import { parseId } from '../../../../shared/domain/ids.ts';
import { err, ok, type AppError, type Result } from '../../../../shared/errors/result.ts';
import { compositionManifest } from '../../../../shared/schemas/composition.ts';
import { serviceName } from '../../../../shared/schemas/services/parts.ts';
import type { AppContext, AppEnvironment } from '../../app-environment.ts';
import { deadlines } from '../../deadline.ts';
import { notFound, problem } from '../../errors/problem.ts';
import { forwardedHeaders } from '../../forwarded-headers.ts';
import { backgroundOf } from '../../model-calls/background.ts';
import { errorPage } from '../pages/error-page.ts';

interface Target {
  readonly workspaceId: WorkspaceId;
  readonly name: string;
}

/** A person with a browser gets a page, a program gets a problem. */
const refuse = (context: AppContext, error: AppError): Response => {
  const answer = problem(context, error);
  return (context.req.header('accept') ?? '').includes('text/html') ? errorPage(answer, error) : answer;
};

/** A public composition. A guessed workspace has no snapshot, and its guess wakes no object. */
const findTarget = async (context: AppContext, workspace: string, composition: string): Promise<Result<Target>> => {
  const workspaceId = parseId('wsp', workspace);
  const name = serviceName.safeParse(composition);
  if (workspaceId === undefined || !name.success) return err(notFound('app'));
  const criteria = { name: name.data, kind: 'composition' } as const;
  const found = await context.var.services.serviceLookup.discoverKnown(workspaceId, criteria);
  const services = found.ok ? found.value.services : [];
  const isPublic = services.some(({ endpoints }) =>
    endpoints.some((endpoint) => endpoint.kind === 'composition' && endpoint.isPublic === true),
  );
  return isPublic ? ok({ workspaceId, name: name.data }) : err(notFound('app'));
};

const serve = async (context: AppContext, workspace: string, composition: string): Promise<Response> => {
  const target = await findTarget(context, workspace, composition);
  if (!target.ok) return refuse(context, target.error);
  const { raw } = context.req;
  const url = new URL(raw.url);
  const prefix = `/composed/${workspace}/${composition}`;
  const headers = forwardedHeaders(raw.headers);
  headers.set('x-forwarded-prefix', prefix);
  headers.set('x-forwarded-host', url.host);
  headers.set('x-forwarded-proto', url.protocol.slice(0, -1));
  headers.set('x-request-id', context.var.requestId);
  const path = `${url.pathname.slice(prefix.length)}${url.search}`;
  const { workspaceId, name } = target.value;
  const routed = await context.var.services.serviceRouter.route(
    workspaceId,
    { name },
    { method: raw.method, headers, body: raw.body, path },
    {
      timeoutMs: deadlines.appMs,
      signal: raw.signal,
      stickyText: headers.get('cf-connecting-ip') ?? '',
      background: backgroundOf(context),
    },
  );
  if (!routed.ok) return refuse(context, routed.error);
  const { response } = routed.value;
  return response.webSocket === null ? new Response(response.body, response) : response;
};

/** As manifests are written, before their defaults are filled in. */
const manifestSchema = {
  $id: '/schemas/composition.json',
  ...z.toJSONSchema(compositionManifest, { io: 'input', target: 'draft-2020-12' }),
};

export const composedRoutes = () =>
  new Hono<AppEnvironment>()
    .get('/schemas/composition.json', (context) =>
      context.json(manifestSchema, 200, { 'content-type': 'application/schema+json' }),
    )
    .all('/composed/:workspace/:composition', (context) => {
      const url = new URL(context.req.url);
      return context.redirect(`${url.pathname}/${url.search}`, 308);
    })
    .all(
      '/composed/:workspace/:composition/*',
      async (context) => await serve(context, context.req.param('workspace'), context.req.param('composition')),
    );

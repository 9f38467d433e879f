/**
 * Requests to services: `/api/services/<name>/…` by name, `/api/service-calls/…` by what a service can do. Bodies stream
 * both ways, WebSockets are handed over, and what the platform itself has to say is a problem with the reason.
 */
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { RoutedRequest, RouteOptions } from '../../../../shared/adapters/services/service-router.ts';
import { isRepeatable } from '../../../../shared/domain/service-registry/retry-rules.ts';
import type { ServiceCriteria } from '../../../../shared/domain/service-registry/criteria.ts';
import { addressText } from '../../../../shared/domain/service-registry/service.ts';
import { err, ok, type AppError, type Result } from '../../../../shared/errors/result.ts';
import { routeHeaders } from '../../../../shared/schemas/service-queries.ts';
import { servicePath } from '../../../../shared/schemas/services.ts';
import type { AppContext, AppEnvironment } from '../../app-environment.ts';
import { notFound, problem } from '../../errors/problem.ts';
import { forwardedHeaders } from '../../forwarded-headers.ts';
import { backgroundOf } from '../../model-calls/background.ts';
import { authorize } from '../../middleware/authorize.ts';
import { withoutUndefined } from '../../without-undefined.ts';

/** What may be kept to be sent again; anything longer streams, and goes out once. */
const maxRepeatableBytes = 65_536;

const routedPath = /^\/api\/(?:services\/[^/]+|service-calls)\//;

/** Whether the request is for a service and not for the platform: its body is nobody's here. */
export const isRouted = (path: string): boolean => routedPath.test(path);

interface Call {
  readonly criteria: ServiceCriteria;
  readonly options: RouteOptions;
}

const invalid = (issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): AppError => {
  const found = issues.map(({ path, message }) => ({ field: `headers.${String(path[0] ?? '')}`, reason: message }));
  const [first] = found;
  return {
    type: 'request.invalid',
    detail: `${first?.field ?? 'headers'}: ${first?.reason ?? 'is refused'}.`,
    issues: found,
  };
};

/** What the caller asks for beyond the address, in headers of the platform's own. */
const readCall = (context: AppContext): Result<Call> => {
  const parsed = routeHeaders.safeParse(
    Object.fromEntries([...context.req.raw.headers].filter(([name]) => name.startsWith('x-aidevos-'))),
  );
  if (!parsed.success) return err(invalid(parsed.error.issues));
  const { version, instance, tag, capability, region, timeoutMs, policy, sticky } = parsed.data;
  const criteria = withoutUndefined({ version, instance, tags: tag, capabilities: capability, region });
  const { keyId } = context.var.principal;
  // Whoever says nothing else is known by their key.
  const options = { ...withoutUndefined({ policy }), timeoutMs, stickyText: sticky ?? keyId };
  return ok({ criteria, options: { ...options, signal: context.req.raw.signal, background: backgroundOf(context) } });
};

/** Without a name somebody has to be meant: a version, an instance or a region is had by services of every kind. */
const saysWhom = ({ capabilities = [], tags = [] }: ServiceCriteria): boolean => capabilities.length + tags.length > 0;

const nobodyMeant = invalid([
  { path: ['x-aidevos-capability'], message: 'is needed here, or x-aidevos-tag: otherwise any service could be meant' },
]);

/** A short body of a request that may be sent again is read first; every other one streams. */
const readRequest = async (context: AppContext, rest: string): Promise<RoutedRequest> => {
  const { raw } = context.req;
  const { method } = raw;
  const headers = forwardedHeaders(raw.headers);
  // The platform's key opens the platform; what the service asks for comes in a header of its own.
  headers.delete('authorization');
  const authorization = headers.get('x-service-authorization');
  if (authorization !== null) headers.set('authorization', authorization);
  headers.delete('x-service-authorization');
  headers.set('x-request-id', context.var.requestId);
  const length = raw.headers.get('content-length');
  const isShort = length !== null && Number(length) <= maxRepeatableBytes;
  const isKept = raw.body !== null && isShort && isRepeatable(method, headers.has('idempotency-key'));
  const body = isKept ? new Uint8Array(await raw.arrayBuffer()) : raw.body;
  return { method, headers, body, path: `${rest}${new URL(raw.url).search}` };
};

const send = async (context: AppContext, name: string | undefined, prefix: string): Promise<Response> => {
  const call = readCall(context);
  if (!call.ok) return problem(context, call.error);
  const { services, principal } = context.var;
  const { criteria, options } = call.value;
  if (name === undefined && !saysWhom(criteria)) return problem(context, nobodyMeant);
  const rest = new URL(context.req.url).pathname.slice(prefix.length);
  const request = await readRequest(context, rest);
  request.headers.set('x-forwarded-prefix', prefix);
  const asked = name === undefined ? criteria : { ...criteria, name };
  const routed = await services.serviceRouter.route(principal.workspaceId, asked, request, options);
  if (!routed.ok) return problem(context, routed.error);
  const { response, instance, attempts } = routed.value;
  if (response.webSocket !== null) return response;
  const answer = new Response(response.body, response);
  answer.headers.set('x-aidevos-instance', addressText(instance));
  answer.headers.set('x-aidevos-attempts', String(attempts));
  return answer;
};

const sendByName = async (context: AppContext, service: string): Promise<Response> => {
  const named = servicePath.safeParse({ service });
  if (!named.success) return problem(context, notFound('service'));
  return await send(context, named.data.service, `/api/services/${service}`);
};

/** `/api/services/<name>` without a slash is the platform's own. */
const onlyRouted = createMiddleware<AppEnvironment>(async (context, next) =>
  isRouted(context.req.path) ? await next() : context.notFound(),
);

const mayCall = [onlyRouted, authorize('service.call')] as const;

export const serviceCallRoutes = () =>
  new Hono<AppEnvironment>()
    .all(
      '/api/services/:service/*',
      ...mayCall,
      async (context) => await sendByName(context, context.req.param('service')),
    )
    .all('/api/service-calls/*', ...mayCall, async (context) => await send(context, undefined, '/api/service-calls'));

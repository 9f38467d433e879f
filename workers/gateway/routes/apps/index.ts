/**
 * Deployed apps, for everyone: `/apps/<project>/` is production, `/apps/<project>@preview/` and `@staging/` the other
 * slots. The app runs in the sandbox; nothing that could be a key of the platform reaches it.
 */
import { Hono } from 'hono';
import { appName } from '../../../../durable-objects/stubs.ts';
import { parseId, type ProjectId } from '../../../../shared/domain/ids.ts';
import type { AppError, Result } from '../../../../shared/errors/result.ts';
import { err, ok } from '../../../../shared/errors/result.ts';
import type { Slot } from '../../../../shared/rpc/sandbox.ts';
import type { AppContext, AppEnvironment } from '../../app-environment.ts';
import { deadlines } from '../../deadline.ts';
import { notFound, problem } from '../../errors/problem.ts';
import { forwardedHeaders } from '../../forwarded-headers.ts';
import { askValue } from '../../objects.ts';
import { errorPage } from '../pages/error-page.ts';
import { readSandboxProblem } from './sandbox-problem.ts';

interface Target {
  readonly projectId: ProjectId;
  readonly slot: Slot;
}

const slotOf = (name: string | undefined): Slot | undefined => {
  switch (name) {
    case undefined:
      return 'production';
    case 'preview':
    case 'staging':
    case 'production':
      return name;
    default:
      return undefined;
  }
};

const parseTarget = (segment: string): Target | undefined => {
  const [id = '', slotName, ...rest] = segment.split('@');
  const projectId = parseId('prj', id);
  const slot = slotOf(slotName);
  return projectId === undefined || slot === undefined || rest.length > 0 ? undefined : { projectId, slot };
};

/** A person with a browser gets a page, a program gets a problem. */
const refuse = (context: AppContext, error: AppError): Response => {
  const answer = problem(context, error);
  return (context.req.header('accept') ?? '').includes('text/html') ? errorPage(answer, error) : answer;
};

const forward = (context: AppContext, name: string, slot: Slot, prefix: string): Request => {
  const url = new URL(context.req.url);
  const rest = url.pathname.slice(prefix.length);
  const headers = forwardedHeaders(context.req.raw.headers);
  headers.set('x-aidevos-prefix', prefix);
  headers.set('x-forwarded-host', url.host);
  headers.set('x-forwarded-proto', url.protocol.slice(0, -1));
  const { method, body } = context.req.raw;
  const address = `https://sandbox/apps/${encodeURIComponent(name)}/${slot}${rest}${url.search}`;
  return new Request(address, { method, headers, body, redirect: 'manual' });
};

const findApp = async (context: AppContext, target: Target): Promise<Result<string>> => {
  const { services, requestId } = context.var;
  const owner = await askValue(() => services.owners.find(target.projectId), {
    log: services.log,
    requestId,
    part: 'directory',
  });
  if (!owner.ok) return owner;
  return owner.value === undefined ? err(notFound('app')) : ok(appName(owner.value, target.projectId));
};

const serve = async (context: AppContext, segment: string): Promise<Response> => {
  const target = parseTarget(segment);
  if (target === undefined) return refuse(context, notFound('app'));
  const app = await findApp(context, target);
  if (!app.ok) return refuse(context, app.error);
  const { services, requestId } = context.var;
  const request = forward(context, app.value, target.slot, `/apps/${segment}`);
  const answer = await askValue(() => services.sandboxHttp.fetch(request), {
    log: services.log,
    requestId,
    part: 'app',
    timeoutMs: deadlines.appMs,
    repeatable: false,
  });
  if (!answer.ok) return refuse(context, answer.error);
  const failure = await readSandboxProblem(answer.value);
  if (failure !== undefined) return refuse(context, failure);
  if (answer.value.webSocket !== null) return answer.value;
  return new Response(answer.value.body, answer.value);
};

export const appRoutes = () =>
  new Hono<AppEnvironment>()
    .all('/apps/:app', (context) => {
      const url = new URL(context.req.url);
      return context.redirect(`${url.pathname}/${url.search}`, 308);
    })
    .all('/apps/:app/*', async (context) => await serve(context, context.req.param('app')));

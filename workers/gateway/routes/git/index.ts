/**
 * Git over HTTP (https://git-scm.com/docs/http-protocol): who is asking and for which project is settled here; the
 * repository object speaks the protocol. The API key is the password, the user name is free.
 */
import { Hono } from 'hono';
import { isAllowed, type Action } from '../../../../shared/domain/access/policy.ts';
import { parseId } from '../../../../shared/domain/ids.ts';
import type { AppError } from '../../../../shared/errors/result.ts';
import type { AppContext, AppEnvironment } from '../../app-environment.ts';
import { deadlines } from '../../deadline.ts';
import { notFound, problem } from '../../errors/problem.ts';
import { askValue } from '../../objects.ts';
import { checkProject } from '../../project-access.ts';
import { readPassword } from './basic.ts';

const challenge = { 'www-authenticate': 'Basic realm="aidevos", charset="UTF-8"' };

/** The services of the protocol, and what a caller must be allowed for each. */
const services: Readonly<Record<string, Action>> = {
  'git-upload-pack': 'repository.read',
  'git-receive-pack': 'repository.write',
};

/** What passes on to the repository; the key does not. */
const forwardedHeaders = [
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-length',
  'content-type',
  'git-protocol',
  'user-agent',
];

const serviceOf = (context: AppContext, path: string): string | undefined => {
  if (path === 'info/refs') return context.req.method === 'GET' ? context.req.query('service') : undefined;
  return context.req.method === 'POST' ? path : undefined;
};

const forward = (context: AppContext, path: string, service: string): Request => {
  const headers = new Headers();
  for (const name of forwardedHeaders) {
    const value = context.req.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  const query = path === 'info/refs' ? `?service=${service}` : '';
  const { method, body } = context.req.raw;
  return new Request(`https://repository/${path}${query}`, { method, headers, body });
};

const refuse = (context: AppContext, error: AppError): Response => {
  const answer = problem(context, error);
  if (answer.status === 401) for (const [name, value] of Object.entries(challenge)) answer.headers.set(name, value);
  return answer;
};

const handle = async (context: AppContext, name: string, path: string): Promise<Response> => {
  const password = readPassword(context.req.header('authorization'));
  if (password === undefined) {
    return refuse(context, { type: 'auth.missing', detail: 'Use an API key as the password; the user name is free.' });
  }
  const principal = await context.var.services.keys.authenticate(password);
  if (!principal.ok) return refuse(context, principal.error);
  context.set('principal', principal.value);
  const service = serviceOf(context, path);
  const action = service === undefined ? undefined : services[service];
  const projectId = parseId('prj', name);
  if (service === undefined || action === undefined || projectId === undefined)
    return refuse(context, notFound('repository'));
  if (!isAllowed(principal.value.role, action)) {
    return refuse(context, {
      type: 'auth.forbidden',
      detail: `A key with the role "${principal.value.role}" may not do this.`,
    });
  }
  const known = await checkProject(context, projectId);
  if (!known.ok) return refuse(context, known.error);
  const { requestId } = context.var;
  const answer = await askValue(
    () =>
      context.var.services.objects
        .repository(principal.value.workspaceId, projectId)
        .fetch(forward(context, path, service)),
    // The body is a stream that can be read once.
    { log: context.var.services.log, requestId, part: 'repository', timeoutMs: deadlines.gitMs, repeatable: false },
  );
  return answer.ok ? new Response(answer.value.body, answer.value) : refuse(context, answer.error);
};

export const gitRoutes = () =>
  new Hono<AppEnvironment>().all('/git/:name{[^/]+\\.git}/:path{.+}', async (context) => {
    const { name, path } = context.req.param();
    return await handle(context, name.slice(0, -'.git'.length), path);
  });

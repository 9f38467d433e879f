/** How a request reaches an instance of a service: outside over HTTP, in the sandbox, or in an object of the platform. */
import { appName } from '../../durable-objects/stubs.ts';
import { refuseEndpoint } from '../../shared/adapters/services/endpoint-address.ts';
import type { Deliver, Delivery } from '../../shared/adapters/services/service-router.ts';
import type { WorkspaceId } from '../../shared/domain/ids.ts';
import { addressText } from '../../shared/domain/service-registry/service.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import { readSandboxProblem } from './routes/apps/sandbox-problem.ts';
import type { Fetching } from './services.ts';

/** Kinds of objects that serve HTTP for composed services, by the name of the kind. */
export type ServiceObjects = Readonly<Record<string, (workspaceId: WorkspaceId, objectId: string) => Fetching>>;

export interface DeliveryParts {
  readonly origins: readonly string[];
  readonly sandboxHttp: Fetching;
  readonly objects: ServiceObjects;
  /** `fetch` itself, or a fake in tests. */
  readonly fetch: (request: Request) => Promise<Response>;
}

const timeoutHeader = 'x-aidevos-timeout-ms';
/** Where the sandbox's answer is served; it believes no other header. */
const prefixHeader = 'x-aidevos-prefix';
/** Which service of a group is meant: the others answer nothing then, although they may have the path as well. */
const memberHeader = 'x-aidevos-member';

const requestTo = (address: string, { method, headers, body, timeoutMs, signal }: Delivery): Request => {
  const sent = new Headers(headers);
  // Who is called last knows how long it has.
  sent.set(timeoutHeader, String(Math.max(1, Math.floor(timeoutMs))));
  const isBodyless = method === 'GET' || method === 'HEAD';
  // A redirect is the caller's to follow: followed here, it would lead past the list of origins.
  return new Request(address, { method, headers: sent, body: isBodyless ? null : body, redirect: 'manual', signal });
};

/** The base's path with the request's after it; the query is the request's. */
const addressAt = (base: string, path: string): string => {
  const url = new URL(base);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}${path}`;
};

const speaksNoHttp = (delivery: Delivery): Result<never> =>
  err({
    type: 'service.unavailable',
    detail: `The service "${addressText(delivery.instance)}" answers no HTTP; it is used through the platform's own API.`,
  });

const appPath = (app: string, slot: string): string => `/apps/${encodeURIComponent(app)}/${slot}`;

/** Delivers to each kind of endpoint. */
export const createDelivery = ({ origins, sandboxHttp, objects, fetch }: DeliveryParts): Deliver => {
  const toOutside = async (url: string, delivery: Delivery): Promise<Result<Response>> => {
    const refusal = refuseEndpoint(url, origins);
    if (refusal !== undefined) {
      const detail = `The address of the service "${addressText(delivery.instance)}" ${refusal}.`;
      return err({ type: 'service.unavailable', detail });
    }
    return ok(await fetch(requestTo(addressAt(url, delivery.path), delivery)));
  };
  const toSandbox = async (path: string, delivery: Delivery, member?: string): Promise<Result<Response>> => {
    const request = requestTo(`https://sandbox${path}${delivery.path}`, delivery);
    const prefix = request.headers.get('x-forwarded-prefix');
    if (prefix !== null) request.headers.set(prefixHeader, prefix);
    if (member !== undefined) request.headers.set(memberHeader, member);
    const answer = await sandboxHttp.fetch(request);
    const failure = await readSandboxProblem(answer);
    return failure === undefined ? ok(answer) : err(failure);
  };
  return async (delivery) => {
    const { endpoint, workspaceId } = delivery;
    switch (endpoint.kind) {
      case 'http':
        return await toOutside(endpoint.url, delivery);
      case 'app':
        return await toSandbox(appPath(appName(workspaceId, endpoint.projectId), endpoint.slot), delivery);
      case 'group':
        return await toSandbox(`/groups/${encodeURIComponent(endpoint.group)}`, delivery, endpoint.service);
      case 'composition':
        // Its members are what requests are sent to; the router has found none.
        return speaksNoHttp(delivery);
      case 'object': {
        const find = Object.hasOwn(objects, endpoint.objectKind) ? objects[endpoint.objectKind] : undefined;
        if (find === undefined || endpoint.objectId === '*') return speaksNoHttp(delivery);
        const object = find(workspaceId, endpoint.objectId);
        return ok(await object.fetch(requestTo(`https://service${delivery.path}`, delivery)));
      }
    }
  };
};

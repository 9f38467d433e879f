/**
 * Requests to composed services: the path leads to a member, and the member is treated like any other service, with
 * health, breaker and retries of its own, so that one that fails does not take the others out. Members that the registry
 * knows are looked up at each request; a composition may be one of them.
 */
import { take } from '../../domain/limits/gcra.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { ServiceCriteria } from '../../domain/service-registry/criteria.ts';
import {
  findTargetRoute,
  type CompositionEndpoint,
  type CompositionTargetRoute,
} from '../../domain/service-registry/composition-endpoint.ts';
import type { ServiceEndpoint, ServiceInstance } from '../../domain/service-registry/service.ts';
import { err, type AppError, type Result } from '../../errors/result.ts';
import type { ServiceLookup } from '../../ports/service-lookup.ts';
import type { RoutedAnswer, RoutedRequest, RouteOptions, ServiceRouter } from './service-router.ts';

interface ComposedRouterParts {
  readonly router: Pick<ServiceRouter, 'route' | 'sendTo'>;
  readonly lookup: Pick<ServiceLookup, 'discover'>;
  readonly now: () => number;
}

/** Compositions within compositions. The Composer refuses circles; a race between two changes may still make one. */
const maxDepth = 5;
/** Members whose rates are remembered. */
const maxRates = 10_000;

const tooDeep: AppError = {
  type: 'service.failed',
  detail: `The request went through more than ${maxDepth} compositions. Take one of them out of the line.`,
};

const noRoute = (name: string): Result<never> =>
  err({ type: 'resource.not_found', detail: `No route of the composition "${name}" leads there.` });

const compositionOf = (instance: ServiceInstance | undefined): CompositionEndpoint | undefined =>
  instance?.endpoints.find((endpoint) => endpoint.kind === 'composition');

/** Headers and path as the member is to see them. */
const requestFor = (request: RoutedRequest, { path, target }: CompositionTargetRoute, rest: string): RoutedRequest => {
  const query = request.path.indexOf('?');
  const search = query === -1 ? '' : request.path.slice(query);
  // Signing in and the pages belong to the composition as a whole: its cookies, its links. Everybody else has a place.
  if (target.kind === 'service' && target.service !== 'api') {
    return { ...request, path: `${target.service === 'auth' ? '/auth' : ''}${rest}${search}` };
  }
  const headers = new Headers(request.headers);
  const prefix = `${headers.get('x-forwarded-prefix') ?? ''}${path === '/' ? '' : path}`;
  if (prefix !== '') headers.set('x-forwarded-prefix', prefix);
  return { ...request, headers, path: `${rest}${search}` };
};

/** The member as an instance, by a name that tells it from the members beside it. */
const memberInstance = (
  composition: ServiceInstance,
  { group }: CompositionEndpoint,
  { member, target }: CompositionTargetRoute,
): ServiceInstance => {
  const endpoints: readonly ServiceEndpoint[] =
    target.kind === 'service'
      ? [{ kind: 'group', group, service: target.service }]
      : target.kind === 'app'
        ? [target]
        : [];
  return { ...composition, instance: `${composition.instance}.${member}`, endpoints };
};

export class ComposedRouter {
  readonly #parts: ComposedRouterParts;
  /** By workspace, composition and member: until when what was let through is paid for. */
  readonly #paidAt = new Map<string, number>();

  constructor(parts: ComposedRouterParts) {
    this.#parts = parts;
  }

  /** As `ServiceRouter.route`, also for compositions. */
  async route(
    workspaceId: WorkspaceId,
    criteria: ServiceCriteria,
    request: RoutedRequest,
    options: RouteOptions,
  ): Promise<Result<RoutedAnswer>> {
    return await this.#route(workspaceId, criteria, request, options, 1);
  }

  async #route(
    workspaceId: WorkspaceId,
    criteria: ServiceCriteria,
    request: RoutedRequest,
    options: RouteOptions,
    depth: number,
  ): Promise<Result<RoutedAnswer>> {
    const { router, lookup } = this.#parts;
    const found = await lookup.discover(workspaceId, criteria);
    const [instance] = found.ok ? found.value.services : [];
    const composition = compositionOf(instance);
    if (instance === undefined || composition === undefined) {
      return await router.route(workspaceId, criteria, request, options);
    }
    return await this.#routeWithin(workspaceId, instance, composition, request, { ...options, depth });
  }

  async #routeWithin(
    workspaceId: WorkspaceId,
    instance: ServiceInstance,
    composition: CompositionEndpoint,
    request: RoutedRequest,
    { depth, ...options }: RouteOptions & { readonly depth: number },
  ): Promise<Result<RoutedAnswer>> {
    const { router, now } = this.#parts;
    if (depth > maxDepth) return err(tooDeep);
    const [path = '/'] = request.path.split('?');
    const found = findTargetRoute(composition, path);
    if (found === undefined) return noRoute(instance.name);
    const { route, rest } = found;
    const limited = this.#take(`${workspaceId}/${instance.name}/${route.member}`, route);
    if (limited !== undefined) return err(limited);
    const { target, retries, balance } = route;
    const timeoutMs = Math.min(options.timeoutMs, route.timeoutMs ?? options.timeoutMs);
    const within: RouteOptions = {
      ...options,
      timeoutMs,
      ...(retries === undefined ? {} : { maxAttempts: retries + 1 }),
      ...(balance === undefined ? {} : { policy: balance }),
    };
    const sent = requestFor(request, route, rest);
    if (target.kind === 'registered') {
      const criteria = { name: target.name, version: target.version };
      return await this.#route(workspaceId, criteria, sent, within, depth + 1);
    }
    const member = memberInstance(instance, composition, route);
    return await router.sendTo(workspaceId, [member], sent, { ...within, endsAt: now() + timeoutMs });
  }

  /** Why a member gets no more requests this minute, or undefined. */
  #take(key: string, { member, perMinute }: CompositionTargetRoute): AppError | undefined {
    if (perMinute === undefined) return undefined;
    const verdict = take(this.#paidAt.get(key), this.#parts.now(), { limit: perMinute, periodMs: 60_000 }, 1);
    this.#paidAt.delete(key);
    if (verdict.paidAt !== undefined) this.#paidAt.set(key, verdict.paidAt);
    for (const oldest of this.#paidAt.keys()) {
      if (this.#paidAt.size <= maxRates) break;
      this.#paidAt.delete(oldest);
    }
    if (verdict.admitted) return undefined;
    const seconds = Math.max(1, Math.ceil(verdict.retryAfterMs / 1_000));
    return {
      type: 'rate.limited',
      detail: `"${member}" takes ${perMinute} requests a minute, and had them. Try again in ${seconds} s.`,
    };
  }
}

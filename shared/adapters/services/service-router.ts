/**
 * Sends a request to whoever offers what the caller asks for. Instances come from snapshots, so that nothing here waits for
 * the registry; what is known of their health is this isolate's own. A request is sent again only where that is safe: its
 * method or an idempotency key allows it, its body can be sent again, the budget has a retry left, and there is time.
 */
import {
  defaultRetryBudgetPolicy,
  fullRetryBudget,
  takeFromRetryBudget,
  type RetryBudget,
} from '../../domain/circuit/retry-budget.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { pickInstance, type Turns } from '../../domain/service-registry/balance.ts';
import type { ServiceCriteria } from '../../domain/service-registry/criteria.ts';
import { isFaultStatus, isRepeatable, isWorthRetrying } from '../../domain/service-registry/retry-rules.ts';
import {
  addressText,
  type BalancingPolicy,
  type ServiceEndpoint,
  type ServiceInstance,
} from '../../domain/service-registry/service.ts';
import { err, ok, type AppError, type Result } from '../../errors/result.ts';
import type { ServiceLookup } from '../../ports/service-lookup.ts';
import { InstanceHealth } from './instance-health.ts';
import type { Background, UpgradeMeter } from './upgrade-meter.ts';

/** What is sent: everything but where. */
export interface RoutedRequest {
  readonly method: string;
  /** Begins with `/`; the query may follow. */
  readonly path: string;
  readonly headers: Headers;
  /** A stream goes out as it comes in and therefore once. */
  readonly body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null;
}

/** One try: the request and how long the instance has. */
export interface Delivery extends RoutedRequest {
  readonly workspaceId: WorkspaceId;
  readonly instance: ServiceInstance;
  readonly endpoint: ServiceEndpoint;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Resolves with whatever the endpoint answers, and rejects when it does not answer. A refusal is the platform's own. */
export type Deliver = (delivery: Delivery) => Promise<Result<Response>>;

export interface RouteOptions {
  /** Until the head of the answer is there, over all tries. */
  readonly timeoutMs: number;
  /** In place of the service's own. */
  readonly policy?: BalancingPolicy;
  /** Tries of a request that may be made again; 3 unless told. */
  readonly maxAttempts?: number;
  /** Who asks, for `sticky`. */
  readonly stickyText?: string;
  /** Aborted when the caller has left. */
  readonly signal?: AbortSignal;
  /** Where what was seen may be told after the answer; without it nothing is told. */
  readonly background?: Background;
}

export interface RoutedAnswer {
  readonly response: Response;
  readonly instance: ServiceInstance;
  readonly attempts: number;
}

export interface ServiceRouterParts {
  readonly lookup: Pick<ServiceLookup, 'discover' | 'list'>;
  readonly deliver: Deliver;
  readonly now: () => number;
  /** Told of requests to services that are being upgraded. */
  readonly meter?: Pick<UpgradeMeter, 'note'>;
  /** Told of an instance that did not answer; the caller is told less. */
  readonly report: (message: string, thrown: unknown) => void;
}

const usualAttempts = 3;
/** Services whose turns and budgets are remembered. */
const maxServices = 2_000;

type Outcome =
  | { readonly type: 'answered'; readonly response: Response }
  | { readonly type: 'refused'; readonly error: AppError }
  | { readonly type: 'broken' }
  | { readonly type: 'late' }
  | { readonly type: 'left' };

export class ServiceRouter {
  readonly #parts: ServiceRouterParts;
  readonly #health = new InstanceHealth();
  readonly #turns = new Map<string, Turns>();
  readonly #budgets = new Map<string, RetryBudget>();

  constructor(parts: ServiceRouterParts) {
    this.#parts = parts;
  }

  /**
   * The answer of an instance that meets the criteria, whatever its status. Refused with `resource.not_found` when there is
   * no such service, `service.unavailable` when nobody can take the request now, `service.failed` when those who took it
   * did not answer, `service.timeout` when the time was over.
   */
  async route(
    workspaceId: WorkspaceId,
    criteria: ServiceCriteria,
    request: RoutedRequest,
    options: RouteOptions,
  ): Promise<Result<RoutedAnswer>> {
    const { lookup, now } = this.#parts;
    const endsAt = now() + options.timeoutMs;
    const found = await lookup.discover(workspaceId, criteria);
    if (!found.ok) return found;
    if (found.value.services.length === 0) return err(await this.#explainNobody(workspaceId, criteria));
    const instances = wanted(found.value.services, criteria);
    if (instances.length === 0) return err(drained(criteria));
    return await this.sendTo(workspaceId, instances, request, { ...options, endsAt });
  }

  /** As `route`, to instances of one service that were found already. */
  async sendTo(
    workspaceId: WorkspaceId,
    instances: readonly ServiceInstance[],
    request: RoutedRequest,
    options: RouteOptions & { readonly endsAt: number },
  ): Promise<Result<RoutedAnswer>> {
    const { now } = this.#parts;
    const mayRepeat =
      isRepeatable(request.method, request.headers.has('idempotency-key')) &&
      !(request.body instanceof ReadableStream) &&
      !request.headers.has('upgrade');
    const tried = new Set<string>();
    let failure: AppError | undefined;
    for (let attempts = 1; ; attempts += 1) {
      const untried = instances.filter((instance) => !tried.has(keyOf(workspaceId, instance)));
      const chosen = this.#choose(workspaceId, untried.length > 0 ? untried : instances, options);
      if (chosen === undefined) return err(failure ?? this.#allOut(workspaceId, instances));
      const serviceKey = `${workspaceId}/${chosen.name}`;
      if (!this.#take(serviceKey, attempts > 1)) return err(failure ?? tooManyRetries);
      tried.add(keyOf(workspaceId, chosen));
      const outcome = await this.#send(workspaceId, chosen, request, options, attempts);
      const isLast = !mayRepeat || attempts >= (options.maxAttempts ?? usualAttempts) || now() >= options.endsAt;
      if (outcome.type === 'answered' && (isLast || !isWorthRetrying(outcome.response.status))) {
        return ok({ response: outcome.response, instance: chosen, attempts });
      }
      failure = failureOf(outcome, chosen);
      if (isLast || outcome.type === 'left' || outcome.type === 'refused') return err(failure);
      if (outcome.type === 'answered') await outcome.response.body?.cancel();
    }
  }

  #choose(
    workspaceId: WorkspaceId,
    instances: readonly ServiceInstance[],
    options: RouteOptions,
  ): ServiceInstance | undefined {
    const byKey = new Map(instances.map((instance) => [keyOf(workspaceId, instance), instance]));
    const out = this.#health.leftOut([...byKey.keys()], this.#parts.now());
    const candidates = [...byKey].flatMap(([key, { metadata, load }]) =>
      out.has(key)
        ? []
        : [{ key, weight: Math.max(metadata.weight, 1e-6), inFlight: this.#health.inFlight(key), load }],
    );
    const policy = options.policy ?? instances[0]?.metadata.policy ?? 'weighted';
    const service = `${workspaceId}/${instances[0]?.name ?? ''}`;
    const pick = pickInstance(candidates, policy, this.#turns.get(service) ?? {}, options.stickyText ?? '');
    if (pick === undefined) return undefined;
    remember(this.#turns, service, pick.turns);
    return byKey.get(pick.key);
  }

  /** Notes a first try, or takes a retry from the service's budget; false when that is used up. */
  #take(service: string, isRetry: boolean): boolean {
    const before = this.#budgets.get(service) ?? fullRetryBudget(defaultRetryBudgetPolicy);
    const decision = takeFromRetryBudget(before, { isRetry }, this.#parts.now(), defaultRetryBudgetPolicy);
    remember(this.#budgets, service, decision.budget);
    return decision.allowed;
  }

  async #send(
    workspaceId: WorkspaceId,
    instance: ServiceInstance,
    request: RoutedRequest,
    options: RouteOptions & { readonly endsAt: number },
    attempt: number,
  ): Promise<Outcome> {
    const { deliver, now, report, meter } = this.#parts;
    const key = keyOf(workspaceId, instance);
    const endpoint = instance.endpoints[(attempt - 1) % instance.endpoints.length];
    const timeoutMs = options.endsAt - now();
    if (endpoint === undefined || timeoutMs <= 0) return { type: 'late' };
    const ticket = this.#health.begin(key, now());
    if (ticket === undefined) return { type: 'broken' };
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort('late'), timeoutMs);
    const signal = options.signal === undefined ? clock.signal : AbortSignal.any([options.signal, clock.signal]);
    let end: 'answered' | 'fault' | 'abandoned' = 'fault';
    let isRefused = false;
    const begunAt = now();
    try {
      const delivery = { ...request, workspaceId, instance, endpoint, timeoutMs, signal };
      const answer = await unlessAborted(deliver(delivery), signal);
      if (!answer.ok) {
        end = 'abandoned';
        isRefused = true;
        return { type: 'refused', error: answer.error };
      }
      end = isFaultStatus(answer.value.status) ? 'fault' : 'answered';
      return { type: 'answered', response: answer.value };
    } catch (thrown) {
      if (options.signal?.aborted === true) {
        end = 'abandoned';
        return { type: 'left' };
      }
      report(`service ${addressText(instance)} did not answer`, thrown);
      return { type: clock.signal.aborted ? 'late' : 'broken' };
    } finally {
      clearTimeout(timer);
      this.#health.end(key, ticket, end, now());
      // What the platform refuses in place of the instance is the version's failure all the same; a caller who left is not.
      if (options.background !== undefined && (isRefused || end !== 'abandoned')) {
        const tookMs = end === 'answered' ? Math.max(0, now() - begunAt) : undefined;
        meter?.note(workspaceId, instance, tookMs, options.background);
      }
    }
  }

  async #explainNobody(workspaceId: WorkspaceId, criteria: ServiceCriteria): Promise<AppError> {
    const { name, version } = criteria;
    const all = await this.#parts.lookup.list(workspaceId, name === undefined ? {} : { name });
    const offered = all.ok ? all.value.services : [];
    if (name === undefined) return { type: 'service.unavailable', detail: 'No service offers what was asked for.' };
    if (offered.length === 0) return { type: 'resource.not_found', detail: 'There is no such service.' };
    const versions = [...new Set(offered.map(({ metadata }) => metadata.version))].slice(0, 20).join(', ');
    const asked = version === undefined ? 'what was asked for' : `version ${version.slice(0, 100)}`;
    return {
      type: 'service.unavailable',
      detail: `No healthy instance of the service "${name}" offers ${asked}; registered are: ${versions}.`,
    };
  }

  #allOut(workspaceId: WorkspaceId, instances: readonly ServiceInstance[]): AppError {
    const keys = instances.map((instance) => keyOf(workspaceId, instance));
    const seconds = Math.ceil(this.#health.retryAfterMs(keys, this.#parts.now()) / 1_000);
    return {
      type: 'service.unavailable',
      detail:
        `All instances of the service "${instances[0]?.name ?? ''}" failed too often and get no requests for now. ` +
        `Try again in ${Math.max(1, seconds)} s.`,
    };
  }
}

const keyOf = (workspaceId: WorkspaceId, instance: ServiceInstance): string =>
  `${workspaceId}/${addressText(instance)}`;

const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= maxServices) return;
    map.delete(oldest);
  }
};

/** Near ones alone where there are any; an instance without weight only when it is asked for by its name. */
const wanted = (instances: readonly ServiceInstance[], criteria: ServiceCriteria): readonly ServiceInstance[] => {
  // Criteria without a name may fit several services; the best one's instances share its requests.
  const name = instances[0]?.name;
  const sharing = instances.filter(
    (instance) => instance.name === name && (instance.metadata.weight > 0 || criteria.instance !== undefined),
  );
  const near = sharing.filter(({ metadata }) => metadata.region === criteria.region);
  return criteria.region !== undefined && near.length > 0 ? near : sharing;
};

const drained = ({ name }: ServiceCriteria): AppError => ({
  type: 'service.unavailable',
  detail: `Every instance of the service "${name ?? ''}" that fits has the weight 0. Give one a weight, or name it.`,
});

const tooManyRetries: AppError = {
  type: 'service.unavailable',
  detail: 'The service fails, and too many requests to it are repeats already. Try again later.',
};

const failureOf = (outcome: Outcome, instance: ServiceInstance): AppError => {
  const who = `The service "${addressText(instance)}"`;
  switch (outcome.type) {
    case 'refused':
      return outcome.error;
    case 'late':
      return { type: 'service.timeout', detail: `${who} did not answer in time.` };
    case 'left':
      return { type: 'service.timeout', detail: 'The caller left before the answer.' };
    case 'answered':
      return { type: 'service.failed', detail: `${who} answered with status ${outcome.response.status}.` };
    case 'broken':
      return { type: 'service.failed', detail: `${who} could not be reached, or broke the connection off.` };
  }
};

/** Endpoints that do not heed the signal are given up all the same. */
const unlessAborted = async <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new Error('given up'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

/**
 * Calls of the platform's objects by what they can do: the registry's snapshots say which kind offers it and where it is,
 * the directory which single object is as the criteria say (`aidevos-agent` with `role: reviewer, status: idle`), and the
 * caller by which interface it speaks. Of several the first is called that has not failed too often. A call has a deadline, and a breaker for each object, in this isolate's
 * memory. It is made again only when the caller says that it may be: because it reads, or carries a command id that the
 * object remembers.
 */
import type { WorkspaceId } from '../../domain/ids.ts';
import type { ServiceCriteria } from '../../domain/service-registry/criteria.ts';
import { addressText, type ServiceInstance } from '../../domain/service-registry/service.ts';
import { err, type AppError, type Result } from '../../errors/result.ts';
import type { ServiceFinder } from '../../ports/service-finder.ts';
import type { CallableKind, ObjectInterfaces } from '../../rpc/object-interfaces.ts';
import { InstanceHealth } from './instance-health.ts';

export interface ObjectCallerParts {
  readonly finder: Pick<ServiceFinder, 'discover'>;
  /** A fresh stub for each try, since one of a broken object stays broken; undefined for an id that the kind cannot have. */
  readonly object: <Kind extends CallableKind>(
    workspaceId: WorkspaceId,
    kind: Kind,
    objectId: string,
  ) => ObjectInterfaces[Kind] | undefined;
  readonly now: () => number;
  /** Told of an object that did not answer; the caller is told less. */
  readonly report: (message: string, thrown: unknown) => void;
}

export interface ObjectCall<Kind extends CallableKind> {
  readonly workspaceId: WorkspaceId;
  /** The interface that the caller speaks; who offers something else is left out. */
  readonly kind: Kind;
  readonly criteria: ServiceCriteria;
  /** Which object of the kind; absent for kinds that a workspace has one of, or when the registry names it. */
  readonly objectId?: string;
  /** Over all tries. */
  readonly timeoutMs: number;
  /** Whether doing it twice is as good as once. */
  readonly isRepeatable: boolean;
}

interface Target {
  readonly instance: ServiceInstance;
  readonly objectId: string;
  /** Names the object's breaker. */
  readonly key: string;
}

const maxAttempts = 3;

type Outcome<Value> =
  | { readonly type: 'answered'; readonly answer: Result<Value> }
  | { readonly type: 'late' }
  /** @param mayHelp trying again, at a fresh stub: the platform says that the object was only on its way. */
  | { readonly type: 'broken'; readonly mayHelp: boolean };

const unavailable = (detail: string): Result<never> => err({ type: 'service.unavailable', detail });

/** What the runtime says of a failure that is the object's (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/). */
const mayHelp = (thrown: unknown): boolean =>
  typeof thrown === 'object' &&
  thrown !== null &&
  (('retryable' in thrown && thrown.retryable === true) ||
    ('durableObjectReset' in thrown && thrown.durableObjectReset === true)) &&
  !('overloaded' in thrown && thrown.overloaded === true);

/** The object that an instance stands for; undefined for one that is no object of the kind. */
const idOf = (
  { endpoints }: ServiceInstance,
  { workspaceId, kind, objectId }: ObjectCall<CallableKind>,
): string | undefined => {
  const endpoint = endpoints.find((one) => one.kind === 'object' && one.objectKind === kind);
  if (endpoint?.kind !== 'object') return undefined;
  // One of a kind is under the workspace's own id.
  if (endpoint.objectId === '*') return objectId ?? workspaceId;
  return objectId === undefined || objectId === endpoint.objectId ? endpoint.objectId : undefined;
};

export class ObjectCaller {
  readonly #parts: ObjectCallerParts;
  readonly #health = new InstanceHealth();

  constructor(parts: ObjectCallerParts) {
    this.#parts = parts;
  }

  /**
   * What the object answers, refusals included. `service.unavailable` when nobody offers it by that interface, or when it
   * failed too often; `service.timeout` when the time was over, `service.failed` when it broke off.
   */
  async call<Kind extends CallableKind, Value>(
    call: ObjectCall<Kind>,
    invoke: (object: ObjectInterfaces[Kind]) => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    const { finder, now } = this.#parts;
    const endsAt = now() + call.timeoutMs;
    const found = await finder.discover(call.workspaceId, call.criteria);
    if (!found.ok) return found;
    const target = this.#choose(found.value.services, call);
    if (target === undefined) return unavailable(`Nobody offers what was asked for as "${call.kind}".`);
    const { key } = target;
    const who = `The service "${addressText(target.instance)}"`;
    for (let attempt = 1; ; attempt += 1) {
      const object = this.#parts.object(call.workspaceId, call.kind, target.objectId);
      if (object === undefined) return unavailable(`${who} has no object "${target.objectId.slice(0, 100)}".`);
      const outcome = await this.#try(key, () => invoke(object), endsAt - now());
      if (outcome === undefined)
        return unavailable(`${who} failed too often and gets no calls for now. Try again later.`);
      if (outcome.type === 'answered') return outcome.answer;
      const isLast = !call.isRepeatable || attempt >= maxAttempts || now() >= endsAt;
      if (isLast || outcome.type === 'late' || !outcome.mayHelp) return err(failureOf(outcome, who));
    }
  }

  /** What the criteria find of a workspace, for those who look before they call. */
  find(...query: Parameters<ServiceFinder['discover']>): ReturnType<ServiceFinder['discover']> {
    return this.#parts.finder.discover(...query);
  }

  /** The best of those that get calls; the best of all when none does. */
  #choose(services: readonly ServiceInstance[], call: ObjectCall<CallableKind>): Target | undefined {
    const targets = services.flatMap((instance): readonly Target[] => {
      const objectId = idOf(instance, call);
      const key = `${call.workspaceId}/${call.kind}/${objectId}`;
      return objectId === undefined ? [] : [{ instance, objectId, key }];
    });
    const leftOut = this.#health.leftOut(
      targets.map(({ key }) => key),
      this.#parts.now(),
    );
    return targets.find(({ key }) => !leftOut.has(key)) ?? targets[0];
  }

  /** Undefined when the breaker is open. */
  async #try<Value>(
    key: string,
    invoke: () => Promise<Result<Value>>,
    timeoutMs: number,
  ): Promise<Outcome<Value> | undefined> {
    const { now, report } = this.#parts;
    const ticket = this.#health.begin(key, now());
    if (ticket === undefined) return undefined;
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), Math.max(0, timeoutMs));
    let end: 'answered' | 'fault' = 'fault';
    try {
      const answer = await Promise.race([invoke(), late.promise]);
      if (answer === undefined) return { type: 'late' };
      end = 'answered';
      return { type: 'answered', answer };
    } catch (thrown) {
      report(`${key} did not answer`, thrown);
      return { type: 'broken', mayHelp: mayHelp(thrown) };
    } finally {
      clearTimeout(timer);
      this.#health.end(key, ticket, end, now());
    }
  }
}

const failureOf = (outcome: Outcome<unknown>, who: string): AppError =>
  outcome.type === 'late'
    ? { type: 'service.timeout', detail: `${who} did not answer in time.` }
    : { type: 'service.failed', detail: `${who} broke the call off.` };

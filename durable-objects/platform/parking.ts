/**
 * What an object does whose log this code cannot read, because newer code wrote it or a row is broken: nothing. Every
 * method answers `state.unreadable`, no timer runs, no delivery leaves, and every row stays as it is, until code that
 * can read it loads the object.
 *
 * The same place asks before each command whether the object takes commands at the moment.
 *
 * The methods are wrapped on the class's prototype, once: a method that is added later is covered as well.
 */

import { errorCatalog } from '../../shared/errors/catalog.ts';
import { err, type AppError } from '../../shared/errors/result.ts';
import { UnreadableEvent } from './aggregate.ts';

/** Between two looks of a parked object with timers. Another version of the code loads the object anew in any case. */
export const parkedAlarmMs = 60_000;

/** Called by the platform itself or inside the object: not answered, but not reached while parked either. */
const lifecycle: ReadonlySet<string> = new Set([
  'constructor',
  'initialize',
  'activate',
  'deactivate',
  'reportProblem',
  'alarm',
  'webSocketMessage',
  'webSocketClose',
  'webSocketError',
]);

/** Says why an object takes no command at the moment. */
export type Admit = () => AppError | undefined;

const guarded = new WeakSet();
const admissions = new WeakMap<object, Admit>();
const parked = new WeakMap<object, AppError>();

/** The answer for a log that this code cannot read. */
export const describeUnreadable = (thrown: UnreadableEvent): AppError => ({
  type: 'state.unreadable',
  detail: `${thrown.message} Nothing was changed and nothing is lost; it works again with the version that wrote it.`,
});

/** Marks an object as parked and answers why. */
export const park = (object: object, thrown: UnreadableEvent): AppError => {
  const reason = describeUnreadable(thrown);
  parked.set(object, reason);
  return reason;
};

/** Why the object is parked; undefined when it works. */
export const findParking = (object: object): AppError | undefined => parked.get(object);

/** What carries one of these asks for a change: a command, a message, a delivery, a pull, a heartbeat. */
const commandMarks = ['commandId', 'messageId', 'deliveryId', 'pullId', 'leaseToken'] as const;

const isCommandBody = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  commandMarks.some((mark) => typeof Reflect.get(value, mark) === 'string');

/** Commands carry an id by which a repeat is known; over HTTP they are what is not GET or HEAD. */
const isCommand = ([first]: readonly unknown[]): boolean =>
  first instanceof Request ? first.method !== 'GET' && first.method !== 'HEAD' : isCommandBody(first);

const answer = (method: string, plain: readonly string[], error: AppError): unknown => {
  if (method === 'fetch') {
    const { status, title } = errorCatalog[error.type];
    return Response.json(
      { type: error.type, title, status, detail: error.detail },
      { status, headers: { 'content-type': 'application/problem+json' } },
    );
  }
  if (plain.includes(method)) throw new UnreadableEvent(error.detail);
  return err(error);
};

const wrap = (name: string, method: (...parameters: unknown[]) => unknown, plain: readonly string[]) =>
  function guardedMethod(this: object, ...parameters: unknown[]): unknown {
    const reason = parked.get(this) ?? (isCommand(parameters) ? admissions.get(this)?.() : undefined);
    if (reason !== undefined) return answer(name, plain, reason);
    const recover = (thrown: unknown): unknown => {
      if (!(thrown instanceof UnreadableEvent) || plain.includes(name)) throw thrown;
      return answer(name, plain, describeUnreadable(thrown));
    };
    try {
      const reply = method.apply(this, parameters);
      return reply instanceof Promise ? reply.catch(recover) : reply;
    } catch (thrown) {
      return recover(thrown);
    }
  };

/** Asks before each command of the object whether it takes commands. */
export const guardCommands = (object: object, admit: Admit): void => {
  admissions.set(object, admit);
};

/** For methods that carry no id of a command: revives an object at rest, and says why one takes nothing. */
export const admitCommand = (object: object): AppError | undefined => admissions.get(object)?.();

/**
 * Has every method of the object's class, up to the base class, answer for a parked object.
 * @param plain methods that answer no `Result`: they throw `UnreadableEvent` instead.
 */
export const guardMethods = (object: object, base: object, plain: readonly string[]): void => {
  for (
    let prototype: object | null = Object.getPrototypeOf(object);
    prototype !== null && prototype !== base && !guarded.has(prototype);
    prototype = Object.getPrototypeOf(prototype)
  ) {
    guarded.add(prototype);
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const method: unknown = descriptor.value;
      if (typeof method !== 'function' || lifecycle.has(name)) continue;
      // SAFETY: just seen to be a function; it is called with whatever the caller gave.
      const value = wrap(name, method as (...parameters: unknown[]) => unknown, plain);
      Object.defineProperty(prototype, name, { ...descriptor, value });
    }
  }
};

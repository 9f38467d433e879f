/** `vi.fn`, `vi.spyOn` and their twins of jest: functions that record their calls. */
import { applyFunction, defineProperty, propertyOf, prototypeOf } from './primordials.ts';

type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;

interface MockResult {
  type: 'return' | 'throw' | 'incomplete';
  value: unknown;
}

interface SettledResult {
  type: 'fulfilled' | 'rejected' | 'incomplete';
  value: unknown;
}

interface MockState {
  calls: unknown[][];
  results: MockResult[];
  settledResults: SettledResult[];
  instances: unknown[];
  contexts: unknown[];
  /** The numbers of the calls among those of all mocks, from 1. */
  invocationCallOrder: number[];
  lastCall: unknown[] | undefined;
}

export interface MockFunction extends AnyFunction {
  readonly mock: MockState;
  mockClear(): MockFunction;
  mockReset(): MockFunction;
  mockRestore(): void;
  mockImplementation(implementation: AnyFunction): MockFunction;
  mockImplementationOnce(implementation: AnyFunction): MockFunction;
  withImplementation(implementation: AnyFunction, work: () => unknown): unknown;
  mockReturnThis(): MockFunction;
  mockReturnValue(value: unknown): MockFunction;
  mockReturnValueOnce(value: unknown): MockFunction;
  mockResolvedValue(value: unknown): MockFunction;
  mockResolvedValueOnce(value: unknown): MockFunction;
  mockRejectedValue(value: unknown): MockFunction;
  mockRejectedValueOnce(value: unknown): MockFunction;
  mockThrow(value: unknown): MockFunction;
  mockThrowOnce(value: unknown): MockFunction;
  getMockImplementation(): AnyFunction | undefined;
  mockName(name: string): MockFunction;
  getMockName(): string;
}

/** What a mock does once it is reset, and how it is put back. */
interface MockOptions {
  /** Undoes what put the mock in its place; only for spies. */
  readonly restore?: () => void;
  /** Jest forgets the implementation at a reset, vitest goes back to the first one. */
  readonly forgetsAtReset?: boolean;
}

const mockFunctions = new Set<MockFunction>();
const spies = new Set<MockFunction>();
let callsMade = 0;

export function isMockFunction(value: unknown): value is MockFunction {
  return mockFunctions.has(value as MockFunction);
}

export function everyMock(visit: (mock: MockFunction) => void): void {
  for (const mock of mockFunctions) visit(mock);
}

export function everySpy(visit: (mock: MockFunction) => void): void {
  for (const mock of spies) visit(mock);
}

const emptyState = (): MockState => ({
  calls: [],
  results: [],
  settledResults: [],
  instances: [],
  contexts: [],
  invocationCallOrder: [],
  lastCall: undefined,
});

/** A recording function around an implementation. */
export function createMock(original?: AnyFunction, options: MockOptions = {}): MockFunction {
  const { restore = (): void => undefined, forgetsAtReset = false } = options;
  const state = emptyState();
  let implementation = original;
  let once: AnyFunction[] = [];
  let name = 'vi.fn()';
  const call = recorder(state, () => once.shift() ?? implementation);
  const always = (next: AnyFunction | undefined): MockFunction => {
    implementation = next;
    return call;
  };
  const next = (implementationOnce: AnyFunction): MockFunction => {
    once.push(implementationOnce);
    return call;
  };
  const clear = (): MockFunction => {
    Object.assign(state, emptyState());
    return call;
  };
  defineProperty(call, 'mock', { get: () => state });
  const fields = {
    ...answers(always, next),
    mockClear: clear,
    mockReset: () => {
      once = [];
      implementation = forgetsAtReset ? undefined : original;
      return clear();
    },
    mockRestore: () => {
      once = [];
      implementation = original;
      restore();
      clear();
    },
    getMockImplementation: () => once[0] ?? implementation,
    mockName: (text: string) => {
      name = text;
      return call;
    },
    getMockName: () => name,
    withImplementation: (temporary: AnyFunction, work: () => unknown) => {
      const before = implementation;
      implementation = temporary;
      return finally_(work, () => always(before));
    },
  };
  addFields(call, fields);
  mockFunctions.add(call);
  return call;
}

function addFields(call: MockFunction, fields: object): void {
  for (const [key, value] of Object.entries(fields)) {
    defineProperty(call, key, { value: value as unknown, writable: true, configurable: true, enumerable: false });
  }
}

function finally_(work: () => unknown, after: () => unknown): unknown {
  let result: unknown;
  try {
    result = work();
  } catch (cause) {
    after();
    throw cause;
  }
  if (result instanceof Promise) {
    return result.finally(() => {
      after();
    });
  }
  after();
  return result;
}

/** The function that test code calls; `choose` says what it does this time. */
function recorder(state: MockState, choose: () => AnyFunction | undefined): MockFunction {
  const call = function recorded(this: unknown, ...values: unknown[]): unknown {
    callsMade += 1;
    state.calls.push(values);
    state.lastCall = values;
    state.instances.push(this);
    state.contexts.push(this);
    state.invocationCallOrder.push(callsMade);
    const result: MockResult = { type: 'incomplete', value: undefined };
    const settled: SettledResult = { type: 'incomplete', value: undefined };
    state.results.push(result);
    state.settledResults.push(settled);
    const index = state.instances.length - 1;
    const { instances, contexts } = state;
    try {
      const current = choose();
      const isConstructed = new.target !== undefined && current !== undefined && 'prototype' in current;
      if (isConstructed) {
        const wanted = (new.target as unknown) === call ? current : new.target;
        result.value = Reflect.construct(current, values, wanted);
        instances[index] = result.value;
        contexts[index] = result.value;
      } else result.value = current === undefined ? undefined : applyFunction(current, this, values);
      result.type = 'return';
      settle(settled, result.value);
      return result.value;
    } catch (cause) {
      result.type = 'throw';
      result.value = cause;
      settled.type = 'rejected';
      settled.value = cause;
      throw cause;
    }
  };
  // SAFETY: `createMock` adds the members of the interface before anyone else sees the function.
  return call as unknown as MockFunction;
}

function settle(settled: SettledResult, value: unknown): void {
  if (!(value instanceof Promise)) {
    settled.type = 'fulfilled';
    settled.value = value;
    return;
  }
  value.then(
    (done: unknown): undefined => {
      settled.type = 'fulfilled';
      settled.value = done;
      return undefined;
    },
    (cause: unknown) => {
      settled.type = 'rejected';
      settled.value = cause;
    },
  );
}

function answers(
  always: (next: AnyFunction | undefined) => MockFunction,
  next: (implementation: AnyFunction) => MockFunction,
): Partial<MockFunction> {
  const throws = (value: unknown) => (): never => {
    throw value;
  };
  return {
    mockImplementation: always,
    mockImplementationOnce: next,
    mockReturnThis: () =>
      always(function self(this: unknown) {
        return this;
      }),
    mockReturnValue: (value) => always(() => value),
    mockReturnValueOnce: (value) => next(() => value),
    mockResolvedValue: (value) => always(() => Promise.resolve(value)),
    mockResolvedValueOnce: (value) => next(() => Promise.resolve(value)),
    mockRejectedValue: (value) => always(() => Promise.reject(value)),
    mockRejectedValueOnce: (value) => next(() => Promise.reject(value)),
    mockThrow: (value) => always(throws(value)),
    mockThrowOnce: (value) => next(throws(value)),
  };
}

/** Replaces a method (or, with `access`, a getter or setter) by a recording function that still does what it did. */
export function spyOn(target: object, key: PropertyKey, access?: 'get' | 'set'): MockFunction {
  const property = inheritedProperty(target, key);
  const isGetter = access === undefined && property?.get !== undefined && property.value === undefined;
  // What a module exports by a getter is spied on by its value.
  const current = isGetter
    ? ((target as Record<PropertyKey, unknown>)[key] as unknown)
    : ((access === undefined ? property?.value : property?.[access]) as unknown);
  if (typeof current !== 'function') throw new TypeError(`vi.spyOn: "${String(key)}" is not a ${access ?? 'function'}`);
  if (isMockFunction(current)) return current;
  const own = propertyOf(target, key);
  const restore = (): void => {
    if (own === undefined) Reflect.deleteProperty(target, key);
    else defineProperty(target, key, own);
    spies.delete(mock);
  };
  const mock = createMock(current as AnyFunction, { restore });
  mock.mockName(String(key));
  const isData = access === undefined;
  const replacement = isData ? { value: mock, writable: true } : { ...accessorsOf(property), [access]: mock };
  defineProperty(target, key, { ...replacement, configurable: true, enumerable: property?.enumerable ?? true });
  spies.add(mock);
  return mock;
}

/** The property without what only a value has. */
function accessorsOf(property: PropertyDescriptor | undefined): PropertyDescriptor {
  const accessors: PropertyDescriptor = { ...property };
  delete accessors.value;
  delete accessors.writable;
  return accessors;
}

function inheritedProperty(target: object, key: PropertyKey): PropertyDescriptor | undefined {
  let holder: object | null = target;
  while (holder !== null) {
    const property = propertyOf(holder, key);
    if (property !== undefined) return property;
    holder = prototypeOf(holder) as object | null;
  }
  return undefined;
}

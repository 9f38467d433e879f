/** `vi.fn` and `vi.spyOn`: functions that record their calls. */
import { applyFunction, defineProperty, propertyOf, prototypeOf } from './primordials.ts';

type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;

interface MockResult {
  type: 'return' | 'throw';
  value: unknown;
}

interface MockState {
  calls: unknown[][];
  results: MockResult[];
  instances: unknown[];
  lastCall: unknown[] | undefined;
}

export interface MockFunction extends AnyFunction {
  readonly mock: MockState;
  mockClear(): MockFunction;
  mockReset(): MockFunction;
  mockRestore(): void;
  mockImplementation(implementation: AnyFunction): MockFunction;
  mockImplementationOnce(implementation: AnyFunction): MockFunction;
  mockReturnValue(value: unknown): MockFunction;
  mockReturnValueOnce(value: unknown): MockFunction;
  mockResolvedValue(value: unknown): MockFunction;
  mockResolvedValueOnce(value: unknown): MockFunction;
  mockRejectedValue(value: unknown): MockFunction;
  mockRejectedValueOnce(value: unknown): MockFunction;
  getMockImplementation(): AnyFunction | undefined;
  mockName(name: string): MockFunction;
  getMockName(): string;
}

const mockFunctions = new Set<MockFunction>();

export function isMockFunction(value: unknown): value is MockFunction {
  return mockFunctions.has(value as MockFunction);
}

export function everyMock(visit: (mock: MockFunction) => void): void {
  for (const mock of mockFunctions) visit(mock);
}

/** A recording function around an implementation; `restore` undoes what put it in its place. */
export function createMock(original?: AnyFunction, restore: () => void = () => undefined): MockFunction {
  const state: MockState = { calls: [], results: [], instances: [], lastCall: undefined };
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
    Object.assign(state, { calls: [], results: [], instances: [], lastCall: undefined });
    return call;
  };
  defineProperty(call, 'mock', { get: () => state });
  Object.assign(call, {
    ...answers(always, next),
    mockClear: clear,
    mockReset: () => {
      once = [];
      implementation = original;
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
  });
  mockFunctions.add(call);
  return call;
}

/** The function that test code calls; `choose` says what it does this time. */
function recorder(state: MockState, choose: () => AnyFunction | undefined): MockFunction {
  const call = function recorded(this: unknown, ...values: unknown[]): unknown {
    state.calls.push(values);
    state.lastCall = values;
    state.instances.push(this);
    const result: MockResult = { type: 'return', value: undefined };
    state.results.push(result);
    try {
      const current = choose();
      result.value = current === undefined ? undefined : applyFunction(current, this, values);
      return result.value;
    } catch (cause) {
      result.type = 'throw';
      result.value = cause;
      throw cause;
    }
  };
  // SAFETY: `createMock` adds the members of the interface before anyone else sees the function.
  return call as MockFunction;
}

function answers(
  always: (next: AnyFunction | undefined) => MockFunction,
  next: (implementation: AnyFunction) => MockFunction,
): Partial<MockFunction> {
  return {
    mockImplementation: always,
    mockImplementationOnce: next,
    mockReturnValue: (value) => always(() => value),
    mockReturnValueOnce: (value) => next(() => value),
    mockResolvedValue: (value) => always(() => Promise.resolve(value)),
    mockResolvedValueOnce: (value) => next(() => Promise.resolve(value)),
    mockRejectedValue: (value) => always(() => Promise.reject(value)),
    mockRejectedValueOnce: (value) => next(() => Promise.reject(value)),
  };
}

/** Replaces a method (or, with `access`, a getter or setter) by a recording function that still does what it did. */
export function spyOn(target: object, key: PropertyKey, access?: 'get' | 'set'): MockFunction {
  let holder: object | null = target;
  let property: PropertyDescriptor | undefined;
  while (holder !== null && property === undefined) {
    property = propertyOf(holder, key);
    holder = prototypeOf(holder) as object | null;
  }
  const current = (access === undefined ? property?.value : property?.[access]) as unknown;
  if (typeof current !== 'function') throw new TypeError(`vi.spyOn: "${String(key)}" is not a ${access ?? 'function'}`);
  if (isMockFunction(current)) return current;
  const own = propertyOf(target, key);
  const restore = (): void => {
    if (own === undefined) Reflect.deleteProperty(target, key);
    else defineProperty(target, key, own);
  };
  const mock = createMock(current as AnyFunction, restore);
  const isData = access === undefined;
  const replacement = isData ? { value: mock, writable: true } : { ...property, [access]: mock };
  defineProperty(target, key, { ...replacement, configurable: true, enumerable: property?.enumerable ?? true });
  return mock;
}

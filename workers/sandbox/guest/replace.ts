/** `vi` and `jest`: functions that record, modules and globals that are replaced, and time that stands still. */
import { isolateModules, resetModules, scopeOf, type MockScope } from './commonjs.ts';
import { fakeTime } from './fake-time.ts';
import { automock } from './automock.ts';
import { createMock, everyMock, everySpy, isMockFunction, spyOn } from './mock-function.ts';
import { now, schedule } from './primordials.ts';
import { fileSettings } from './suite.ts';

type Flavour = 'vitest' | 'jest';
type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;

const stubbedGlobals = new Map<PropertyKey, PropertyDescriptor | undefined>();
const stubbedEnvironment = new Map<string, string | undefined>();

function stubGlobal(name: string, value: unknown): void {
  if (!stubbedGlobals.has(name)) stubbedGlobals.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
}

function unstubAllGlobals(): void {
  for (const [name, original] of stubbedGlobals) {
    if (original === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, original);
  }
  stubbedGlobals.clear();
}

function stubEnv(name: string, value: unknown): void {
  if (!stubbedEnvironment.has(name)) stubbedEnvironment.set(name, process.env[name]);
  if (value === undefined) delete process.env[name];
  else process.env[name] = String(value);
}

function unstubAllEnvs(): void {
  for (const [name, value] of stubbedEnvironment) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  stubbedEnvironment.clear();
}

/** `jest.replaceProperty`; the answer puts it back. */
function replaceProperty(target: Record<string, unknown>, key: string, value: unknown) {
  const original = Object.getOwnPropertyDescriptor(target, key);
  if (original === undefined) throw new Error(`jest.replaceProperty: "${key}" is not a property of the object`);
  Object.defineProperty(target, key, { ...original, value });
  const handle = {
    replaceValue: (next: unknown) => {
      Object.defineProperty(target, key, { ...original, value: next });
      return handle;
    },
    restore: () => Object.defineProperty(target, key, original),
  };
  replaced.push(handle.restore);
  return handle;
}

const replaced: (() => unknown)[] = [];

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    schedule(() => resolve(), milliseconds);
  });

/** Asks again until the answer does not throw (and with `isWanted` is what is wanted); the last reason is thrown. */
async function waitUntil(
  work: () => unknown,
  options: unknown,
  isWanted: (value: unknown) => boolean,
): Promise<unknown> {
  const { timeout = 1_000, interval = 50 } = (typeof options === 'number' ? { timeout: options } : (options ?? {})) as {
    timeout?: number;
    interval?: number;
  };
  const endsAt = now() + timeout;
  for (;;) {
    let problem: unknown = new Error(`Not so after ${String(timeout)} ms`);
    try {
      const value = await work();
      if (isWanted(value)) return value;
    } catch (cause) {
      problem = cause;
    }
    if (now() >= endsAt) throw problem;
    if (fakeTime.isFake()) await fakeTime.advanceAsync(interval);
    else await pause(interval);
  }
}

function scoped(require: unknown, name: string): MockScope {
  const scope = scopeOf(require);
  if (scope !== undefined) return scope;
  throw new Error(
    `${name}() only works as a plain call with the module's name as text, so that the files can be built for it`,
  );
}

/** Calls that the toolchain hands the `require` of their file. */
function moduleCalls(flavour: Flavour, self: () => unknown) {
  const isEsModule = flavour === 'vitest';
  const mock = function mock(this: unknown, specifier: string, factory?: unknown): unknown {
    scoped(this, 'mock').mock(specifier, factory, isEsModule);
    return self();
  };
  const unmock = function unmock(this: unknown, specifier: string): unknown {
    scoped(this, 'unmock').unmock(specifier);
    return self();
  };
  const actual = function actual(this: unknown, specifier: string): unknown {
    return scoped(this, 'requireActual').actual(specifier);
  };
  const mocked = function mocked(this: unknown, specifier: string): unknown {
    return scoped(this, 'requireMock').mocked(specifier);
  };
  return {
    mock,
    doMock: mock,
    setMock: function setMock(this: unknown, specifier: string, value: unknown): unknown {
      scoped(this, 'setMock').mock(specifier, () => value, isEsModule);
      return self();
    },
    unstable_mockModule: mock,
    unmock,
    doUnmock: unmock,
    dontMock: unmock,
    requireActual: actual,
    requireMock: mocked,
    importActual: async function importActual(this: unknown, specifier: string): Promise<unknown> {
      return await Promise.resolve(actual.call(this, specifier));
    },
    importMock: async function importMock(this: unknown, specifier: string): Promise<unknown> {
      await scoped(this, 'importMock').settle();
      return mocked.call(this, specifier);
    },
    createMockFromModule: function createMockFromModule(this: unknown, specifier: string): unknown {
      return automock(scoped(this, 'createMockFromModule').actual(specifier), false);
    },
    genMockFromModule: function genMockFromModule(this: unknown, specifier: string): unknown {
      return automock(scoped(this, 'genMockFromModule').actual(specifier), false);
    },
    hoisted: function hoisted(this: unknown, factory: () => unknown): unknown {
      return factory();
    },
    ...registryCalls(self),
  };
}

/** Calls that are about all modules. */
function registryCalls(self: () => unknown) {
  return {
    resetModules: () => {
      resetModules();
      return self();
    },
    isolateModules: (work: () => void) => {
      isolateModules(work);
      return self();
    },
    isolateModulesAsync: async (work: () => Promise<void>) => {
      await isolateModules(work);
    },
  };
}

function mockCalls(flavour: Flavour, self: () => unknown) {
  const forgetsAtReset = flavour === 'jest';
  return {
    fn: (implementation?: AnyFunction) => createMock(implementation, { forgetsAtReset }),
    spyOn,
    isMockFunction,
    mocked: (value: unknown) => value,
    mockObject: (value: unknown, options?: { spy?: boolean }) => automock(value, options?.spy === true),
    replaceProperty,
    clearAllMocks: () => {
      everyMock((mock) => mock.mockClear());
      return self();
    },
    resetAllMocks: () => {
      everyMock((mock) => mock.mockReset());
      return self();
    },
    restoreAllMocks: () => {
      everySpy((mock) => mock.mockRestore());
      for (const restore of replaced.splice(0)) restore();
      return self();
    },
  };
}

/** The object `vi` or `jest`. */
export function replacing(flavour: Flavour): Record<string, unknown> {
  const self = (): unknown => api;
  const chained =
    <Values extends unknown[]>(work: (...values: Values) => void) =>
    (...values: Values): unknown => {
      work(...values);
      return api;
    };
  const api: Record<string, unknown> = {
    ...mockCalls(flavour, self),
    ...moduleCalls(flavour, self),
    ...fakeTime.calls(flavour, self),
    stubGlobal: chained(stubGlobal),
    unstubAllGlobals: chained(unstubAllGlobals),
    stubEnv: chained(stubEnv),
    unstubAllEnvs: chained(unstubAllEnvs),
    setConfig: chained((config: { testTimeout?: number }) => {
      if (typeof config?.testTimeout === 'number') fileSettings.timeoutMs = config.testTimeout;
    }),
    resetConfig: chained(() => {
      fileSettings.timeoutMs = undefined;
    }),
    setTimeout: chained((timeoutMs: number) => {
      fileSettings.timeoutMs = timeoutMs;
    }),
    retryTimes: chained((retries: number) => {
      fileSettings.retries = retries;
    }),
    waitFor: (work: () => unknown, options?: unknown) => waitUntil(work, options, () => true),
    waitUntil: (work: () => unknown, options?: unknown) => waitUntil(work, options, Boolean),
    dynamicImportSettled: () => pause(0),
    disableAutomock: self,
    enableAutomock: () => {
      throw new Error('jest.enableAutomock() is not available here: mock the modules by name');
    },
    autoMockOn: self,
    autoMockOff: self,
  };
  return api;
}

/** What `import … from 'vitest'` gives to guest code. */
import { expect } from './expect.ts';
import type { MockFunction } from './mock-function.ts';
import { createMock, everyMock, isMockFunction, spyOn } from './mock-function.ts';
import { bare, freeze } from './primordials.ts';
import type { HookKind, Mode, TestOptions } from './suite.ts';
import { declareHook, declareSuite, declareTest, plainOptions, tableRows } from './suite.ts';

export { expect };

type Declare = (name: unknown, body: unknown, options: TestOptions) => void;

const declareVitestTest: Declare = (name, body, options) => declareTest(name, body, 'vitest', options);

/** `(name, body, timeout?)`, `(name, options, body)` or `(name, body, options)`, as vitest takes them. */
function callWith(declare: Declare, base: TestOptions, name: unknown, second: unknown, third: unknown): void {
  const bodyFirst = typeof second === 'function' || second === undefined;
  const body = bodyFirst ? second : third;
  const extra = bodyFirst ? third : second;
  const options = typeof extra === 'number' ? { timeout: extra } : ((extra ?? {}) as Record<string, unknown>);
  declare(name, body, bare({ ...base, ...readOptions(options) }));
}

function readOptions(options: Record<string, unknown>): Partial<TestOptions> {
  const mode: { mode?: Mode } =
    options['skip'] === true ? { mode: 'skip' } : options['todo'] === true ? { mode: 'todo' } : {};
  return {
    ...mode,
    ...(options['only'] === true ? { only: true } : {}),
    ...(options['fails'] === true ? { fails: true } : {}),
    ...(typeof options['timeout'] === 'number' ? { timeoutMs: options['timeout'] } : {}),
  };
}

function tableOf(declare: Declare, base: TestOptions, spread: boolean) {
  return (table: unknown) =>
    (name: unknown, second: unknown, third?: unknown): void => {
      const rows = tableRows(table, name);
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index];
        if (row === undefined) continue;
        const bind = (body: unknown): unknown =>
          typeof body === 'function'
            ? () =>
                (body as (...values: unknown[]) => unknown)(...(spread ? row.values : [(table as unknown[])[index]]))
            : body;
        callWith(declare, base, row.name, bind(second), bind(third));
      }
    };
}

/** A declaring function with the variants vitest hangs on it. */
function variants(
  declare: Declare,
  base: TestOptions,
  depth = 0,
): (name: unknown, second?: unknown, third?: unknown) => void {
  const call = (name: unknown, second?: unknown, third?: unknown): void => callWith(declare, base, name, second, third);
  const variant = (change: Partial<TestOptions>): unknown =>
    depth > 2 ? call : variants(declare, bare({ ...base, ...change }), depth + 1);
  const additions: Record<string, unknown> = {
    each: tableOf(declare, base, true),
    for: tableOf(declare, base, false),
    skipIf: (condition: unknown) => variant(condition ? { mode: 'skip' } : {}),
    runIf: (condition: unknown) => variant(condition ? {} : { mode: 'skip' }),
  };
  const named: readonly (readonly [string, Partial<TestOptions>])[] = [
    ['skip', { mode: 'skip' }],
    ['todo', { mode: 'todo' }],
    ['only', { only: true }],
    ['fails', { fails: true }],
    ['concurrent', {}],
    ['sequential', {}],
  ];
  for (const [name, change] of named) additions[name] = variant(change);
  return freeze(Object.assign(call, additions));
}

export const test = variants(declareVitestTest, plainOptions);
export const it = test;
export const describe = variants(declareSuite, plainOptions);
export const suite = describe;

function hook(kind: HookKind) {
  return (body: unknown, timeoutMs?: number): void => declareHook(kind, body, timeoutMs);
}

export const beforeAll = hook('beforeAll');
export const afterAll = hook('afterAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');

const stubbed = new Map<string, PropertyDescriptor | undefined>();

function unavailable(name: string): () => never {
  return () => {
    throw new Error(`vi.${name} is not available here: pass the dependency in as an argument instead`);
  };
}

function eachMock(visit: (mock: MockFunction) => void): () => typeof vi {
  return () => {
    everyMock(visit);
    return vi;
  };
}

export const vi: Readonly<Record<string, unknown>> = freeze({
  fn: (implementation?: (...values: unknown[]) => unknown) => createMock(implementation),
  spyOn,
  isMockFunction,
  mocked: (value: unknown) => value,
  clearAllMocks: eachMock((mock) => mock.mockClear()),
  resetAllMocks: eachMock((mock) => mock.mockReset()),
  restoreAllMocks: eachMock((mock) => mock.mockRestore()),
  stubGlobal: (name: string, value: unknown) => {
    if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
  },
  unstubAllGlobals: () => {
    for (const [name, original] of stubbed) {
      if (original === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, original);
    }
    stubbed.clear();
  },
  mock: unavailable('mock'),
  doMock: unavailable('doMock'),
  hoisted: (factory: () => unknown) => factory(),
  useFakeTimers: unavailable('useFakeTimers'),
  setSystemTime: unavailable('setSystemTime'),
  advanceTimersByTime: unavailable('advanceTimersByTime'),
  useRealTimers: () => vi,
});
export const vitest = vi;

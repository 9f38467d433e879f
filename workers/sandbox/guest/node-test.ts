/** What `import … from 'node:test'` gives to guest code. */
import { mock } from 'node:test';
import { bare, freeze } from './primordials.ts';
import type { HookKind, Mode, TestOptions } from './suite.ts';
import { declareHook, declareSuite, declareTest, plainOptions } from './suite.ts';

export { mock };

type Declare = (name: unknown, body: unknown, options: TestOptions) => void;

const declareNodeTest: Declare = (name, body, options) => declareTest(name, body, 'node', options);

/** `([name], [options], [body])`: each may be left out, as node:test allows. */
export function readArguments(values: readonly unknown[]): {
  name: unknown;
  options: Record<string, unknown>;
  body: unknown;
} {
  let name: unknown;
  let options: Record<string, unknown> = {};
  let body: unknown;
  for (const value of values) {
    if (typeof value === 'function') body = value;
    else if (typeof value === 'string') name = value;
    else if (typeof value === 'object' && value !== null) options = value as Record<string, unknown>;
  }
  return { name: name ?? body ?? '(no name)', options, body };
}

function flag(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value !== '');
}

function variant(declare: Declare, base: Partial<TestOptions>) {
  return (...values: unknown[]): Promise<void> => {
    const { name, options, body } = readArguments(values);
    const mode: { mode?: Mode } = flag(options['skip'])
      ? { mode: 'skip' }
      : flag(options['todo'])
        ? { mode: 'todo' }
        : {};
    const only = options['only'] === true ? { only: true } : {};
    const timeout = typeof options['timeout'] === 'number' ? { timeoutMs: options['timeout'] } : {};
    declare(name, body, bare({ ...plainOptions, ...mode, ...only, ...timeout, ...base }));
    return Promise.resolve();
  };
}

function variants(declare: Declare) {
  return Object.assign(variant(declare, {}), {
    skip: variant(declare, { mode: 'skip' }),
    todo: variant(declare, { mode: 'todo' }),
    only: variant(declare, { only: true }),
  });
}

function hook(kind: HookKind) {
  return (body: unknown, options?: { timeout?: number }): void => declareHook(kind, body, options?.timeout, 'node');
}

export const before = hook('beforeAll');
export const after = hook('afterAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');
export const describe = freeze(variants(declareSuite));
export const suite = describe;
export const it = freeze(variants(declareNodeTest));
export const skip = it.skip;
export const todo = it.todo;
export const only = it.only;
const testFunction = Object.assign(variants(declareNodeTest), {
  describe,
  suite,
  it,
  before,
  after,
  beforeEach,
  afterEach,
  mock,
});
/** What `require('node:test')` answers as well, so it has to have its own name. */
export const test = freeze(Object.assign(testFunction, { test: testFunction }));
export default test;

/** `describe`, `test` and their variants, as vitest and jest have them: one description serves both. */
import { fixturesOf, type Fixtures } from './fixtures.ts';
import { applyFunction, bare, defineProperty } from './primordials.ts';
import type { Body, HookKind, Mode, Style, TestOptions } from './suite.ts';
import { declareHook, declareSuite, declareTest, plainOptions } from './suite.ts';
import { tableRows } from './table.ts';

type Declare = (name: unknown, body: unknown, options: TestOptions) => void;

/** A function that declares, with the variants that hang on it. */
export type Declaring = ((...values: unknown[]) => void) & Readonly<Record<string, unknown>>;

/** `(name, body, timeout?)`, `(name, options, body)` or `(name, body, options)`. */
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
    ...(typeof options['retry'] === 'number' ? { retries: options['retry'] } : {}),
    ...(typeof options['repeats'] === 'number' ? { repeats: options['repeats'] } : {}),
  };
}

/** A body with the values of its row bound; `done` stays the argument after them when the body takes one more. */
function withValues(body: unknown, values: readonly unknown[], takesContext: boolean): unknown {
  if (typeof body !== 'function') return body;
  const call = body as Body;
  if (body.length > values.length || takesContext) {
    return function bound(this: unknown, context: unknown) {
      return applyFunction(call, this, [...values, context]);
    };
  }
  return function bound(this: unknown) {
    return applyFunction(call, this, values as unknown[]);
  };
}

function tableOf(declare: Declare, base: TestOptions, isEach: boolean) {
  return (table: unknown, ...templateValues: unknown[]) =>
    (name: unknown, second: unknown, third?: unknown): void => {
      const rows = tableRows(table, templateValues, name);
      for (let index = 0; index < rows.length; index += 1) {
        const row = rows[index];
        if (row === undefined) continue;
        const values = isEach ? row.values : [row.row];
        const bind = (body: unknown): unknown => withValues(body, values, !isEach);
        callWith(declare, base, row.name, bind(second), bind(third));
      }
    };
}

const named: readonly (readonly [string, Partial<TestOptions>])[] = [
  ['skip', { mode: 'skip' }],
  ['todo', { mode: 'todo' }],
  ['only', { only: true }],
  ['fails', { fails: true }],
  ['failing', { fails: true }],
  ['concurrent', {}],
  ['sequential', {}],
  ['shuffle', {}],
];

/** Variants are made when they are asked for: each has all of them again. */
function variants(declare: Declare, base: TestOptions): Declaring {
  const call = (name: unknown, second?: unknown, third?: unknown): void => callWith(declare, base, name, second, third);
  const variant = (change: Partial<TestOptions>): Declaring => variants(declare, bare({ ...base, ...change }));
  const define = (name: string, get: () => unknown): void => {
    defineProperty(call, name, bare({ get, enumerable: true, configurable: false }));
  };
  for (const [name, change] of named) define(name, () => variant(change));
  const additions: Record<string, unknown> = {
    each: tableOf(declare, base, true),
    for: tableOf(declare, base, false),
    skipIf: (condition: unknown) => variant(condition ? { mode: 'skip' } : {}),
    runIf: (condition: unknown) => variant(condition ? {} : { mode: 'skip' }),
  };
  for (const [name, value] of Object.entries(additions)) define(name, () => value);
  // SAFETY: the properties were defined just above.
  return call as Declaring;
}

/** `test` of vitest with `test.extend`, which adds fixtures to the context. */
function extensible(style: Style, fixtures: Fixtures | undefined): Declaring {
  const declare: Declare = (name, body, options) =>
    declareTest(name, fixtures === undefined ? body : fixtures.around(body), style, options);
  const test = variants(declare, plainOptions);
  const extend = (...values: unknown[]): Declaring => extensible(style, fixturesOf(values, fixtures));
  defineProperty(test, 'extend', bare({ value: extend }));
  for (const [name, value] of Object.entries(hooksFor(style))) defineProperty(test, name, bare({ value }));
  return test;
}

const hook =
  (kind: HookKind, style: Style) =>
  (first: unknown, second?: unknown): void => {
    // Mocha's hooks may carry a description before their body.
    const body = typeof first === 'string' ? second : first;
    const timeoutMs = typeof second === 'number' ? second : (second as { timeout?: number } | undefined)?.timeout;
    declareHook(kind, body, typeof timeoutMs === 'number' ? timeoutMs : undefined, style);
  };

function hooksFor(style: Style) {
  return {
    beforeAll: hook('beforeAll', style),
    afterAll: hook('afterAll', style),
    beforeEach: hook('beforeEach', style),
    afterEach: hook('afterEach', style),
  };
}

/** Everything that declares, for bodies of one style. */
export function testApi(style: Style) {
  const describe = variants(declareSuite, plainOptions);
  const test = extensible(style, undefined);
  return {
    describe,
    test,
    it: test,
    suite: describe,
    ...hooksFor(style),
    fdescribe: describe['only'],
    xdescribe: describe['skip'],
    fit: test['only'],
    xit: test['skip'],
    xtest: test['skip'],
  };
}

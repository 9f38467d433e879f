/** What `import … from 'vitest'` gives to guest code. */
import { bench } from './bench-api.ts';
import assert from './node-assert.ts';
import { expect } from './expect.ts';
import { freeze } from './primordials.ts';
import { replacing } from './replace.ts';
import { testApi } from './test-api.ts';

export { assert, bench, expect };

export const { describe, test, it, suite, beforeAll, afterAll, beforeEach, afterEach } = testApi('vitest');
export { onTestFailed, onTestFinished } from './test-context.ts';

export const vi: Readonly<Record<string, unknown>> = freeze(replacing('vitest'));
export const vitest = vi;

/** Checks of types are for the type check: here they hold. */
const holds: unknown = new Proxy(() => holds, { get: () => holds });
export const expectTypeOf = (): unknown => holds;
export const assertType = (): void => undefined;
export const inject = (): undefined => undefined;

/** The names that vitest, jest and mocha put on the global object, for test files that import nothing. */
import { expect } from './expect.ts';
import { jest } from './jest-globals.ts';
import { defineProperty } from './primordials.ts';
import { testApi } from './test-api.ts';
import { vi } from './vitest.ts';

/** To be called before guest code is loaded; the guest may replace them for itself. */
export function installTestGlobals(): void {
  const api = testApi('auto');
  const values: Record<string, unknown> = {
    ...api,
    before: api.beforeAll,
    after: api.afterAll,
    context: api.describe,
    specify: api.test,
    expect,
    vi,
    vitest: vi,
    jest,
  };
  for (const [name, value] of Object.entries(values)) {
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

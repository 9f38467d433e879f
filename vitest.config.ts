import { defineConfig } from 'vitest/config';
import { propertyRuns } from './shared/testing/property-runs.ts';

/**
 * The runtime says so of what an object still awaited when it was destroyed. The system's tests destroy objects at every
 * step, in the isolate of the test; what becomes of the work is what they assert.
 */
const isRemnantOfDestroyedObject = (error: { message: string; VITEST_TEST_PATH?: unknown }): boolean =>
  String(error.VITEST_TEST_PATH).includes('/test/system/') &&
  error.message.startsWith('Cannot perform I/O on behalf of a different request.');

/** Pure tests run in Node; each room with objects or routes brings a project of its own that runs in workerd. */
export default defineConfig({
  test: {
    onUnhandledError: (error) => !isRemnantOfDestroyedObject(error),
    projects: [
      {
        test: {
          ...propertyRuns(),
          name: 'unit',
          include: ['shared/**/*.test.ts', 'cli/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.worker.test.ts'],
          // Pure code leaves nothing behind that a file of its own process would be needed for.
          isolate: false,
          // All rings at once may slow a property to many times its usual time.
          testTimeout: 60_000,
        },
      },
      'durable-objects/*/vitest.config.ts',
      'workers/*/vitest.config.ts',
      'test/*/vitest.config.ts',
    ],
  },
});

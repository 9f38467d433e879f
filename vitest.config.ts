import { defineConfig } from 'vitest/config';

/** Pure tests run in Node; each room with objects or routes brings a project of its own that runs in workerd. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['shared/**/*.test.ts', 'cli/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.worker.test.ts'],
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

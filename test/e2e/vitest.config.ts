import { defineConfig } from 'vitest/config';

/** The platform as a user starts it, over real HTTP, WebSocket, git and the command line. */
export default defineConfig({
  test: {
    name: 'e2e',
    root: import.meta.dirname,
    include: ['**/*.e2e.test.ts'],
    globalSetup: ['./start-platform.ts'],
    testTimeout: 420_000,
    hookTimeout: 240_000,
    // One platform serves all files; two at a time keep a small machine busy without starving it.
    maxWorkers: 2,
    // After all other rings.
    sequence: { groupOrder: 2 },
    // All rings at once may starve a platform's processes on such a machine; a defect fails twice.
    retry: 1,
  },
});

import { defineConfig } from 'vitest/config';

/** Coding tools are large and are tried by `npm run clients` only. */
const everything = process.env['AIDEVOS_CLIENTS'] === 'all';

/** Unmodified clients against a platform that was started for them; they are a package of their own. */
export default defineConfig({
  test: {
    name: 'clients',
    root: import.meta.dirname,
    include: ['sdk/**/*.test.ts', ...(everything ? ['coding-tools/*.test.ts'] : [])],
    globalSetup: ['./start-platform.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
});

import { defineConfig } from 'vitest/config';

/** `all` by `npm run clients`, where the coding tools are tried too; `none` where the clients are not installed. */
const chosen = process.env['AIDEVOS_CLIENTS'] ?? 'sdk';

const files = { all: ['sdk/*.test.ts', 'coding-tools/*.test.ts'], none: ['not-installed.test.ts'] };

/** Unmodified clients against a platform that was started for them; they are a package of their own. */
export default defineConfig({
  test: {
    name: 'clients',
    root: import.meta.dirname,
    include: chosen === 'all' ? files.all : chosen === 'none' ? files.none : ['sdk/*.test.ts'],
    globalSetup: chosen === 'none' ? [] : ['./start-platform.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
    // After all other rings.
    sequence: { groupOrder: 2 },
  },
});

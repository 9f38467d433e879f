import { defineConfig } from 'vitest/config';

/** The ordinary git program against the repository object in a local runtime. Needs git on the machine. */
export default defineConfig({
  test: { name: 'git', root: import.meta.dirname, include: ['**/*.test.ts'], testTimeout: 60_000, hookTimeout: 90_000 },
});

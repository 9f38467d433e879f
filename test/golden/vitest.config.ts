import { defineConfig } from 'vitest/config';

/** Logs of earlier versions, replayed by the present code in plain Node. */
export default defineConfig({
  test: { name: 'golden', root: import.meta.dirname, include: ['**/*.test.ts'], testTimeout: 60_000 },
});

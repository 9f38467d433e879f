import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` } })],
  test: { name: 'topic', root: import.meta.dirname, include: ['**/*.worker.test.ts'], testTimeout: 30_000 },
});

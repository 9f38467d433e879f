import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const migrations = await readD1Migrations(`${import.meta.dirname}/../../migrations`);

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` },
      miniflare: { bindings: { TEST_MIGRATIONS: migrations } },
    }),
  ],
  test: { name: 'composer', root: import.meta.dirname, include: ['**/*.worker.test.ts'], testTimeout: 30_000 },
});

import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';

const migrations = await readD1Migrations(`${import.meta.dirname}/../../migrations`);

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` },
      miniflare: { bindings: { TEST_MIGRATIONS: migrations } },
    }),
  ],
  test: workerdRing('workspace', import.meta.dirname),
});

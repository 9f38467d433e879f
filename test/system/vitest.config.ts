import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** The whole platform in one workerd, without the edge. */
export default defineConfig(async () => {
  const migrations = await readD1Migrations(`${import.meta.dirname}/../../migrations`);
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/wrangler.toml` },
        miniflare: {
          bindings: {
            MIGRATIONS: migrations,
            // Answered inside the test by `scripted-provider.ts`; nothing listens there.
            ANTHROPIC_API_KEY: 'not-a-key',
            ANTHROPIC_BASE_URL: 'http://provider.invalid',
          },
          // As in the toolchain's own tests: too large to be sent through Vite.
          modulesRules: [{ type: 'CommonJS', include: ['**/typescript6/lib/typescript.js'] }],
        },
      }),
    ],
    test: { name: 'system', root: import.meta.dirname, include: ['**/*.worker.test.ts'], testTimeout: 60_000 },
  };
});

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { startOidcServer } from '../../shared/testing/services/oidc-server.ts';

/** The service objects in workerd; in this process, what they reach outside. */
export default defineConfig(async () => {
  const provider = await startOidcServer();
  return {
    plugins: [
      { name: 'outside', closeBundle: () => provider.close() },
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` },
        miniflare: { bindings: { PROVIDER_ORIGIN: provider.origin, APP_EGRESS_ORIGINS: provider.origin } },
      }),
    ],
    test: { name: 'services', root: import.meta.dirname, include: ['**/*.worker.test.ts'], testTimeout: 60_000 },
  };
});

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { startOidcServer } from '../../shared/testing/services/oidc-server.ts';
import { startPostgres } from '../../shared/testing/services/postgres-server.ts';

/** The service objects in workerd; in this process, what they reach outside. */
export default defineConfig(async () => {
  const [provider, postgres] = await Promise.all([startOidcServer(), startPostgres()]);
  return {
    plugins: [
      {
        name: 'outside',
        closeBundle: async () => {
          await Promise.all([provider.close(), postgres?.close()]);
        },
      },
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` },
        miniflare: {
          bindings: {
            PROVIDER_ORIGIN: provider.origin,
            APP_EGRESS_ORIGINS: provider.origin,
            APP_GRANTS: 'APP_DATABASE_D1=wsp/app APP_DATABASE_POSTGRES=wsp/app',
            POSTGRES_URL: postgres?.url ?? '',
          },
          hyperdrives: postgres === undefined ? {} : { APP_DATABASE_POSTGRES: postgres.url },
        },
      }),
    ],
    test: { name: 'services', root: import.meta.dirname, include: ['**/*.worker.test.ts'], testTimeout: 60_000 },
  };
});

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';
import { providerSecret, startOidcServer } from '../../shared/testing/services/oidc-server.ts';
import { freePort, hasPostgres } from '../../shared/testing/services/postgres-server.ts';

/** The service objects in workerd; outside of it, what they reach: an OpenID provider, and this machine's Postgres. */
export default defineConfig(async () => {
  const provider = await startOidcServer();
  const port = hasPostgres() ? await freePort() : 0;
  const postgresUrl = port === 0 ? '' : `postgres://app:unused@127.0.0.1:${String(port)}/postgres`;
  process.env['SERVICES_POSTGRES_PORT'] = String(port);
  return {
    plugins: [
      { name: 'outside', closeBundle: () => provider.close() },
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` },
        miniflare: {
          bindings: {
            PROVIDER_ORIGIN: provider.origin,
            APP_EGRESS_ORIGINS: provider.origin,
            APP_GRANTS: `APP_DATABASE_D1=wsp/app APP_DATABASE_POSTGRES=wsp/app APP_SECRET_PROVIDER=*>${provider.origin}`,
            APP_SECRET_PROVIDER: providerSecret,
            POSTGRES_URL: postgresUrl,
          },
          hyperdrives: port === 0 ? {} : { APP_DATABASE_POSTGRES: postgresUrl },
        },
      }),
    ],
    test: {
      ...workerdRing('services', import.meta.dirname, 60_000),
      globalSetup: `${import.meta.dirname}/../../shared/testing/services/postgres-setup.ts`,
    },
  };
});

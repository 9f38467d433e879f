import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';
import { startOidcServer } from '../../shared/testing/services/oidc-server.ts';
import { startShippingServer } from '../../shared/testing/services/shipping-server.ts';

export default defineConfig(async () => {
  const shipping = await startShippingServer();
  const provider = await startOidcServer();
  return {
    plugins: [
      { name: 'outside', closeBundle: () => Promise.all([shipping.close(), provider.close()]) },
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/wrangler.toml` },
        miniflare: {
          bindings: {
            SHIPPING_ORIGIN: shipping.origin,
            PROVIDER_ORIGIN: provider.origin,
            APP_EGRESS_ORIGINS: `${shipping.origin} ${provider.origin}`,
            APP_SECRET_SHIPPING: 'shipping-secret',
            APP_GRANTS: `APP_SECRET_SHIPPING=w/composition>${shipping.origin}`,
          },
        },
      }),
    ],
    test: workerdRing('sandbox', import.meta.dirname),
  };
});

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';
import { startShippingServer } from '../../shared/testing/services/shipping-server.ts';

export default defineConfig(async () => {
  const shipping = await startShippingServer();
  return {
    plugins: [
      { name: 'outside', closeBundle: () => shipping.close() },
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/wrangler.toml` },
        miniflare: {
          bindings: {
            SHIPPING_ORIGIN: shipping.origin,
            APP_EGRESS_ORIGINS: shipping.origin,
            APP_SECRET_SHIPPING: 'shipping-secret',
            APP_GRANTS: `APP_SECRET_SHIPPING=w/composition>${shipping.origin}`,
          },
        },
      }),
    ],
    test: workerdRing('sandbox', import.meta.dirname),
  };
});

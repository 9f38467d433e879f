import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${import.meta.dirname}/wrangler.toml` },
      // TypeScript is too large a file for the pool to send through Vite: workerd reads it from the disk instead.
      miniflare: { modulesRules: [{ type: 'CommonJS', include: ['**/typescript6/lib/typescript.js'] }] },
    }),
  ],
  test: workerdRing('toolchain', import.meta.dirname),
});

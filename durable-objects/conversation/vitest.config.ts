import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';

export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` } })],
  test: workerdRing('conversation', import.meta.dirname),
});

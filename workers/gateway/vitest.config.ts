import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';
import { startFakeAnthropic } from '../../shared/testing/models/fake-anthropic.ts';
import { withoutPackageMaps } from '../../shared/testing/without-package-maps.ts';
import { startFakeOpenAi } from '../../shared/testing/models/fake-openai.ts';
import { scriptedModels } from './testing/scripted-models.ts';

/** The gateway in workerd; outside of it, in this process, providers that speak the real wires. */
export default defineConfig(async () => {
  const [openAi, anthropic] = await Promise.all([startFakeOpenAi(scriptedModels), startFakeAnthropic(scriptedModels)]);
  // Vitest reads this file also when other projects run, and then never ends what it began here.
  openAi.unref();
  anthropic.unref();
  const migrations = await readD1Migrations(`${import.meta.dirname}/../../migrations`);
  return {
    plugins: [
      withoutPackageMaps(),
      {
        name: 'outside',
        closeBundle: async () => {
          await Promise.all([openAi.close(), anthropic.close()]);
        },
      },
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/testing/wrangler.toml` },
        miniflare: {
          bindings: {
            TEST_MIGRATIONS: migrations,
            OPENAI_API_KEY: openAi.apiKey,
            OPENAI_BASE_URL: `${openAi.url}/v1`,
            ANTHROPIC_API_KEY: anthropic.apiKey,
            ANTHROPIC_BASE_URL: anthropic.url,
          },
        },
      }),
    ],
    test: workerdRing('gateway', import.meta.dirname),
  };
});

import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { withoutPackageMaps } from '../../shared/testing/without-package-maps.ts';
import { startFakeOpenAi } from '../../shared/testing/models/fake-openai.ts';
import { scriptedTeam } from '../../shared/testing/models/scripted-team.ts';
import { startLedgerServer } from '../../shared/testing/tools/ledger-server.ts';
import { defineConfig } from 'vitest/config';
import { workerdRing } from '../../shared/testing/workerd-ring.ts';

/**
 * The whole platform in one workerd, without the edge. Outside of it, in this process: a model that does what it is
 * told, and tools that keep a ledger.
 */
export default defineConfig(async () => {
  const [ledger, model] = await Promise.all([startLedgerServer(), startFakeOpenAi(scriptedTeam)]);
  // Vitest reads this file also when other projects run, and then never ends what it began here.
  model.unref();
  const migrations = await readD1Migrations(`${import.meta.dirname}/../../migrations`);
  return {
    plugins: [
      withoutPackageMaps(),
      {
        name: 'outside',
        closeBundle: async () => {
          await Promise.all([ledger.close(), model.close()]);
        },
      },
      cloudflareTest({
        wrangler: { configPath: `${import.meta.dirname}/wrangler.toml` },
        miniflare: {
          bindings: {
            MIGRATIONS: migrations,
            LEDGER_ORIGIN: ledger.origin,
            AIDEVOS_TOOL_ORIGINS: ledger.origin,
            OPENAI_API_KEY: model.apiKey,
            OPENAI_BASE_URL: `${model.url}/v1`,
            // Answered inside the test by `scripted-provider.ts`; nothing listens there.
            ANTHROPIC_API_KEY: 'not-a-key',
            ANTHROPIC_BASE_URL: 'http://provider.invalid',
          },
          // As in the toolchain's own tests: too large to be sent through Vite.
          modulesRules: [{ type: 'CommonJS', include: ['**/typescript6/lib/typescript.js'] }],
        },
      }),
    ],
    test: {
      ...workerdRing('system', import.meta.dirname, 180_000),
      // Its files kill all objects there are, those of other files among them, whose teams would go on for ever.
      isolate: true,
      retry: 1,
    },
  };
});

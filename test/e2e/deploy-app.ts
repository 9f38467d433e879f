/** Puts an app of a test's own into a slot of the running platform: built by its toolchain, kept by its sandbox. */
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { inject } from 'vitest';

const script = `export default {
  async fetch(request, env) {
    const { files, entry, ...place } = await request.json();
    const built = await env.TOOLCHAIN.build({ files, entries: [entry], purpose: 'app' });
    if (!built.ok) return Response.json(built, { status: 400 });
    const deployed = await env.SANDBOX.deploy({ ...place, entry, built: built.value });
    return Response.json(deployed, { status: deployed.ok ? 200 : 400 });
  },
};`;

export interface AppToDeploy {
  /** As the sandbox names the app. */
  readonly app: string;
  readonly slot: 'preview' | 'staging';
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  /** The file that exports the class `App`. */
  readonly entry: string;
}

/** Rejects with what the toolchain or the sandbox had against it. */
export const deployApp = async (app: AppToDeploy): Promise<void> => {
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      unsafeDevRegistryPath: join(inject('stateFolder'), 'registry'),
      workers: [
        {
          name: 'aidevos-e2e-deploy',
          modules: true,
          script,
          compatibilityDate: '2026-10-20',
          serviceBindings: {
            TOOLCHAIN: { name: 'aidevos-toolchain', entrypoint: 'Toolchain' },
            SANDBOX: { name: 'aidevos-sandbox', entrypoint: 'Sandbox' },
          },
        },
      ],
    }),
  );
  try {
    const answer = await runtime.dispatchFetch('http://deploy/', { method: 'POST', body: JSON.stringify(app) });
    if (!answer.ok) throw new Error(`the app was not deployed: ${await answer.text()}`);
  } finally {
    await runtime.dispose();
  }
};

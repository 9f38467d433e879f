/** How wrangler is run here: never asking, never reporting, never looking for updates, never leaving the machine. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The program behind the `wrangler` command; run directly, so that one process fewer stands between us and it. */
export const wranglerProgram = join(dirname(require.resolve('wrangler/package.json')), 'wrangler-dist', 'cli.js');

/**
 * The environment for every wrangler process of one state folder. The registry lies in that folder: platforms on the
 * same machine would otherwise find each other's Workers by name.
 */
export const wranglerEnvironment = (stateFolder: string): Readonly<Record<string, string>> => ({
  WRANGLER_REGISTRY_PATH: join(stateFolder, 'registry'),
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_WRITE_LOGS: 'false',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_EXPLORER: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
  // A restart is wanted quickly, and half a second of it is compiling wrangler.
  NODE_COMPILE_CACHE: join(stateFolder, 'compile-cache'),
  FORCE_COLOR: '0',
});

/** The name of the Worker that a wrangler.toml configures. */
export const readWorkerName = (configPath: string): string => {
  const name = /^\s*name\s*=\s*["']([^"']+)["']/m.exec(readFileSync(configPath, 'utf8').split(/^\s*\[/m)[0] ?? '')?.[1];
  if (name === undefined) throw new Error(`${configPath} does not name its Worker`);
  return name;
};

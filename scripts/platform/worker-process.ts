/**
 * One Worker in a process of its own: the runtime with a bundle, as `wrangler dev` would start it, without wrangler's
 * bundler, watcher and front proxy. `node worker-process.ts <settings.json>`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from 'miniflare';
import type { WorkerBundle } from './worker-bundle.ts';
import { readModules } from './worker-modules.ts';

/** What the program is told. */
export interface WorkerSettings extends WorkerBundle {
  /** The name by which other Workers bind to it. */
  readonly workerName: string;
  readonly host: string;
  readonly port: number;
  /** Objects, databases and caches. */
  readonly stateFolder: string;
  /** Where Workers of one platform find each other. */
  readonly registryFolder: string;
  /** Added to the variables of wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Postgres databases and D1 databases by the names of their bindings, beside those of wrangler.toml. */
  readonly hyperdrives?: Readonly<Record<string, string>>;
  readonly d1Databases?: Readonly<Record<string, string>>;
}

/**
 * miniflare starts a runtime that died again by itself, but then loses the way to the other Workers for good: it
 * replaces each binding to another process by a proxy in place, and at the second assembly takes the proxy for the
 * other Worker (miniflare 5, `getExternalServiceEntrypoints`). So this process goes with its runtime.
 */
class RuntimeLog extends Log {
  override warn(message: string): void {
    console.error(message);
    if (message.includes('runtime crashed unexpectedly')) process.exit(70);
  }
}

const main = async (settingsPath: string): Promise<void> => {
  // SAFETY: both files were written by this program's supervisor, which has the same types.
  const settings = JSON.parse(readFileSync(settingsPath, 'utf8')) as WorkerSettings;
  const options = JSON.parse(readFileSync(settings.optionsPath, 'utf8')) as V4WorkerOptions;
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      host: settings.host,
      port: settings.port,
      cf: false,
      log: new RuntimeLog(LogLevel.WARN),
      logRequests: false,
      telemetry: { enabled: false },
      unsafeDevRegistryPath: settings.registryFolder,
      resourcePersistencePath: join(settings.stateFolder, 'v3'),
      handleStructuredLogs: ({ message }) => console.log(message),
      workers: [
        {
          ...options,
          name: settings.workerName,
          modulesRoot: settings.modulesFolder,
          modules: readModules(settings.modulesFolder, 'index.js'),
          bindings: { ...options.bindings, ...settings.variables },
          ...(settings.hyperdrives === undefined ? {} : { hyperdrives: settings.hyperdrives }),
          ...(settings.d1Databases === undefined ? {} : { d1Databases: settings.d1Databases }),
        },
      ],
    }),
  );
  const stop = (): void => {
    void runtime.dispose().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await runtime.ready;
};

try {
  await main(process.argv[2] ?? '');
} catch (error) {
  console.error(error);
  process.exit(1);
}

/** The Worker of this bench under a bare workerd. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readResidentMib } from '../../scripts/platform/processes.ts';
import { runWrangler } from '../../scripts/workers.ts';
import { directoryBinding, directoryService, objectBinding } from '../gateway/our-gateway.ts';
import { startWorkerd } from '../gateway/workerd.ts';

export interface ScaleWorker {
  /** One job; rejects with what the Worker says when it fails. */
  readonly run: (path: string, job: object) => Promise<unknown>;
  /** Bytes of all databases of one class of objects on the disk, with their write-ahead logs, and how many there are. */
  readonly disk: (className: string) => { readonly objects: number; readonly bytes: number };
  readonly residentMib: () => number | null;
  readonly stop: () => void;
}

const classes = {
  AGENT: 'AgentObject',
  TOPIC: 'TopicObject',
  TOPIC_CATALOG: 'TopicCatalogObject',
  BARE: 'BareRows',
  SERVICE_REGISTRY: 'ServiceRegistryObject',
} as const;

const bundle = async (folder: string): Promise<string> => {
  const output = join(folder, 'bundle');
  const built = await runWrangler({ config: 'benchmarks/scale/worker/wrangler.toml' }, [
    'deploy',
    '--dry-run',
    '--outdir',
    output,
  ]);
  if (built.exitCode !== 0) throw new Error(`the Worker of the bench does not bundle:\n${built.output}`);
  return join(output, 'entry.js');
};

const diskOf = (folder: string): ReturnType<ScaleWorker['disk']> => {
  let objects = 0;
  let bytes = 0;
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.sqlite')) objects += 1;
    bytes += statSync(join(folder, name)).size;
  }
  return { objects, bytes };
};

/** Bundles and starts it; its databases are below the folder. */
export const startScaleWorker = async (folder: string): Promise<ScaleWorker> => {
  const running = await startWorkerd(
    [
      {
        name: 'scale',
        module: await bundle(folder),
        objects: Object.values(classes),
        bindings: [
          ...Object.entries(classes).map(([name, className]) => objectBinding(name, className)),
          directoryBinding,
        ],
      },
      directoryService(),
    ],
    folder,
  );
  return {
    run: async (path, job) => {
      const response = await fetch(`${running.origin}${path}`, { method: 'POST', body: JSON.stringify(job) });
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      return await response.json();
    },
    disk: (className) => diskOf(join(folder, 'disk', className)),
    residentMib: () => readResidentMib(running.pid),
    stop: running.stop,
  };
};

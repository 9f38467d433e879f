/** `npm run lab -- watch FOLDER`: all tests once, then again and again those that a change can reach. */
import { watch } from 'node:fs/promises';
import { sep } from 'node:path';
import { affectedTests, type ImportGraph } from '../../shared/domain/quality/affected-tests.ts';
import { startLaboratory } from './laboratory.ts';
import type { LabOptions } from './options.ts';
import { runTests } from './run-command.ts';

/** Changes that come together are one change. */
const settleMs = 100;

const isOurs = (path: string): boolean => !/(?:^|\/)(?:node_modules|\.git|coverage|__snapshots__)(?:\/|$)/.test(path);

/** Sets of changed paths, each complete once nothing has changed for a moment. */
async function* changesIn(folder: string, signal: AbortSignal): AsyncGenerator<ReadonlySet<string>> {
  let changed = new Set<string>();
  let wake = (): void => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const collect = async (): Promise<void> => {
    for await (const { filename } of watch(folder, { recursive: true, signal })) {
      const path = filename?.split(sep).join('/') ?? '';
      if (path === '' || !isOurs(path)) continue;
      changed.add(path);
      clearTimeout(timer);
      timer = setTimeout(() => wake(), settleMs);
    }
  };
  const collecting = collect();
  // A watch that breaks off is told by `collecting`; a wait for it would never end by itself.
  collecting.catch(() => wake());
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const complete = changed;
    changed = new Set();
    if (complete.size > 0) yield complete;
    else await Promise.race([collecting, Promise.resolve()]);
  }
}

export const watchCommand = async (options: LabOptions, signal: AbortSignal): Promise<number> => {
  const lab = await startLaboratory((line) => console.error(`lab: ${line}`));
  try {
    let graph: ImportGraph = {};
    const run = async (select: (tests: readonly string[]) => readonly string[]): Promise<void> => {
      const answer = await runTests(lab, options, select, signal);
      // A part of the tests knows a part of the graph; what is not built keeps the one before.
      graph = { ...graph, ...answer.imports };
    };
    await run((tests) => tests);
    console.error('lab: waiting for changes; Ctrl-C ends it');
    for await (const changed of changesIn(options.folder, signal)) {
      let affected: readonly string[] = [];
      await run((tests) => {
        affected = affectedTests(graph, tests, [...changed]);
        return affected.length === 0 ? tests : affected;
      }).catch((error: unknown) => {
        signal.throwIfAborted();
        console.error(`lab: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    return 0;
  } finally {
    await lab.stop();
  }
};

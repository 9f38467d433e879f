/** `npm start`: the whole platform on this machine, until Ctrl-C. */
import { parseArgs } from 'node:util';
import { startPlatform } from './platform/platform.ts';
import { parsePort, stopWithProcess } from './platform/lifetime.ts';

const usage = `Starts the platform on this machine and prints its address and its key.

  npm start                       on port 8787, or the port of the last run, or a free one
  npm start -- --port 9000        on this port
  npm start -- --state <folder>   keep everything in this folder (default: .aidevos, or AIDEVOS_STATE)

It stays up until Ctrl-C, or until the program that started it ends. What was built is there again at the next start.`;

const readOptions = (): { port?: string; state?: string; help: boolean } => {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        state: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return process.exit(2);
  }
};

const main = async (): Promise<void> => {
  const options = readOptions();
  if (options.help) {
    console.log(usage);
    return;
  }
  const startedAt = performance.now();
  const starting = startPlatform({
    port: parsePort(options.port),
    stateFolder: options.state,
    report: (line) => console.error(`aidevos: ${line}`),
  });
  stopWithProcess(starting);
  const platform = await starting;
  console.log(`AIDevOS is ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.

  Address    ${platform.url}
  API        ${platform.url}/docs   (document: ${platform.url}/openapi.json)
  Key        ${platform.apiKey}
  State      ${platform.stateFolder}

Build something:  node cli/index.ts build examples/bookshelf/spec.md
Ctrl-C stops it.`);
};

try {
  await main();
} catch (error) {
  console.error(`aidevos: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

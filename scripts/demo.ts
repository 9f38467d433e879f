/**
 * `npm run demo`: the platform on this machine, one project built from a specification before your eyes, and the app
 * left running until Ctrl-C. The building itself is the `aidevos` command, as anybody would call it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { waitForExit } from './platform/child-process.ts';
import { parsePort, stopWithProcess } from './platform/lifetime.ts';
import { startPlatform, type Platform } from './platform/platform.ts';
import { repositoryRoot } from './platform/state-folder.ts';

const usage = `Builds a product from a specification, live, and leaves it running.

  npm run demo                              examples/bookshelf/spec.md
  npm run demo -- path/to/spec.md           a specification in Markdown
  npm run demo -- path/to/openapi.yaml      an OpenAPI 3 document, YAML or JSON
  npm run demo -- --exit                    end when the project has ended
  npm run demo -- --json                    one JSON object per event, then one of type "result"
  npm run demo -- --model <provider/model>  another model than the offline engineer
  npm run demo -- --port N, --state FOLDER  where the platform runs and keeps its state

The exit code is 0 when the project completed, 1 when it failed or is blocked.`;

interface DemoOptions {
  readonly spec: string;
  readonly exit: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly port: number | undefined;
  readonly state: string | undefined;
  readonly model: string | undefined;
}

const readOptions = (): DemoOptions => {
  const off = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      exit: off,
      json: off,
      help: { ...off, short: 'h' },
      port: { type: 'string' },
      state: { type: 'string' },
      model: { type: 'string' },
    },
  });
  if (positionals.length > 1) throw new Error(`one specification at a time, not ${positionals.length}`);
  const [given] = positionals;
  // npm runs scripts in the root of the repository; INIT_CWD is where the person stands.
  const spec =
    given === undefined
      ? join(repositoryRoot, 'examples', 'bookshelf', 'spec.md')
      : resolve(process.env['INIT_CWD'] ?? process.cwd(), given);
  if (!values.help && !existsSync(spec)) throw new Error(`there is no file ${spec}`);
  return { ...values, spec, port: parsePort(values.port), state: values.state, model: values.model };
};

const build = async (platform: Platform, options: DemoOptions): Promise<number> => {
  const reports = join(platform.stateFolder, 'reports');
  mkdirSync(reports, { recursive: true });
  const report = join(reports, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.md`);
  const model = options.model === undefined ? [] : ['--model', options.model];
  const json = options.json ? ['--json'] : [];
  const child = spawn(
    process.execPath,
    [
      join(repositoryRoot, 'cli', 'index.ts'),
      'build',
      options.spec,
      '--wait',
      '--report',
      report,
      '--state',
      platform.stateFolder,
      ...model,
      ...json,
    ],
    // Address and key of another platform, set in this shell, must not lead away from this one.
    { stdio: 'inherit', env: { ...process.env, AIDEVOS_URL: '', AIDEVOS_KEY: '' } },
  );
  return waitForExit(child);
};

/** Resolves never: the signals that `stopWithProcess` listens to end the process. */
const stayUntilStopped = (): Promise<never> =>
  new Promise(() => {
    setInterval(() => undefined, 60_000);
  });

const main = async (): Promise<void> => {
  const options = readOptions();
  if (options.help) {
    console.log(usage);
    return;
  }
  const tell = (line: string): void => {
    if (!options.json) console.log(line);
  };
  const startedAt = performance.now();
  const starting = startPlatform({
    port: options.port,
    stateFolder: options.state,
    report: (line) => console.error(`aidevos: ${line}`),
  });
  let exitCode = 0;
  stopWithProcess(starting, () => exitCode);
  tell('Starting the platform: gateway, toolchain, sandbox …');
  const platform = await starting;
  tell(
    `Ready at ${platform.url} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s. Building ${options.spec}\n`,
  );
  exitCode = await build(platform, options);
  if (options.exit || exitCode !== 0) {
    await platform.stop();
    process.exit(exitCode);
  }
  tell(`\nThe platform stays up at ${platform.url} (key: ${platform.apiKey}). Ctrl-C stops it.`);
  await stayUntilStopped();
};

try {
  await main();
} catch (error) {
  console.error(`aidevos: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof TypeError && 'code' in error ? 2 : 1);
}

/**
 * Portkey's gateway from its npm package, with the two dependencies pinned without which it cannot stream. The package
 * holds the program for Node only; its app is the same in a Worker, so what starts the Node server is cut off at the
 * end and the app exported instead.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../scripts/platform/child-process.ts';
import { wranglerEnvironment, wranglerProgram } from '../../scripts/platform/wrangler.ts';
import { installPackage } from '../../scripts/platform/own-package.ts';
import { startWorkerd, textBinding, type Running } from './workerd.ts';

const folder = import.meta.dirname;

/** The last part of the program: it gives the app's name, and what comes after it is for Node alone. */
const nodeTail = /const\{injectWebSocket:\w+,upgradeWebSocket:\w+\}=\w+\(\{app:(\w+)\}\);/;

const toWorker = (program: string): string => {
  const tail = nodeTail.exec(program);
  if (tail?.[1] === undefined) throw new Error('the program of @portkey-ai/gateway looks different from 1.15.2');
  const app = program.slice(0, tail.index).replace(/^#!.*\n/, '');
  return `${app}\nexport default { fetch: (request, env, context) => ${tail[1]}.fetch(request, env, context) };\n`;
};

const wranglerToml = `name = "portkey"
main = "portkey.mjs"
compatibility_date = "2026-10-20"
compatibility_flags = ["nodejs_compat"]

[define]
"process.env.NODE_ENV" = "\\"production\\""
"process.argv" = "[]"
`;

const bundle = async (stateFolder: string): Promise<string> => {
  const built = join(folder, 'dist');
  mkdirSync(built, { recursive: true });
  const program = readFileSync(
    join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js'),
    'utf8',
  );
  const entry = join(built, 'portkey.mjs');
  writeFileSync(entry, toWorker(program));
  const config = join(built, 'wrangler.toml');
  writeFileSync(config, wranglerToml);
  const output = join(stateFolder, 'bundle');
  const { exitCode, output: said } = await capture(
    process.execPath,
    ['--no-warnings', wranglerProgram, 'deploy', '--dry-run', '--outdir', output, '--config', config],
    { cwd: built, environment: wranglerEnvironment(stateFolder) },
  );
  const module = join(output, 'portkey.js');
  if (exitCode !== 0 || !existsSync(module)) throw new Error(`Portkey's gateway does not bundle:\n${said}`);
  return module;
};

/** Installs it where needed, and starts it. */
export const startPortkey = async (stateFolder: string): Promise<Running> => {
  await installPackage(folder);
  mkdirSync(stateFolder, { recursive: true });
  const module = await bundle(stateFolder);
  return await startWorkerd(
    [
      {
        name: 'portkey',
        module,
        compatibilityFlags: ['nodejs_compat'],
        bindings: [textBinding('ENVIRONMENT', 'production')],
      },
    ],
    stateFolder,
  );
};

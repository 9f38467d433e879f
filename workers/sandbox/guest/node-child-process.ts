/**
 * `node:child_process` as far as an isolate can be it: `node FILE …` runs a script of the project, in this isolate, with
 * its own arguments and output. There is no other program, and a script has to be CommonJS, because a process that is
 * waited for cannot load modules.
 */
import { commonJsId, isolateModules, run } from './commonjs.ts';
import { projectFolder } from './module-names.ts';
import { nodeProcess } from './node-process.ts';

interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Thrown by the script's `process.exit`. */
class ExitSignal extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`process.exit(${String(code)})`);
    this.code = code;
  }
}

const unavailable = (command: string): Error =>
  Object.assign(new Error(`spawn ${command} ENOENT: only scripts of the project run here, by node`), {
    code: 'ENOENT',
  });

function runScript(command: string, args: readonly string[], folder: string): Finished {
  const [script = '', ...rest] = args;
  const path = script.startsWith('/') ? script : `${folder}/${script}`;
  const id = /(?:^|\/)node$/.test(command) || command === process.execPath ? commonJsId(path) : undefined;
  if (id === undefined) throw unavailable(command);
  const output = { stdout: '', stderr: '' };
  const state = nodeProcess();
  const before = { argv: state.argv, cwd: state.cwd(), exit: state.exit, console: globalThis.console };
  const print =
    (side: 'stdout' | 'stderr') =>
    (...values: unknown[]): void => {
      output[side] += `${values.map((value) => (typeof value === 'string' ? value : String(value))).join(' ')}\n`;
    };
  state.argv = [command, path, ...rest];
  state.chdir(folder);
  state.exit = (code?: number) => {
    throw new ExitSignal(code ?? 0);
  };
  const printers = { log: print('stdout'), info: print('stdout'), error: print('stderr'), warn: print('stderr') };
  globalThis.console = { ...before.console, ...printers };
  try {
    isolateModules(() => run(id));
    return { status: 0, ...output };
  } catch (cause) {
    if (cause instanceof ExitSignal) return { status: cause.code, ...output };
    output.stderr += cause instanceof Error ? `${cause.name}: ${cause.message}\n` : `${String(cause)}\n`;
    return { status: 1, ...output };
  } finally {
    state.argv = before.argv;
    state.exit = before.exit;
    state.chdir(before.cwd);
    globalThis.console = before.console;
  }
}

interface Options {
  readonly cwd?: string;
  readonly encoding?: string;
}

function encoded(text: string, { encoding }: Options): string | Buffer {
  return encoding === undefined || encoding === 'buffer' ? Buffer.from(text) : text;
}

export function spawnSync(command: string, args: readonly string[] = [], options: Options = {}) {
  try {
    const { status, stdout, stderr } = runScript(command, args, options.cwd ?? projectFolder);
    const sides = [encoded(stdout, options), encoded(stderr, options)] as const;
    return { pid: 1, status, signal: null, output: [null, ...sides], stdout: sides[0], stderr: sides[1] };
  } catch (error) {
    const none = encoded('', options);
    return { pid: 0, status: null, signal: null, output: null, stdout: none, stderr: none, error };
  }
}

export function execFileSync(command: string, args: readonly string[] = [], options: Options = {}): string | Buffer {
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error !== undefined) throw error;
  if (status === 0) return stdout;
  throw Object.assign(new Error(`Command failed: ${command}\n${String(stderr)}`), { status, stdout, stderr });
}

type Callback = (error: unknown, stdout: unknown, stderr: unknown) => void;

export function execFile(command: string, args: readonly string[], ...rest: readonly unknown[]): void {
  const callback = rest.find((value): value is Callback => typeof value === 'function');
  const options = rest.find((value): value is Options => typeof value === 'object' && value !== null) ?? {};
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  const failed =
    error ?? (status === 0 ? null : Object.assign(new Error(`Command failed: ${command}`), { code: status }));
  queueMicrotask(() => callback?.(failed, stdout, stderr));
}

const words = (command: string): readonly string[] => command.split(/\s+/).filter((word) => word !== '');

export function execSync(command: string, options: Options = {}): string | Buffer {
  const [program = '', ...args] = words(command);
  return execFileSync(program, args, options);
}

export function exec(command: string, ...rest: readonly unknown[]): void {
  const [program = '', ...args] = words(command);
  execFile(program, args, ...rest);
}

export function spawn(command: string): never {
  throw unavailable(command);
}
export const fork = spawn;

export default { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };

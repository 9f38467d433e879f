/** A coding tool in a home and a folder of its own, which holds one file that is to be edited. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface ToolCommand {
  /** Path of the program; one that ends in `.js` is run by Node. */
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** More files, by their path from the home. */
  readonly home?: Readonly<Record<string, string>>;
  /** More files, by their path from the working folder. */
  readonly work?: Readonly<Record<string, string>>;
}

export interface ToolRun {
  readonly exitCode: number | null;
  readonly output: string;
  /** The file that was to be edited, as it is now. */
  readonly edited: string;
}

export const fileName = 'greeting.txt';

export const task = `Replace "Helo" with "Hello" in ${fileName}`;

const patienceMs = 240_000;

/** Everything that looks for an address beyond this machine is sent to a port where nobody listens. */
const nowhere = 'http://127.0.0.1:9';

const isolation = {
  http_proxy: nowhere,
  https_proxy: nowhere,
  HTTP_PROXY: nowhere,
  HTTPS_PROXY: nowhere,
  no_proxy: '127.0.0.1,localhost',
  NO_PROXY: '127.0.0.1,localhost',
  CI: '1',
  TERM: 'dumb',
};

const writeAll = (folder: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
};

/** Runs the tool to its end; one that does not end is killed with all that it started. */
export const runTool = async (command: ToolCommand): Promise<ToolRun> => {
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-coding-tool-'));
  const home = join(folder, 'home');
  const work = join(folder, 'work');
  writeAll(home, { '.keep': '', ...command.home });
  writeAll(work, { [fileName]: 'Helo, world\nsecond line\n', ...command.work });
  const script = command.program.endsWith('.js');
  const child = spawn(
    script ? process.execPath : command.program,
    script ? [command.program, ...command.args] : [...command.args],
    {
      cwd: work,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        XDG_CONFIG_HOME: join(home, '.config'),
        XDG_DATA_HOME: join(home, '.local', 'share'),
        XDG_CACHE_HOME: join(home, '.cache'),
        XDG_STATE_HOME: join(home, '.local', 'state'),
        ...isolation,
        ...command.environment,
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, patienceMs);
  const exitCode = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(null);
    });
    child.once('close', (code) => resolve(code));
  });
  clearTimeout(timer);
  const edited = readFileSync(join(work, fileName), 'utf8');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { exitCode, output: output.slice(-8_000), edited };
};

/**
 * Starts a script of this repository on a machine that may have nothing but an old Node and npm:
 * `node scripts/bootstrap.mjs <script> [arguments]`.
 *
 * It installs what the lock file names when that is not installed yet, and then runs the script under the current
 * Node that comes from the registry as a dependency. Plain JavaScript for any Node from 18, without a dependency,
 * because it runs before there is one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedSources } from './embed-sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modulesFolder = join(root, 'node_modules');
const markerPath = join(modulesFolder, '.aidevos-installed');
const windows = process.platform === 'win32';

const fail = (message, code = 1) => {
  process.stderr.write(`aidevos: ${message}\n`);
  process.exit(code);
};

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

/** What must be installed: the lock file on this platform. */
const wantedFingerprint = () => {
  const lockPath = join(root, 'package-lock.json');
  if (!existsSync(lockPath)) fail(`package-lock.json is missing in ${root}: this is not a whole checkout.`);
  const lock = readFileSync(lockPath, 'utf8').replaceAll('\r\n', '\n');
  return createHash('sha256').update(`${process.platform} ${process.arch}\n${lock}`).digest('hex');
};

/** Whether what npm says it installed is what the lock file names; packages for other platforms are left aside. */
const installationAgreesWithLock = () => {
  const installed = readJson(join(modulesFolder, '.package-lock.json'))?.packages;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
};

const isInstalled = (fingerprint) => {
  if (!existsSync(modulesFolder)) return false;
  if (existsSync(markerPath) && readFileSync(markerPath, 'utf8').trim() === fingerprint) return true;
  if (!installationAgreesWithLock()) return false;
  writeFileSync(markerPath, `${fingerprint}\n`);
  return true;
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const installLock = join(root, '.aidevos', 'installing');

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const takeInstallLock = () => {
  mkdirSync(dirname(installLock), { recursive: true });
  try {
    writeFileSync(installLock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = Number(readJson(installLock));
  // A lock just made may still be empty; its maker is alive and writes in the next moment.
  if (holder > 0 && !isAlive(holder)) rmSync(installLock, { force: true });
  return false;
};

/** One installation at a time in one checkout; the lock of a killed process is taken over. */
const withInstallLock = async (work) => {
  for (let turn = 0; !takeInstallLock(); turn += 1) {
    if (turn === 1) process.stderr.write('aidevos: another process is installing the dependencies; waiting for it …\n');
    await sleep(1_000);
  }
  // Also when the work ends the process itself.
  process.on('exit', () => rmSync(installLock, { force: true }));
  await work();
  rmSync(installLock, { force: true });
};

const runNpmCi = () =>
  new Promise((resolve) => {
    const child = spawn(windows ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      shell: windows,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_config_update_notifier: 'false' },
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-8_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const startedAt = Date.now();
    const progress = setInterval(() => {
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      if (process.stderr.isTTY) process.stderr.write(`\raidevos: installing dependencies … ${seconds} s `);
      else if (seconds % 15 === 0) process.stderr.write(`aidevos: still installing, ${seconds} s …\n`);
    }, 1_000);
    const finish = (result) => {
      clearInterval(progress);
      if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
      resolve({ ...result, output, seconds: Math.round((Date.now() - startedAt) / 1000) });
    };
    child.on('error', (error) => finish({ code: -1, error }));
    child.on('close', (code) => finish({ code: code ?? -1 }));
  });

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/;

const install = async () => {
  process.stderr.write('aidevos: installing dependencies (npm ci) …\n');
  const { code, error, output, seconds } = await runNpmCi();
  if (error?.code === 'ENOENT')
    fail('npm was not found. Install Node.js with npm, version 18 or newer, and try again.');
  if (code === 0) {
    writeFileSync(markerPath, `${wantedFingerprint()}\n`);
    process.stderr.write(`aidevos: dependencies installed in ${seconds} s.\n`);
    return;
  }
  const cause = unreachable.exec(output)?.[0];
  process.stderr.write(`${output.trim()}\n`);
  if (cause) {
    fail(
      `the package registry could not be reached (${cause}). The first start needs it once; later starts need no ` +
        'network. Check the connection, or `npm config get registry` and your proxy, and run the same command again.',
    );
  }
  fail(`npm ci ended with code ${code}; its message stands above.`);
};

/** The Node to go on with: the one from the registry, or this one when it can run TypeScript by itself. */
const findNode = () => {
  const program = windows ? 'node.exe' : 'node';
  const platform = `${windows ? 'win' : process.platform}-${process.arch}`;
  const candidates = [`node-${platform}`, `node-bin-${platform}`].map((name) =>
    join(modulesFolder, name, 'bin', program),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `no current Node is available for ${platform}: version ${process.versions.node} is too old. ` +
      'Install Node.js 22.18 or newer.',
  );
};

const askPs = (pid, column) => {
  const { stdout } = spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() ?? '';
};

/** Parent and name of a process; empty where the system does not tell. */
const describeProcess = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnd = text.lastIndexOf(')');
    return { name: text.slice(text.indexOf('(') + 1, nameEnd), parent: Number(text.slice(nameEnd + 2).split(' ')[1]) };
  } catch {
    // No /proc: not Linux.
    return windows ? { name: '', parent: 0 } : { name: askPs(pid, 'comm'), parent: Number(askPs(pid, 'ppid')) };
  }
};

/**
 * The processes that we end with: our parent, and npm, which may have put a shell between itself and us. A killed npm
 * leaves that shell behind.
 */
const findOwners = () => {
  const owners = [process.ppid];
  const parent = describeProcess(process.ppid);
  if (process.env.npm_lifecycle_event && /(^|\/)-?(ba|da|a|z|k)?sh$/.test(parent.name) && parent.parent > 1) {
    owners.push(parent.parent);
  }
  return owners;
};

const owners = findOwners();
const ownersLive = () => (windows || process.ppid === owners[0]) && owners.every(isAlive);

/** Signals go on to the script, which decides when to end; when our own parent is gone the script is asked to stop. */
const superviseScript = (child) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const watch = setInterval(() => {
    if (ownersLive()) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 1_000);
  child.on('error', (error) => fail(`the script could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    const numbers = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 137 };
    process.exit(code ?? numbers[signal] ?? 1);
  });
};

const main = async () => {
  const [script, ...scriptArguments] = process.argv.slice(2);
  if (!script) fail('usage: node scripts/bootstrap.mjs <script> [arguments]', 2);
  const fingerprint = wantedFingerprint();
  if (!isInstalled(fingerprint)) {
    await withInstallLock(async () => {
      if (!isInstalled(fingerprint)) await install();
    });
  }
  embedSources();
  const binFolder = join(modulesFolder, '.bin');
  const node = findNode();
  superviseScript(
    spawn(node, ['--disable-warning=ExperimentalWarning', join(root, script), ...scriptArguments], {
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: `${binFolder}${delimiter}${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
      },
    }),
  );
};

await main();

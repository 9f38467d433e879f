/** Packages of their own inside the repository: installed by what needs them, not with the rest. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './child-process.ts';

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/;

const fingerprintOf = (folder: string): string =>
  createHash('sha256')
    .update(`${process.platform} ${process.arch}\n`)
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');

/**
 * Sees to it that what the folder's lock file names is installed there. Scripts of the packages are not run. Rejects
 * with a sentence for a person.
 */
export const installPackage = async (folder: string): Promise<void> => {
  const marker = join(folder, 'node_modules', '.aidevos-installed');
  const fingerprint = fingerprintOf(folder);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === fingerprint) return;
  console.error(`Installing the packages of ${folder} (npm ci) …`);
  const windows = process.platform === 'win32';
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { exitCode, output } = await capture(windows ? 'npm.cmd' : 'npm', args, { cwd: folder, shell: windows });
  if (exitCode === 0) {
    writeFileSync(marker, fingerprint);
    return;
  }
  const cause = unreachable.exec(output)?.[0];
  throw new Error(
    cause === undefined
      ? `npm ci in ${folder} ended with code ${exitCode}:\n${output.trim().slice(-4_000)}`
      : `the packages of ${folder} are not installed yet and the package registry could not be reached (${cause}). They are needed once; later runs need no network.`,
  );
};

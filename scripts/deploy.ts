/**
 * Deploys the three Workers to Cloudflare in the order in which they need each other, or, with `--dry-run`, proves
 * that each bundles. `--new-key` makes the secrets of a new installation.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApiKey } from '../shared/adapters/crypto/api-keys.ts';
import { createRandomIds, systemClock } from '../shared/adapters/crypto/random-ids.ts';
import { buildAssets } from './platform/assets.ts';
import { repositoryRoot } from './platform/state-folder.ts';
import { deployWorker, readBundleSize, runWrangler, workerProjects } from './workers.ts';

const usage = `Deploys toolchain, sandbox and gateway, in this order.

  npm run deploy                  deploy (needs CLOUDFLARE_API_TOKEN, or "npx wrangler login")
  npm run deploy -- --dry-run     only bundle each Worker and print its size
  npm run deploy -- --new-key     make the secrets of a new installation and say how to set them

Before the first deployment:
  1. npx wrangler d1 create aidevos-directory
     and write its id into [[env.production.d1_databases]] of wrangler.toml
  2. npm run deploy -- --new-key  and set the secrets as it says`;

const databaseName = 'aidevos-directory';
const gateway = workerProjects.find((worker) => worker.name === 'gateway');

const newKey = async (): Promise<void> => {
  const pepper = randomBytes(32).toString('base64url');
  const keyId = createRandomIds(systemClock).create('key');
  const { key, hash } = await createApiKey('production', keyId, pepper);
  console.log(`Your key, shown once. Keep it in a safe place:

  ${key}

Set these three secrets of the gateway (wrangler asks for the value):

  npx wrangler secret put AIDEVOS_KEY_PEPPER --env production
  ${pepper}

  npx wrangler secret put AIDEVOS_BOOTSTRAP_KEY_HASH --env production
  ${hash}

  npx wrangler secret put AIDEVOS_VAULT_KEY --env production
  ${randomBytes(32).toString('base64url')}`);
};

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

const requireDatabase = (): void => {
  const toml = readFileSync(join(repositoryRoot, 'wrangler.toml'), 'utf8');
  const section = toml.split(/^\s*\[\[env\.production\.d1_databases\]\]\s*$/m)[1] ?? '';
  const id = /^\s*database_id\s*=\s*["']([^"']*)["']/m.exec(section)?.[1];
  if (id !== undefined && /^0[0-]*$/.test(id)) {
    fail(
      `the D1 database is not made yet. Run "npx wrangler d1 create ${databaseName}" and write the id it answers ` +
        'into [[env.production.d1_databases]] of wrangler.toml.',
    );
  }
};

const migrate = async (): Promise<void> => {
  if (gateway === undefined) return;
  console.log(`migrations of ${databaseName} …`);
  const args = ['d1', 'migrations', 'apply', databaseName, '--remote', '--env', 'production'];
  const { exitCode, output } = await runWrangler(gateway, args);
  if (exitCode !== 0) fail(`the migrations could not be applied:\n${output}`);
};

const deployAll = async (dryRun: boolean): Promise<void> => {
  if (!dryRun) requireDatabase();
  const built = await buildAssets(repositoryRoot);
  if (built.exitCode !== 0) fail(`the static assets could not be built:\n${built.output}`);
  for (const worker of workerProjects) {
    if (worker.name === 'gateway' && !dryRun) await migrate();
    console.log(`${dryRun ? 'bundling' : 'deploying'} ${worker.name} …`);
    const { exitCode, output } = await deployWorker(worker, dryRun);
    if (exitCode !== 0) fail(`${worker.name} could not be ${dryRun ? 'bundled' : 'deployed'}:\n${output}`);
    const size = readBundleSize(output);
    console.log(`  ${size === undefined ? output.trim() : `${size.gzipKib} KiB gzipped (${size.totalKib} KiB)`}`);
    const limit = worker.maximumGzipKib;
    if (size !== undefined && limit !== undefined && size.gzipKib > limit) {
      fail(`${worker.name} is larger than ${limit} KiB gzipped`);
    }
  }
  console.log(dryRun ? 'all three Workers bundle' : 'all three Workers are deployed');
};

const readOptions = (): { 'dry-run': boolean; 'new-key': boolean; help: boolean } => {
  const off = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { 'dry-run': off, 'new-key': off, help: { ...off, short: 'h' } } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return process.exit(2);
  }
};

const options = readOptions();
if (options.help) console.log(usage);
else if (options['new-key']) await newKey();
else await deployAll(options['dry-run']);

/**
 * The secrets of a local platform: made once per state folder, readable by their owner only, never on a command
 * line. The gateway is given the pepper, the vault's key and the hash of the key; the key itself stays with the person.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiKey, hashApiKey } from '../../shared/adapters/crypto/api-keys.ts';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';

export interface LocalSecrets {
  readonly keyPepper: string;
  readonly apiKey: string;
  /** 32 bytes in base64: seals the keys of providers that workspaces bring. */
  readonly vaultKey: string;
}

const secretsPath = (folder: string): string => join(folder, 'secrets.json');

/** The secrets of this state folder, or undefined when it has none yet. Throws when the file is damaged. */
export const readLocalSecrets = (folder: string): LocalSecrets | undefined => {
  const path = secretsPath(folder);
  if (!existsSync(path)) return undefined;
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${path} is damaged: an object was expected`);
  const { keyPepper, apiKey, vaultKey = '' } = parsed as Partial<LocalSecrets>;
  if (typeof keyPepper !== 'string' || typeof apiKey !== 'string') {
    throw new Error(`${path} is damaged: keyPepper and apiKey must be there. Remove it to have new ones made.`);
  }
  return { keyPepper, apiKey, vaultKey };
};

/** The file is there whole or as it was before: without the vault's key everything that it sealed is lost. */
const write = (folder: string, secrets: LocalSecrets): LocalSecrets => {
  const draft = `${secretsPath(folder)}.new`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, secretsPath(folder));
  return secrets;
};

/** The secrets of this state folder; they are made the first time, and the vault's key in a folder of earlier versions. */
export const ensureLocalSecrets = async (folder: string): Promise<LocalSecrets> => {
  const known = readLocalSecrets(folder);
  const vaultKey = randomBytes(32).toString('base64url');
  if (known !== undefined) return known.vaultKey === '' ? write(folder, { ...known, vaultKey }) : known;
  const keyPepper = randomBytes(32).toString('base64url');
  const { key } = await createApiKey('local', createRandomIds(systemClock).create('key'), keyPepper);
  return write(folder, { keyPepper, apiKey: key, vaultKey });
};

/** The secrets as the gateway is given them: the pepper, the vault's key, and the hash of the API key, never that key. */
export const secretVariables = async (secrets: LocalSecrets): Promise<Readonly<Record<string, string>>> => ({
  AIDEVOS_ENVIRONMENT: 'local',
  AIDEVOS_KEY_PEPPER: secrets.keyPepper,
  AIDEVOS_VAULT_KEY: secrets.vaultKey,
  AIDEVOS_BOOTSTRAP_KEY_HASH: await hashApiKey(secrets.apiKey, secrets.keyPepper),
});

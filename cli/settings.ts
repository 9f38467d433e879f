/** Where the platform is and which key to use: the options, then the environment, then the local platform. */
import { findRunningPlatform, resolveStateFolder } from '../scripts/platform/state-folder.ts';
import { readLocalSecrets } from '../scripts/platform/local-secrets.ts';
import { CommandFailure, exitCodes, usageFailure } from './exit-codes.ts';

export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly state?: string | undefined;
}

export interface Connection {
  /** Without a slash at the end. */
  readonly url: string;
  readonly key: string;
}

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

const parseUrl = (text: string): string => {
  const usable = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!usable) throw usageFailure(`--url: "${text}" is not an address; write it as http://127.0.0.1:8787`);
  return text.replace(/\/+$/, '');
};

const findUrl = async (options: ConnectionOptions, folder: string): Promise<string> => {
  const given = options.url ?? process.env['AIDEVOS_URL'];
  if (given !== undefined && given !== '') return parseUrl(given);
  const running = await findRunningPlatform(folder);
  if (running !== undefined && running.url !== '') return running.url;
  throw new CommandFailure(
    exitCodes.unreachable,
    'unreachable',
    `no platform runs on ${folder}. Start one with "npm start", or give the address of another with --url.`,
  );
};

/** The connection to use; fails with a sentence that says what to give. The local key goes to this machine only. */
export const resolveConnection = async (options: ConnectionOptions): Promise<Connection> => {
  const folder = resolveStateFolder(options.state);
  const url = await findUrl(options, folder);
  const given = options.key ?? process.env['AIDEVOS_KEY'];
  if (given !== undefined && given !== '') return { url, key: given };
  const local = loopbackNames.has(new URL(url).hostname) ? readLocalSecrets(folder) : undefined;
  if (local !== undefined) return { url, key: local.apiKey };
  throw new CommandFailure(
    exitCodes.unauthorised,
    'auth.missing',
    `${url} needs an API key. Give it with --key, or in the variable AIDEVOS_KEY.`,
  );
};

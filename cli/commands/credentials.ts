/** `aidevos credentials`: the workspace's own keys of providers. A key is read from a file or standard input only. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { exitCodes, usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';

/** No key is as long as this. */
const maxBytes = 8_192;

const readStandardInput = async (): Promise<string> => {
  if (process.stdin.isTTY) console.error('Paste the key, then press Enter and Ctrl-D:');
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += String(part);
    if (text.length > maxBytes)
      throw usageFailure(`standard input is longer than ${maxBytes} characters; that is no key.`);
  }
  return text;
};

const readKeyFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw usageFailure(`the key cannot be read from ${path} (${code}).`);
  }
};

const readKey = async (file: string | undefined): Promise<string> => {
  const key = (file === undefined ? await readStandardInput() : await readKeyFile(file)).trim();
  if (key === '') throw usageFailure('the key is empty; send it on standard input, or name its file with --file.');
  return key;
};

/** `openai/main`, or `openai` for the one that has no other name. */
const parseName = (text: string): { readonly provider: string; readonly name: string } => {
  const slash = text.indexOf('/');
  return slash === -1
    ? { provider: text, name: 'main' }
    : { provider: text.slice(0, slash), name: text.slice(slash + 1) };
};

const list = async (_options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.credentials.$get());
  answer(json, document, ({ available, credentials }) => {
    if (!available) return 'This platform keeps no credentials: its operator has to set AIDEVOS_VAULT_KEY.';
    if (credentials.length === 0)
      return 'There are no credentials: the platform’s own keys are used. Add one:  aidevos credentials add openai < key.txt';
    return table(
      ['CREDENTIAL', 'KEY', 'ADDED (UTC)', 'USED (UTC)', 'LAST RESULT', 'ADDRESS'],
      credentials.map((credential) => [
        `${credential.provider}/${credential.name}`,
        credential.lastFour === undefined ? credential.fingerprint : `…${credential.lastFour}`,
        dateText(credential.addedAt),
        credential.usedAt === undefined ? 'never' : dateText(credential.usedAt),
        credential.result ?? '',
        credential.baseUrl ?? '',
      ]),
    );
  });
};

const add = async (
  credential: string,
  surplus: readonly string[],
  options: { readonly file?: string; readonly baseUrl?: string },
  command: Command,
): Promise<void> => {
  // Not repeated: what stands there is likely to be the key.
  if (surplus.length > 0)
    throw usageFailure(
      'a key is never given on the command line, where other programs and the history see it: send it on standard input, ' +
        'or name its file with --file. If that was a key, replace it at its provider.',
    );
  const context = await createContext(command);
  const json = {
    apiKey: await readKey(options.file),
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
  };
  const param = parseName(credential);
  const document = await answerOf(context.client.api.credentials[':provider'][':name'].$put({ param, json }));
  answer(
    context.json,
    document,
    ({ provider, name }) =>
      `${provider}/${name} is stored; the workspace’s calls of ${provider} use it from now on.\n` +
      `Try it:  aidevos credentials test ${provider}/${name}`,
  );
};

const remove = async (credential: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const param = parseName(credential);
  const document = await answerOf(client.api.credentials[':provider'][':name'].$delete({ param }));
  answer(json, document, ({ provider, name }) => `${provider}/${name} is removed; no call uses it 5 seconds from now.`);
};

const test = async (credential: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const param = parseName(credential);
  const document = await answerOf(client.api.credentials[':provider'][':name'].test.$post({ param }));
  answer(json, document, ({ message, models }) =>
    models === undefined ? message : `${message} It lists ${models} models.`,
  );
  if (!document.accepted) process.exitCode = exitCodes.refused;
};

const events = async (options: { readonly after: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const query = { after: options.after, limit: '1000' };
  const document = await answerOf(client.api.credentials.events.$get({ query }));
  answer(json, document, (page) =>
    page.events.length === 0
      ? 'Nothing was done with credentials yet.'
      : table(
          ['#', 'WHEN (UTC)', 'WHAT', 'CREDENTIAL', 'BY'],
          page.events.map(({ sequence, recordedAt, type, provider, name, actor }) => [
            String(sequence),
            dateText(recordedAt),
            type,
            provider === undefined ? '' : `${provider}/${name ?? ''}`,
            actor ?? 'the platform',
          ]),
        ),
  );
};

export const addCredentialCommands = (program: Command): void => {
  const credentials = program
    .command('credentials')
    .description('list, add, try and remove the workspace’s own keys of providers');
  credentials.command('list', { isDefault: true }).description('list credentials, without the keys').action(list);
  credentials
    .command('add')
    .description('add a key, or replace the one of this name; the key comes on standard input')
    .argument('<credential>', 'openai, or openai/<name> for one of several')
    .argument('[surplus...]', 'nothing: a key is never given here')
    .option('--file <path>', 'read the key from this file')
    .option('--base-url <url>', 'another address, on an origin that the operator allows')
    .action(add);
  credentials.command('remove').description('remove a key').argument('<credential>').action(remove);
  credentials
    .command('test')
    .description('ask the provider whether it takes the key')
    .argument('<credential>')
    .action(test);
  credentials
    .command('events')
    .description('what was done with them, and by whom')
    .option('--after <sequence>', 'only what came later', '0')
    .action(events);
};

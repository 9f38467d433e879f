/** `aidevos keys`: the API keys of one's own workspace. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext, type CommandContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';

const roles = ['operator', 'owner', 'member', 'viewer'] as const;

const ownWorkspace = async ({ client }: CommandContext): Promise<string> =>
  (await answerOf(client.api.caller.$get())).workspaceId;

const list = async (_options: unknown, command: Command): Promise<void> => {
  const context = await createContext(command);
  const param = { workspaceId: await ownWorkspace(context) };
  const document = await answerOf(context.client.api.workspaces[':workspaceId'].keys.$get({ param }));
  answer(context.json, document, ({ keys }) =>
    table(
      ['KEY', 'NAME', 'ROLE', 'CREATED (UTC)', 'REVOKED (UTC)'],
      keys.map((key) => [
        key.keyId,
        key.name,
        key.role,
        dateText(key.createdAt),
        key.revokedAt === undefined ? '' : dateText(key.revokedAt),
      ]),
    ),
  );
};

const create = async (name: string, options: { readonly role: string }, command: Command): Promise<void> => {
  const role = roles.find((known) => known === options.role);
  if (role === undefined) throw usageFailure(`--role: "${options.role}" is not one of ${roles.join(', ')}`);
  const context = await createContext(command);
  const param = { workspaceId: await ownWorkspace(context) };
  const json = { name, role };
  const document = await answerOf(context.client.api.workspaces[':workspaceId'].keys.$post({ param, json }));
  answer(context.json, document, ({ key, keyId }) => `${key}\n${keyId} as ${role}; the key is shown this once.`);
};

const revoke = async (keyId: string, _options: unknown, command: Command): Promise<void> => {
  const context = await createContext(command);
  const param = { workspaceId: await ownWorkspace(context), keyId };
  const document = await answerOf(context.client.api.workspaces[':workspaceId'].keys[':keyId'].$delete({ param }));
  answer(context.json, document, () => `${keyId} is revoked`);
};

export const addKeyCommands = (program: Command): void => {
  const keys = program.command('keys').description('list, make and revoke API keys');
  keys.command('list', { isDefault: true }).description('list keys').action(list);
  keys
    .command('create')
    .description('make a key; it is shown once')
    .argument('<name>')
    .option('--role <role>', roles.join(', '), 'member')
    .action(create);
  keys.command('revoke').description('revoke a key').argument('<key>', 'its id').action(revoke);
};

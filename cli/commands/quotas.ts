/** `aidevos quotas`: how much of everything the workspace may have, and has. */
import type { Command } from 'commander';
import { isQuotaName, quotaNames } from '../../shared/domain/quota/quotas.ts';
import { answerOf } from '../api/client.ts';
import { createContext, type CommandContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';

interface TargetOptions {
  readonly workspace?: string;
}

const read = ({ client }: CommandContext, { workspace }: TargetOptions) =>
  workspace === undefined
    ? answerOf(client.api.quotas.$get())
    : answerOf(client.api.workspaces[':workspaceId'].quotas.$get({ param: { workspaceId: workspace } }));

type QuotaDocument = Awaited<ReturnType<typeof read>>;

const describe = (document: QuotaDocument): string =>
  table(
    ['QUOTA', 'USED', 'LIMIT', 'SET BY', 'AS OF', 'COUNTS'],
    document.quotas.map(({ quota, used, limit, source, setBy, oldestStatementAt, counts }) => [
      quota,
      String(used),
      String(limit),
      setBy ?? source,
      oldestStatementAt === undefined ? '' : `${dateText(oldestStatementAt)} UTC`,
      counts,
    ]),
  );

const show = async (options: TargetOptions, command: Command): Promise<void> => {
  const context = await createContext(command);
  answer(context.json, await read(context, options), describe);
};

const limitOf = (text: string): number | null => {
  if (text === 'none') return null;
  if (!/^\d{1,15}$/.test(text)) throw usageFailure(`"${text}" is not a whole number or "none"`);
  return Number(text);
};

const set = async (quota: string, text: string, options: TargetOptions, command: Command): Promise<void> => {
  if (!isQuotaName(quota)) throw usageFailure(`"${quota}" is not one of ${quotaNames.join(', ')}`);
  const limits = { [quota]: limitOf(text) };
  const context = await createContext(command);
  const { client } = context;
  const workspaceId = options.workspace ?? (await answerOf(client.api.caller.$get())).workspaceId;
  const route = client.api.workspaces[':workspaceId'].quotas;
  answer(context.json, await answerOf(route.$put({ param: { workspaceId }, json: { limits } })), describe);
};

export const addQuotaCommands = (program: Command): void => {
  const quotas = program.command('quotas').description('how much of everything the workspace may have, and has');
  quotas
    .command('show', { isDefault: true })
    .description('each quota with its limit and what is used')
    .option('--workspace <id>', 'another workspace, for operators')
    .action(show);
  quotas
    .command('set')
    .description('set a limit, for operators; "none" takes the workspace’s own limit away')
    .argument('<quota>', quotaNames.join(', '))
    .argument('<limit>')
    .option('--workspace <id>', 'another workspace than your own')
    .action(set);
};

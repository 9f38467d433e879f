/** `aidevos pools`: how many agents of a role a project has at a time. */
import type { Command } from 'commander';
import { describePoolReason } from '../../shared/domain/progress/describe-pools.ts';
import { answerOf } from '../api/client.ts';
import { createContext, type CommandContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';

const read = ({ client }: CommandContext, projectId: string) =>
  answerOf(client.api.projects[':projectId'].pools.$get({ param: { projectId } }));

type PoolDocument = Awaited<ReturnType<typeof read>>['pools'][number];

const changeText = ({ lastChange }: PoolDocument): string =>
  lastChange === undefined
    ? ''
    : `${dateText(lastChange.at)} UTC, ${lastChange.from} to ${lastChange.to}: ${describePoolReason(lastChange.reason)}`;

const describePools = ({ pools }: { readonly pools: readonly PoolDocument[] }): string =>
  pools.length === 0
    ? 'No role has a pool: the team stays as it began. Set one with: aidevos pools set <project> <role> --min 1 --max 4'
    : table(
        ['ROLE', 'MIN', 'MAX', 'TARGET', 'COOL-DOWN', 'AGENTS', 'WORKING', 'RESTING', 'QUEUED', 'SHORT', 'LAST CHANGE'],
        pools.map((pool) => [
          pool.role,
          String(pool.minimum),
          String(pool.maximum),
          String(pool.targetLoad),
          `${pool.coolDownSeconds} s`,
          String(pool.agents),
          String(pool.working),
          String(pool.resting),
          String(pool.queued),
          String(pool.short),
          changeText(pool),
        ]),
      );

const show = async (projectId: string, _options: object, command: Command): Promise<void> => {
  const context = await createContext(command);
  answer(context.json, await read(context, projectId), describePools);
};

interface SetOptions {
  readonly min?: string;
  readonly max?: string;
  readonly target?: string;
  readonly coolDown?: string;
}

const numberOf = (option: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw usageFailure(`${option}: "${text}" is not a number`);
  return value;
};

const put = async (context: CommandContext, projectId: string, pools: readonly PoolSettingsBody[]): Promise<void> => {
  const route = context.client.api.projects[':projectId'].pools;
  const document = await answerOf(route.$put({ param: { projectId }, json: { pools: [...pools] } }));
  answer(context.json, document, describePools);
};

type PoolSettingsBody = Pick<PoolDocument, 'role' | 'minimum' | 'maximum'> &
  Partial<Pick<PoolDocument, 'targetLoad' | 'coolDownSeconds'>>;

const settingsOf = ({ role, minimum, maximum, targetLoad, coolDownSeconds }: PoolDocument): PoolSettingsBody => ({
  role,
  minimum,
  maximum,
  targetLoad,
  coolDownSeconds,
});

/** Options that are not given stay as they are; a new pool needs both bounds. */
const set = async (projectId: string, role: string, options: SetOptions, command: Command): Promise<void> => {
  const context = await createContext(command);
  const { pools } = await read(context, projectId);
  const known = pools.find((pool) => pool.role === role);
  const minimum = numberOf('--min', options.min) ?? known?.minimum;
  const maximum = numberOf('--max', options.max) ?? known?.maximum;
  if (minimum === undefined || maximum === undefined) throw usageFailure('a new pool needs --min and --max');
  const targetLoad = numberOf('--target', options.target) ?? known?.targetLoad;
  const coolDownSeconds = numberOf('--cool-down', options.coolDown) ?? known?.coolDownSeconds;
  const changed: PoolSettingsBody = {
    role,
    minimum,
    maximum,
    ...(targetLoad === undefined ? {} : { targetLoad }),
    ...(coolDownSeconds === undefined ? {} : { coolDownSeconds }),
  };
  await put(context, projectId, [...pools.filter((pool) => pool.role !== role).map(settingsOf), changed]);
};

const remove = async (projectId: string, role: string, _options: object, command: Command): Promise<void> => {
  const context = await createContext(command);
  const { pools } = await read(context, projectId);
  if (!pools.some((pool) => pool.role === role)) throw usageFailure(`the role ${role} has no pool in this project`);
  await put(context, projectId, pools.filter((pool) => pool.role !== role).map(settingsOf));
};

export const addPoolCommands = (program: Command): void => {
  const pools = program.command('pools').description('how many agents of a role a project has at a time');
  pools.command('show').description('the pools and how they are now').argument('<project>').action(show);
  pools
    .command('set')
    .description('set the pool of a role, also while the project runs; what is not given stays as it is')
    .argument('<project>')
    .argument('<role>')
    .option('--min <number>', 'agents that are there also when nothing waits')
    .option('--max <number>', 'agents that are there at most')
    .option('--target <number>', 'ready tasks that may wait for each agent before the pool grows')
    .option('--cool-down <seconds>', 'how long an agent is idle before it may go')
    .action(set);
  pools
    .command('remove')
    .description('the role keeps the agents it has, and no longer changes')
    .argument('<project>')
    .argument('<role>')
    .action(remove);
};

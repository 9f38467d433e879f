/** `aidevos usage` and `aidevos budget`: what was used, and what may be used. */
import type { Command } from 'commander';
import type { BudgetLimits, ProjectBudget } from '../../shared/domain/budget/amounts.ts';
import { amountText, dollarsText, type BudgetDimension } from '../../shared/domain/budget/exhaustion.ts';
import type { Remaining } from '../../shared/rpc/usage.ts';
import { answerOf } from '../api/client.ts';
import { hasLimits, withLimits, type LimitOptions } from '../budget-options.ts';
import { createContext, type CommandContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, table } from '../output/print.ts';

interface Totals {
  readonly answered: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicros: number;
  readonly unpricedTokens: number;
}

/** As JSON brings it: fields may be there without a value. */
type Loose<Shape> = { readonly [Field in keyof Shape]?: Shape[Field] | undefined };

interface Usage extends Totals {
  readonly steps: number;
  readonly wallMs: number;
  readonly reserved: { readonly tokens: number };
  readonly agents: readonly (Totals & { readonly name: string; readonly steps: number })[];
  readonly models: readonly (Totals & { readonly model: string })[];
  readonly budget: { readonly [Scope in keyof ProjectBudget]?: Loose<BudgetLimits> | undefined };
  readonly remaining: Loose<Remaining>;
}

const dimensions: readonly { limit: keyof BudgetLimits; left: keyof Remaining; dimension: BudgetDimension }[] = [
  { limit: 'maxTokens', left: 'tokens', dimension: 'tokens' },
  { limit: 'maxCostMicros', left: 'costMicros', dimension: 'costMicros' },
  { limit: 'maxSteps', left: 'steps', dimension: 'steps' },
  { limit: 'maxWallMs', left: 'wallMs', dimension: 'wallMs' },
];

const limitsText = (limits: Loose<BudgetLimits> | undefined, remaining: Loose<Remaining> = {}): string => {
  const parts = dimensions.flatMap(({ limit, left, dimension }) => {
    const value = limits?.[limit];
    const rest = remaining[left];
    if (value === undefined) return [];
    return [`${amountText(dimension, value)}${rest === undefined ? '' : ` (${amountText(dimension, rest)} left)`}`];
  });
  return parts.length === 0 ? 'no limit' : parts.join(', ');
};

const costText = ({ costMicros, unpricedTokens }: Pick<Totals, 'costMicros' | 'unpricedTokens'>): string =>
  unpricedTokens === 0
    ? dollarsText(costMicros)
    : `${dollarsText(costMicros)} and ${unpricedTokens} tokens of unknown price`;

const callsText = ({ answered, failed, interrupted }: Totals): string =>
  `${answered} answered, ${failed} failed, ${interrupted} interrupted and paid for again`;

const totalsCells = (totals: Totals): readonly string[] => [
  String(totals.answered),
  String(totals.failed),
  String(totals.interrupted),
  String(totals.inputTokens),
  String(totals.outputTokens),
  costText(totals),
];

const totalsHeads = ['ANSWERED', 'FAILED', 'INTERRUPTED', 'INPUT', 'OUTPUT', 'COST'];

const budgetLines = ({ budget, remaining }: Pick<Usage, 'budget' | 'remaining'>): readonly string[] => [
  `each run    ${limitsText(budget.run)}`,
  `each agent  ${limitsText(budget.agent)}`,
  `project     ${limitsText(budget.project, remaining)}`,
];

const describeUsage = (usage: Usage): string => {
  const busy = usage.agents.filter(({ steps }) => steps > 0);
  return [
    `calls       ${callsText(usage)}`,
    `tokens      ${usage.inputTokens} input, ${usage.outputTokens} output; ${usage.reserved.tokens} reserved`,
    `cost        ${costText(usage)}`,
    `steps       ${usage.steps}`,
    `wall time   ${amountText('wallMs', usage.wallMs)}`,
    ...budgetLines(usage),
    '',
    ...(busy.length === 0
      ? ['No model was called yet.']
      : [
          table(
            ['AGENT', 'STEPS', ...totalsHeads],
            busy.map((agent) => [agent.name, String(agent.steps), ...totalsCells(agent)]),
          ),
          '',
          table(
            ['MODEL', ...totalsHeads],
            usage.models.map((model) => [model.model, ...totalsCells(model)]),
          ),
        ]),
  ].join('\n');
};

const readUsage = ({ client }: CommandContext, projectId: string): Promise<Usage> =>
  answerOf(client.api.projects[':projectId'].usage.$get({ param: { projectId } }));

const readApiUsage = async ({ client }: CommandContext) => {
  const { workspaceId } = await answerOf(client.api.caller.$get());
  return await answerOf(client.api.workspaces[':workspaceId'].usage.$get({ param: { workspaceId }, query: {} }));
};

type ApiUsageDocument = Awaited<ReturnType<typeof readApiUsage>>;

const apiHeads = ['REQUESTS', 'FAILED', 'LEFT', 'CACHED', 'INPUT', 'OUTPUT', 'COST'];

const apiCells = (totals: ApiUsageDocument['totals']): readonly string[] => [
  String(totals.requests),
  String(totals.failed),
  String(totals.cancelled),
  String(totals.cacheHits),
  String(totals.inputTokens),
  String(totals.outputTokens),
  costText(totals),
];

const describeApiUsage = ({ from, to, totals, models, keys }: ApiUsageDocument): string =>
  [
    `days        ${from} to ${to}`,
    `calls       ${totals.requests} of the API: ${totals.failed} failed, ${totals.cancelled} left by their client, ${totals.cacheHits} from the cache`,
    `tokens      ${totals.inputTokens} input (${totals.cachedInputTokens} cached), ${totals.outputTokens} output`,
    `cost        ${costText(totals)}; ${dollarsText(totals.estimatedCostMicros)} of it estimated, for ${totals.estimated} calls`,
    ...(totals.requests === 0
      ? []
      : [
          '',
          table(
            ['MODEL', ...apiHeads],
            models.map((row) => [row.model, ...apiCells(row)]),
          ),
          '',
          table(
            ['KEY', ...apiHeads],
            keys.map((row) => [row.keyId, ...apiCells(row)]),
          ),
        ]),
  ].join('\n');

const usage = async (projectId: string | undefined, _options: unknown, command: Command): Promise<void> => {
  const context = await createContext(command);
  if (projectId === undefined) answer(context.json, await readApiUsage(context), describeApiUsage);
  else answer(context.json, await readUsage(context, projectId), describeUsage);
};

interface TargetOptions {
  readonly workspace?: boolean;
}

const readWorkspace = async ({ client }: CommandContext) => {
  const { workspaceId } = await answerOf(client.api.caller.$get());
  const param = { workspaceId };
  return { param, budget: await answerOf(client.api.workspaces[':workspaceId'].budget.$get({ param })) };
};

type WorkspaceDocument = Awaited<ReturnType<typeof readWorkspace>>['budget'];

const describeWorkspace = ({ limits, used, remaining, projects, api }: WorkspaceDocument): string =>
  [
    `limits      ${limitsText(limits, remaining)}`,
    `used        ${used.tokens} tokens, ${dollarsText(used.costMicros)}, ${used.steps} steps`,
    `by the API  ${api.used.tokens} tokens, ${dollarsText(api.used.costMicros)}, ${api.used.steps} calls`,
    ...(projects.length === 0
      ? ['No project has used anything yet.']
      : [
          '',
          table(
            ['PROJECT', 'TOKENS', 'COST', 'STEPS'],
            projects.map((project) => [
              project.projectId,
              String(project.used.tokens),
              dollarsText(project.used.costMicros),
              String(project.used.steps),
            ]),
          ),
        ]),
  ].join('\n');

const checkTarget = (projectId: string | undefined, { workspace }: TargetOptions): void => {
  if ((projectId === undefined) === (workspace !== true)) throw usageFailure('give either a project or --workspace');
};

const show = async (projectId: string | undefined, options: TargetOptions, command: Command): Promise<void> => {
  checkTarget(projectId, options);
  const context = await createContext(command);
  if (projectId === undefined) {
    answer(context.json, (await readWorkspace(context)).budget, describeWorkspace);
    return;
  }
  const { budget, remaining } = await readUsage(context, projectId);
  answer(context.json, { budget, remaining }, (document) => budgetLines(document).join('\n'));
};

const scopes = ['run', 'agent', 'project'] as const;

interface SetOptions extends TargetOptions, LimitOptions {
  readonly scope: string;
}

const set = async (projectId: string | undefined, options: SetOptions, command: Command): Promise<void> => {
  checkTarget(projectId, options);
  if (!hasLimits(options)) throw usageFailure('give at least one limit, for example --max-cost 5');
  const scope = scopes.find((known) => known === options.scope);
  if (scope === undefined) throw usageFailure(`--scope: "${options.scope}" is not one of ${scopes.join(', ')}`);
  const context = await createContext(command);
  const { client } = context;
  if (projectId === undefined) {
    const { param, budget } = await readWorkspace(context);
    const json = withLimits(withoutGaps(budget.limits), options);
    answer(
      context.json,
      await answerOf(client.api.workspaces[':workspaceId'].budget.$put({ param, json })),
      describeWorkspace,
    );
    return;
  }
  const { budget } = await readUsage(context, projectId);
  const json = { ...budget, [scope]: withLimits(withoutGaps(budget[scope] ?? {}), options) };
  const changed = await answerOf(client.api.projects[':projectId'].budget.$put({ param: { projectId }, json }));
  answer(context.json, changed, (document) =>
    [...budgetLines(document), `A paused project goes on with: aidevos projects resume ${projectId}`].join('\n'),
  );
};

/** JSON knows no field without a value. */
const withoutGaps = (limits: Loose<BudgetLimits>): BudgetLimits =>
  Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));

/** The options that `build` and `budget set` share. */
export const addLimitOptions = (command: Command): Command =>
  command
    .option('--max-tokens <number>', 'most tokens, input and output together')
    .option('--max-cost <dollars>', 'most money, for example 2.50')
    .option('--max-steps <number>', 'most calls of models and tools')
    .option('--max-minutes <number>', 'most wall time, pauses not counted');

export const addBudgetCommands = (program: Command): void => {
  program
    .command('usage')
    .description('what a project used, by agent and by model, and what is left; without one, the calls of /v1')
    .argument('[project]')
    .action(usage);
  const budget = program.command('budget').description('show and set the limits of a project or of the workspace');
  budget
    .command('show')
    .description('show the limits')
    .argument('[project]')
    .option('--workspace', 'of all projects of the workspace together')
    .action(show);
  addLimitOptions(
    budget
      .command('set')
      .description('set limits, also while a project runs; "none" takes one away, others stay as they are')
      .argument('[project]')
      .option('--workspace', 'of all projects of the workspace together')
      .option('--scope <scope>', `what the limits are for: ${scopes.join(', ')}`, 'project'),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ aidevos budget set <project> --max-cost 5
  $ aidevos budget set <project> --scope run --max-steps 40
  $ aidevos budget set --workspace --max-tokens 20000000 --max-minutes none`,
    )
    .action(set);
};

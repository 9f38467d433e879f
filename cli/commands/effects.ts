/** `aidevos effects`: calls of which nobody knows whether they took effect, and what a person decides about them. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, dateText, table } from '../output/print.ts';
import { clean, fit } from '../../shared/domain/progress/style.ts';

const statuses = ['in_doubt', 'settled', 'all'] as const;
type Status = (typeof statuses)[number];

interface EffectDocument {
  readonly effectId: string;
  readonly status: string;
  readonly tool: string;
  readonly effectClass: string;
  readonly agentId: string;
  readonly taskId: string;
  readonly detail: string;
  readonly cause: string;
  readonly startedAt: number;
  readonly decision?: string | undefined;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  readonly result?: string | undefined;
}

const optionalLine = (label: string, text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : [`  ${label.padEnd(11)} ${fit(text, 300)}`];

const describeEffect = (effect: EffectDocument): string =>
  [
    effect.effectId,
    `  status      ${effect.status}${effect.decision === undefined ? '' : `: ${effect.decision} by ${effect.by ?? ''}`}`,
    `  tool        ${effect.tool} (${effect.effectClass}), called ${dateText(effect.startedAt)} UTC by ${effect.agentId}`,
    `  arguments   ${fit(effect.detail, 300)}`,
    `  not known   ${fit(effect.cause, 300)}`,
    ...optionalLine('reason', effect.reason),
    ...optionalLine('result', effect.result),
  ].join('\n');

const settleHelp = (projectId: string): string =>
  `Find out what became of each, then: aidevos effects settle ${projectId} <effect> --done | --redo | --abandon`;

const list = async (
  projectId: string,
  options: { readonly status?: string; readonly after?: string; readonly limit?: string },
  command: Command,
): Promise<void> => {
  const status: Status | undefined = statuses.find((known) => known === (options.status ?? 'in_doubt'));
  if (status === undefined) throw usageFailure(`--status: "${options.status}" is not one of ${statuses.join(', ')}`);
  const { client, json } = await createContext(command);
  const query = {
    status,
    ...(options.after === undefined ? {} : { after: options.after }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  const document = await answerOf(client.api.projects[':projectId'].effects.$get({ param: { projectId }, query }));
  answer(json, document, ({ effects, next }) =>
    effects.length === 0
      ? status === 'in_doubt'
        ? 'Nothing is in doubt.'
        : 'No effect was ever in doubt.'
      : [
          ...effects.map(describeEffect),
          ...(next === undefined ? [] : [`More: aidevos effects list ${projectId} --status ${status} --after ${next}`]),
          ...(effects.some((effect) => effect.status === 'in_doubt') ? ['', settleHelp(projectId)] : []),
        ].join('\n'),
  );
};

interface SettleOptions {
  readonly done?: boolean;
  readonly redo?: boolean;
  readonly abandon?: boolean;
  readonly result?: string;
  readonly reason?: string;
}

const decisionOf = ({ done, redo, abandon, result }: SettleOptions): 'done' | 'redo' | 'abandon' => {
  const chosen = [
    ...(done === true ? (['done'] as const) : []),
    ...(redo === true ? (['redo'] as const) : []),
    ...(abandon === true ? (['abandon'] as const) : []),
  ];
  const [decision] = chosen;
  if (decision === undefined || chosen.length > 1) throw usageFailure('give one of --done, --redo, --abandon');
  if (result !== undefined && decision !== 'done') throw usageFailure('--result: only for --done');
  return decision;
};

const settle = async (
  projectId: string,
  effectId: string | undefined,
  options: SettleOptions,
  command: Command,
): Promise<void> => {
  const decision = decisionOf(options);
  const { client, json } = await createContext(command);
  const effects = client.api.projects[':projectId'].effects;
  const { result, reason } = options;
  const body = {
    decision,
    ...(result === undefined ? {} : { result }),
    ...(reason === undefined ? {} : { reason }),
  };
  const param = { projectId, effectId: effectId ?? (await onlyDoubt(projectId, command)) };
  // One key for this command: should the answer be lost, a repeat would find what was decided.
  const headers = { 'idempotency-key': randomUUID() };
  const document = await answerOf(effects[':effectId'].settle.$post({ param, json: body }, { headers }));
  answer(json, document, (effect) => `${effect.effectId} (${clean(effect.tool)}) is settled as ${effect.decision}.`);
};

/** The effect that is meant when none is named: the only one there is. */
const onlyDoubt = async (projectId: string, command: Command): Promise<string> => {
  const { client } = await createContext(command);
  const query = { status: 'in_doubt' as const };
  const { effects } = await answerOf(client.api.projects[':projectId'].effects.$get({ param: { projectId }, query }));
  const [effect] = effects;
  if (effect === undefined) throw usageFailure('nothing is in doubt in this project');
  if (effects.length === 1) return effect.effectId;
  throw usageFailure(
    `${effects.length} effects are in doubt, name one:\n${table(
      ['EFFECT', 'TOOL'],
      effects.map(({ effectId, tool }) => [effectId, tool]),
    )}`,
  );
};

export const addEffectCommands = (program: Command): void => {
  const effects = program
    .command('effects')
    .description('calls of tools of which nobody knows whether they took effect');
  effects
    .command('list', { isDefault: true })
    .description('list them, oldest first')
    .argument('<project>')
    .option('--status <status>', `which: ${statuses.join(', ')}`, 'in_doubt')
    .option('--after <number>', 'the next page: after this one')
    .option('--limit <number>', 'how many, from 1 to 100')
    .action(list);
  effects
    .command('settle')
    .description('decide one, once; the agent that waits for it goes on')
    .argument('<project>')
    .argument('[effect]', 'its id; may be left out while only one is in doubt')
    .option('--done', 'it took effect')
    .option('--result <text>', 'with --done: what the tool gave back, as the agent will read it')
    .option('--redo', 'it did not: make the call again')
    .option('--abandon', 'go on without it')
    .option('--reason <text>', 'kept with the effect')
    .action(settle);
};

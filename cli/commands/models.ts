/** `aidevos models`: which models the platform can use, and what is known of them. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { answer, table } from '../output/print.ts';
import { addQualityCommands } from './model-quality.ts';

const tokens = (count: number | undefined): string =>
  count === undefined
    ? '?'
    : count >= 1_000_000
      ? `${Math.round(count / 10_000) / 100}M`
      : `${Math.round(count / 1_000)}k`;

const dollars = (micros: number | undefined): string => (micros === undefined ? '?' : (micros / 1_000_000).toFixed(2));

const listModels = async (options: { readonly all?: true }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const all = options.all === true ? 'true' : 'false';
  const document = await answerOf(client.api.models.$get({ query: { all } }));
  answer(json, document, ({ models, tableDate }) => {
    const heads = ['MODEL', 'CONTEXT', 'ANSWER', 'IN $/M', 'OUT $/M', 'CAN', 'ALSO'];
    const rows = models.map((model) => [
      model.configured ? model.name : `(${model.name})`,
      tokens(model.contextTokens),
      model.kind === 'embedding' ? '-' : tokens(model.outputTokens),
      dollars(model.price?.input),
      dollars(model.price?.output),
      model.kind === 'embedding' ? 'embeddings' : (model.abilities?.join(' ') ?? '?'),
      [
        ...model.aliases,
        ...(model.deprecated ? [model.endsOn === undefined ? 'deprecated' : `ends ${model.endsOn}`] : []),
      ].join(' '),
    ]);
    const note = `What is not in the table of ${tableDate} is shown as ?. In brackets: its provider is not configured.`;
    return `${table(heads, rows)}\n\n${note}`;
  });
};

export const addModelCommand = (program: Command): void => {
  const models = program
    .command('models')
    .description('list the models that the platform can use, with context, prices and abilities')
    .option('--all', 'also those whose provider is not configured')
    .action(listModels);
  addQualityCommands(models);
};

/** `aidevos models quality` and `aidevos models alarms`: how the models do, and which became worse. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { answer, table } from '../output/print.ts';

interface Measure {
  readonly measure: string;
  readonly kind: 'share' | 'mean';
  readonly title: string;
  readonly trials: number;
  readonly misses?: number | undefined;
  readonly share?: number | undefined;
  readonly mean?: number | undefined;
}

const valueOf = ({ kind, share = 0, mean = 0 }: Measure): string =>
  kind === 'share' ? `${Math.round(share * 1_000) / 10} %` : String(Math.round(mean));

/** The columns of the list: what most people look for. */
const columns = ['failure', 'schema', 'refusal', 'truncation', 'tool_arguments', 'repair', 'review', 'feedback'];

const cell = (measures: readonly Measure[], name: string): string => {
  const measure = measures.find((one) => one.measure === name);
  return measure === undefined ? '-' : valueOf(measure);
};

const measureTable = (measures: readonly Measure[]): string =>
  table(
    ['MEASURE', 'TRIALS', 'VALUE', 'WHAT IT IS'],
    measures.map((measure) => [measure.measure, String(measure.trials), valueOf(measure), measure.title]),
  );

interface QualityOptions {
  readonly role?: string;
  readonly kind?: string;
  readonly since?: string;
  readonly limit?: string;
  readonly after?: string;
}

const filterOf = ({ role, kind, since }: QualityOptions) => ({
  ...(role === undefined ? {} : { role }),
  ...(kind === undefined ? {} : { taskKind: kind }),
  ...(since === undefined ? {} : { since }),
});

const quality = async (model: string | undefined, options: QualityOptions, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const filter = filterOf(options);
  if (model !== undefined) {
    const param = { model: encodeURIComponent(model) };
    const found = await answerOf(client.api.models[':model'].quality.$get({ param, query: filter }));
    answer(json, found, ({ factor, alarms, measures, parts }) =>
      [
        `${model}: auto counts its quality ${factor} times.`,
        ...(alarms.length === 0 ? [] : [`Alarms stand for: ${alarms.join(', ')} (aidevos models alarms).`]),
        '',
        measureTable(measures),
        ...parts.flatMap((part) => ['', `${part.role}, ${part.taskKind}`, measureTable(part.measures)]),
      ].join('\n'),
    );
    return;
  }
  const { limit, after } = options;
  const query = {
    ...filter,
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
  };
  const page = await answerOf(client.api.models.quality.$get({ query }));
  answer(json, page, ({ models, next }) =>
    models.length === 0
      ? 'No model was used in that time.'
      : [
          table(
            ['MODEL', 'FACTOR', ...columns.map((name) => name.toUpperCase()), 'ALARMS'],
            models.map((one) => [
              one.model,
              String(one.factor),
              ...columns.map((name) => cell(one.measures, name)),
              one.alarms.join(' '),
            ]),
          ),
          '',
          'Shares of misses; - where nothing was counted. All of one model: aidevos models quality <model>',
          ...(next === undefined ? [] : [`More: aidevos models quality --after ${next}`]),
        ].join('\n'),
  );
};

const listAlarms = async (options: { readonly closed?: true }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const status = options.closed === true ? 'all' : 'standing';
  const document = await answerOf(client.api.models.quality.alarms.$get({ query: { status } }));
  answer(json, document, ({ alarms }) =>
    alarms.length === 0
      ? 'No alarm stands.'
      : alarms
          .map(({ alarmId, model, measure, status: state, summary, next, raisedAt, note }) =>
            [
              `${alarmId}  ${model}  ${measure}  ${state}  since ${new Date(raisedAt).toISOString()}`,
              `  ${summary}`,
              ...(note === undefined ? [] : [`  note: ${note}`]),
              `  ${next}`,
            ].join('\n'),
          )
          .join('\n\n'),
  );
};

const acknowledge = async (
  alarmId: string,
  options: { readonly note?: string; readonly accept?: true },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const { note, accept = false } = options;
  const body = { accept, ...(note === undefined ? {} : { note }) };
  const param = { alarmId };
  const alarm = await answerOf(client.api.models.quality.alarms[':alarmId'].acknowledge.$post({ param, json: body }));
  answer(json, alarm, ({ status, next }) => `The alarm is ${status}. ${next}`);
};

export const addQualityCommands = (models: Command): void => {
  models
    .command('quality')
    .description('how the models did that were used: schemas, refusals, tools, repairs, reviews, ratings')
    .argument('[model]', 'all of this one, by role and kind of task')
    .option('--role <role>', 'only work of this role; "client" are calls of /v1')
    .option('--kind <kind>', 'only this kind of task, or wire: chat, responses, messages')
    .option('--since <time>', 'from this time on, for example 2026-11-26T00:00:00Z; seven days unless told')
    .option('--limit <number>', 'models of one page')
    .option('--after <model>', 'go on after this one')
    .action(quality);
  const alarms = models
    .command('alarms')
    .description('the models that became worse, with what to do')
    .option('--closed', 'also alarms that are over')
    .action(listAlarms);
  alarms
    .command('ack')
    .description('say that an alarm is known')
    .argument('<alarm>')
    .option('--note <text>', 'what is done about it')
    .option('--accept', 'take the present figures as the new normal, which closes it')
    .action(acknowledge);
};

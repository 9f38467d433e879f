/** `aidevos quality measure`: figures of the head of main, measured now, so that gates have something to look at. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { followRun } from '../output/follow-run.ts';
import { answer, table } from '../output/print.ts';
import { fit } from '../../shared/domain/progress/style.ts';
import { measurableKinds, type MeasurableKind, type MeasuringView } from '../../shared/rpc/figures.ts';

type Run = Pick<MeasuringView, 'status' | 'kinds' | 'results'>;

const describeRun = ({ status, kinds, results }: Run): string =>
  [
    status === 'done'
      ? 'Measured:'
      : `${status === 'running' ? 'Running' : 'Cancelled'}: ${results.length} of ${kinds.length}.`,
    results.length === 0
      ? ''
      : table(
          ['KIND', 'COMMIT', 'FIGURES'],
          results.map(({ kind, commit, summary }) => [kind, commit.slice(0, 10), fit(summary, 300)]),
        ),
  ].join('\n');

const isKind = (name: string): name is MeasurableKind => measurableKinds.some((kind) => kind === name);

const measure = async (
  projectId: string,
  names: readonly string[],
  options: { readonly last?: boolean; readonly cancel?: boolean },
  command: Command,
): Promise<void> => {
  const kinds = names.filter(isKind);
  const unknown = names.find((name) => !isKind(name));
  if (unknown !== undefined) throw usageFailure(`${unknown} is not measured; these are: ${measurableKinds.join(', ')}`);
  const { client, json } = await createContext(command);
  const route = client.api.projects[':projectId'].quality.measurements;
  const param = { projectId };
  const once = { headers: { 'idempotency-key': randomUUID() } };
  if (options.cancel === true) return answer(json, await answerOf(route.$delete({ param }, once)), describeRun);
  if (options.last !== true) await answerOf(route.$post({ param, json: { kinds } }, once));
  const read = async () => answerOf(route.$get({ param }));
  const run =
    options.last === true
      ? await read()
      : await followRun(read, ({ results, kinds: of }) => `${results.length} of ${of.length} measured`);
  answer(json, run, describeRun);
};

const lcov = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const file = await answerOf(client.api.projects[':projectId'].quality.lcov.$get({ param: { projectId } }));
  answer(
    json,
    file,
    ({ commit, lcov: text }) => text?.trimEnd() ?? `The coverage of ${commit} was too long to be kept.`,
  );
};

export const addMeasureCommand = (quality: Command): void => {
  quality
    .command('lcov')
    .description('the coverage that was measured last, as an lcov tracefile')
    .argument('<project>')
    .action(lcov);
  quality
    .command('measure')
    .description('measure the head of main now, for gates that miss a figure')
    .argument('<project>')
    .argument('[kinds...]', `some of ${measurableKinds.join(', ')}; all without`)
    .option('--last', 'show the last run and start none')
    .option('--cancel', 'end the run')
    .action(measure);
};

/** `aidevos quality mutation`: how much the tests of a project notice, and what they run. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { followRun } from '../output/follow-run.ts';
import { answer, table } from '../output/print.ts';
import { wholeNumber } from '../whole-number.ts';
import { addCriteriaCommands } from './criteria.ts';
import { addGenerateCommand } from './generate.ts';
import { addJudgeCommands } from './judge.ts';
import { addMeasureCommand } from './measure.ts';
import { addPerformanceCommands } from './performance.ts';
import { clean } from '../../shared/domain/progress/style.ts';

interface Share {
  readonly covered: number;
  readonly total: number;
}

interface Score {
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly noCoverage: number;
  readonly percent?: number | undefined;
}

interface Run {
  readonly status: string;
  readonly progress: number;
  readonly limit: number;
  readonly reason?: string | undefined;
  readonly report?: Report | undefined;
}

interface Report {
  readonly commit: string;
  readonly found: number;
  readonly tested: number;
  readonly score: Score;
  readonly coverage: { readonly statements: Share; readonly branches: Share; readonly lines: Share };
  readonly change?:
    | readonly (Share & { readonly file: string; readonly uncoveredLines: readonly number[] })[]
    | undefined;
  readonly files: readonly {
    readonly file: string;
    readonly statements: Share;
    readonly branches: Share;
    readonly score?: Score | undefined;
  }[];
  readonly survivors: readonly {
    readonly diff: string;
    readonly status: string;
    readonly mutator: string;
    readonly nearestTests: readonly { readonly file: string; readonly name: string }[];
  }[];
}

const share = ({ covered, total }: Share): string => `${covered}/${total}`;
const percent = (score: Score | undefined): string => (score?.percent === undefined ? '-' : `${score.percent} %`);

const describeRun = (run: Run, shown: number): string => {
  if (run.report === undefined) {
    return run.status === 'refused' ? `Refused: ${clean(run.reason ?? '')}` : `Running: ${run.progress} mutants done.`;
  }
  const { report } = run;
  const { score, coverage, survivors } = report;
  const sample = report.found > report.tested ? `, a sample of ${report.found}` : '';
  const files = report.files.map((file) => [
    clean(file.file),
    percent(file.score),
    share(file.statements),
    share(file.branches),
  ]);
  return [
    `commit ${report.commit.slice(0, 10)}: mutation score ${percent(score)} of ${report.tested} mutants${sample}`,
    `  ${score.killed} killed, ${score.timeout} timed out, ${score.survived} survived, ${score.noCoverage} not covered`,
    `  covered: statements ${share(coverage.statements)}, branches ${share(coverage.branches)}, lines ${share(coverage.lines)}`,
    ...(report.change ?? []).map(
      (file) =>
        `  changed lines of ${clean(file.file)}: ${share(file)}${file.uncoveredLines.length === 0 ? '' : `, not ${file.uncoveredLines.join(', ')}`}`,
    ),
    '',
    files.length === 0 ? 'No source was measured.' : table(['FILE', 'SCORE', 'STATEMENTS', 'BRANCHES'], files),
    ...survivors
      .slice(0, shown)
      .flatMap((survivor) => [
        '',
        `${survivor.status === 'survived' ? 'No test noticed' : 'No test comes by'} (${survivor.mutator}):`,
        clean(survivor.diff.trimEnd()),
        ...survivor.nearestTests
          .slice(0, 3)
          .map(({ file, name }) => `  ought to notice: ${clean(`${file} > ${name}`)}`),
      ]),
    ...(survivors.length > shown ? ['', `${survivors.length - shown} more: --survivors ${survivors.length}`] : []),
  ].join('\n');
};

interface MutationOptions {
  readonly limit?: string;
  readonly since?: string;
  readonly last?: boolean;
  readonly survivors: string;
}

const mutation = async (projectId: string, options: MutationOptions, command: Command): Promise<void> => {
  const shown = wholeNumber('--survivors', options.survivors);
  const limit = options.limit === undefined ? {} : { limit: wholeNumber('--limit', options.limit) };
  const { client, json } = await createContext(command);
  const route = client.api.projects[':projectId'].quality.mutation;
  const param = { projectId };
  if (options.last !== true) {
    const body = { ...limit, ...(options.since === undefined ? {} : { since: options.since }) };
    // One key for this command: should the answer be lost, a repeat would find the run that was begun.
    await answerOf(route.$post({ param, json: body }, { headers: { 'idempotency-key': randomUUID() } }));
  }
  const read = async () => answerOf(route.$get({ param }));
  const run =
    options.last === true ? await read() : await followRun(read, ({ progress }) => `${progress} mutants done`);
  answer(json, run, (document) => describeRun(document, shown));
  if (run.status === 'refused') throw new CommandFailure(exitCodes.usage, 'mutation.refused', run.reason ?? 'refused');
};

export const addQualityCommands = (program: Command): void => {
  const quality = program.command('quality').description('what is measured of the code of a project');
  addJudgeCommands(quality);
  addCriteriaCommands(quality);
  addGenerateCommand(quality);
  addMeasureCommand(quality);
  addPerformanceCommands(quality);
  quality
    .command('mutation')
    .description('put small changes into the code and see which of them the tests notice')
    .argument('<project>')
    .option('--limit <number>', 'mutants at most, from 1 to 500; of more a sample is taken (100)')
    .option('--since <ref>', 'only lines that main has changed since this branch or commit')
    .option('--last', 'show the last run instead of starting one')
    .option('--survivors <number>', 'how many of the changes that went unnoticed to show', '5')
    .action(mutation);
};

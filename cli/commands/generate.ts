/** `aidevos quality generate`: tests that a project lacks, made from its code. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { CommandFailure, exitCodes, usageFailure } from '../exit-codes.ts';
import { followRun } from '../output/follow-run.ts';
import { answer, table } from '../output/print.ts';
import { wholeNumber } from '../whole-number.ts';
import { clean, fit } from '../../shared/domain/progress/style.ts';

interface Report {
  readonly commit: string;
  readonly functions: number;
  readonly candidates: number;
  readonly mutants: number;
  readonly survivedBefore: number;
  readonly noticedNow: number;
  readonly skipped: readonly { readonly file: string; readonly name: string; readonly reason: string }[];
  readonly refuted: readonly { readonly file: string; readonly name: string; readonly message: string }[];
  readonly dropped: readonly { readonly path: string; readonly reason: string }[];
  readonly files: readonly {
    readonly path: string;
    readonly content: string;
    readonly tests: readonly { readonly name: string; readonly kind: string }[];
    readonly kills: number;
  }[];
}

interface Run {
  readonly status: string;
  readonly progress: number;
  readonly reason?: string | undefined;
  readonly report?: Report | undefined;
}

const reasonOf = (skipped: Report['skipped']): string =>
  skipped
    .slice(0, 1)
    .map(({ file, name, reason }) => `${clean(name)} of ${clean(file)}, ${clean(reason)}`)
    .join('');

const describeRun = (run: Run): string => {
  if (run.report === undefined)
    return run.status === 'refused'
      ? `Refused: ${clean(run.reason ?? '')}`
      : `Running: ${Math.round(run.progress * 100)} %.`;
  const { report } = run;
  return [
    `commit ${report.commit.slice(0, 10)}: ${report.candidates} candidates of ${report.functions} functions`,
    ...(report.skipped.length === 0
      ? []
      : [`  ${report.skipped.length} functions got none, for example ${reasonOf(report.skipped)}`]),
    `  of ${report.mutants} mutants ${report.survivedBefore} went unnoticed; the kept tests notice ${report.noticedNow} of them`,
    '',
    report.files.length === 0
      ? 'No test is worth keeping.'
      : table(
          ['FILE', 'TESTS', 'NOTICES'],
          report.files.map(({ path, tests, kills }) => [clean(path), String(tests.length), String(kills)]),
        ),
    ...(report.dropped.length === 0 ? [] : ['', 'Not kept:']),
    ...report.dropped.slice(0, 20).map(({ path, reason }) => `  ${fit(path, 80)}: ${fit(reason, 160)}`),
    ...(report.refuted.length === 0 ? [] : ['', 'What does not hold:']),
    ...report.refuted.slice(0, 20).map(({ name, message }) => `  ${fit(name, 80)}: ${fit(message, 160)}`),
  ].join('\n');
};

/** Writes the kept files below a folder, and nothing outside of it. */
const writeKept = (folder: string, { files }: Report): void => {
  const root = resolve(folder);
  for (const { path, content } of files) {
    const target = resolve(root, path);
    if (!target.startsWith(root + sep)) throw usageFailure(`--out: ${clean(path)} would lie outside of ${folder}`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
};

interface Options {
  readonly limit?: string;
  readonly path?: string;
  readonly seed?: string;
  readonly last?: boolean;
  readonly out?: string;
}

const generate = async (projectId: string, options: Options, command: Command): Promise<void> => {
  const body = {
    ...(options.limit === undefined ? {} : { limit: wholeNumber('--limit', options.limit) }),
    ...(options.seed === undefined ? {} : { seed: wholeNumber('--seed', options.seed) }),
    ...(options.path === undefined ? {} : { path: options.path }),
  };
  const { client, json } = await createContext(command);
  const route = client.api.projects[':projectId'].quality.generation;
  const param = { projectId };
  if (options.last !== true)
    await answerOf(route.$post({ param, json: body }, { headers: { 'idempotency-key': randomUUID() } }));
  const read = async () => answerOf(route.$get({ param }));
  const run =
    options.last === true ? await read() : await followRun(read, ({ progress }) => `${Math.round(progress * 100)} %`);
  if (options.out !== undefined && run.report !== undefined) writeKept(options.out, run.report);
  answer(json, run, describeRun);
  if (run.status === 'refused')
    throw new CommandFailure(exitCodes.usage, 'generation.refused', run.reason ?? 'refused');
};

/** Adds the command to `aidevos quality`. */
export const addGenerateCommand = (quality: Command): void => {
  quality
    .command('generate')
    .description('make tests for the code and keep those that notice what nothing noticed')
    .argument('<project>')
    .option('--path <path>', 'only this file or folder of the code')
    .option('--limit <number>', 'mutants at most, from 1 to 500 (100)')
    .option('--seed <number>', 'of the inputs (1)')
    .option('--last', 'show the last run instead of starting one')
    .option('--out <folder>', 'write the kept tests below this folder')
    .action(generate);
};

/** The command line of the laboratory. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const labUsage = `npm run lab -- run FOLDER          the tests of a folder, once
npm run lab -- watch FOLDER        the same, again for what a change can reach
npm run lab -- exercises FOLDER    every exercise: tests pass on the example, fail on the stub

  --files TEXT        only test files (or exercises) whose path has this text in it
  --setup FILE        is loaded before each test file, as what the configuration names (run, watch)
  --name TEXT         only tests whose full name has this text in it
  --shared            all test files in one isolate, instead of one for each
  --timeout MS        for one test or hook (default 5000)
  --run-timeout MS    for the whole run (default 120000)
  --update            writes snapshots that differ as well
  --ci                writes no snapshot: a missing one fails
  --json              one JSON object on standard output
  --junit FILE        JUnit XML
  --lcov FILE         coverage of the sources as an lcov tracefile (run)
  --jobs N            exercises at the same time (default 4)

Exit code 0: as it should be. 1: something failed. 2: it could not be run. 130: cancelled.`;

export interface LabOptions {
  readonly command: 'run' | 'watch' | 'exercises';
  readonly folder: string;
  readonly files: string | undefined;
  readonly name: string | undefined;
  /** Relative to the folder. */
  readonly setup: string | undefined;
  readonly shared: boolean;
  readonly timeoutMs: number;
  readonly runTimeoutMs: number;
  readonly snapshotMode: 'new' | 'all' | 'none';
  readonly json: boolean;
  readonly junit: string | undefined;
  readonly lcov: string | undefined;
  readonly jobs: number;
}

const commandNames = ['run', 'watch', 'exercises'] as const;

const numberOf = (name: string, text: string | undefined, fallback: number, maximum: number): number => {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= maximum) return value;
  throw new Error(`--${name} must be a whole number from 1 to ${maximum}, not "${text}"`);
};

const folderOf = (text: string | undefined): string => {
  if (text === undefined) throw new Error(`a FOLDER is missing\n\n${labUsage}`);
  const folder = resolve(text);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new Error(`${folder} is not a folder`);
  return folder;
};

/** Undefined when help is asked for; throws with a sentence for a person. */
export const readLabOptions = (args: readonly string[]): LabOptions | undefined => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      files: { type: 'string' },
      name: { type: 'string' },
      setup: { type: 'string' },
      shared: { type: 'boolean' },
      timeout: { type: 'string' },
      'run-timeout': { type: 'string' },
      update: { type: 'boolean' },
      ci: { type: 'boolean' },
      json: { type: 'boolean' },
      junit: { type: 'string' },
      lcov: { type: 'string' },
      jobs: { type: 'string' },
    },
  });
  if (values.help === true || positionals.length === 0) return undefined;
  const command = commandNames.find((name) => name === positionals[0]);
  if (command === undefined) throw new Error(`"${positionals[0] ?? ''}" is not a command\n\n${labUsage}`);
  if (values.lcov !== undefined && command !== 'run') throw new Error('--lcov belongs to run');
  if (values.setup !== undefined && command === 'exercises') throw new Error('--setup belongs to run and watch');
  if (values.update === true && values.ci === true) throw new Error('--update and --ci contradict each other');
  return {
    command,
    folder: folderOf(positionals[1]),
    files: values.files,
    name: values.name,
    setup: values.setup,
    shared: values.shared === true,
    timeoutMs: numberOf('timeout', values.timeout, 5_000, 600_000),
    runTimeoutMs: numberOf('run-timeout', values['run-timeout'], 120_000, 600_000),
    snapshotMode: values.ci === true ? 'none' : values.update === true ? 'all' : 'new',
    json: values.json === true,
    junit: values.junit,
    lcov: values.lcov,
    jobs: numberOf('jobs', values.jobs, 4, 32),
  };
};

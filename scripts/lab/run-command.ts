/** `npm run lab -- run FOLDER`. */
import { writeFileSync } from 'node:fs';
import { toJUnit } from '../../shared/domain/quality/junit.ts';
import { toLcov } from '../../shared/domain/quality/lcov.ts';
import { defaultTestRunLimits } from '../../shared/rpc/sandbox.ts';
import type { LabAnswer, Laboratory } from './laboratory.ts';
import { startLaboratory } from './laboratory.ts';
import type { LabOptions } from './options.ts';
import { findTests, readProject } from './project-files.ts';
import { runProject } from './run-project.ts';
import { withSetup } from './setup-files.ts';
import { describeAnswer } from './run-report.ts';
import { readTestConfig, type TestConfig } from './test-config.ts';
import { writeSnapshots } from './write-snapshots.ts';

/** The tests of the folder that the options ask for. */
export const testsOf = (options: LabOptions, paths: readonly string[], config?: TestConfig): readonly string[] => {
  const wanted = options.files;
  const tests = findTests(paths, config).filter((path) => wanted === undefined || path.includes(wanted));
  if (tests.length > 0) return tests;
  const filtered = wanted === undefined ? '' : ` whose path has "${wanted}" in it`;
  const looked =
    config?.isTest === undefined
      ? '*.test.*, *.spec.*, __tests__/ or, without any of those, test/'
      : `what ${config.source} names`;
  throw new Error(`there is no test file${filtered} in ${options.folder}: ${looked}`);
};

/** Runs some tests of the folder, writes what they ask to have written, and tells. */
export const runTests = async (
  lab: Laboratory,
  options: LabOptions,
  select: (tests: readonly string[]) => readonly string[],
  signal: AbortSignal,
): Promise<LabAnswer> => {
  const { files, binaries, left } = readProject(options.folder);
  if (left.length > 0 && !options.json) console.error(`${left.length} files are too large, and were left out`);
  const config = readTestConfig(files);
  const tests = select(testsOf(options, Object.keys(files), config));
  const setupFiles = [...(config?.setupFiles ?? []), ...(options.setup === undefined ? [] : [options.setup])];
  if (options.setup !== undefined && files[options.setup] === undefined) {
    throw new Error(`--setup: there is no ${options.setup} in ${options.folder}`);
  }
  const limits = {
    ...defaultTestRunLimits,
    testTimeoutMs: options.timeoutMs,
    runTimeoutMs: options.runTimeoutMs,
    fuelPerTest: 5_000_000_000,
    tests: 100_000,
  };
  const settings = {
    limits,
    isolation: options.shared ? ('run' as const) : ('file' as const),
    snapshotMode: options.snapshotMode,
    ...(options.name === undefined ? {} : { wantedName: options.name }),
  };
  const answer = await runProject(
    lab,
    {
      files: withSetup(files, tests, setupFiles),
      binaries,
      tests,
      aliases: config?.aliases ?? {},
      folder: options.folder,
      settings,
      isCovered: options.lcov !== undefined,
    },
    signal,
  );
  for (const problem of writeSnapshots(options.folder, answer.report?.snapshots ?? [])) console.error(problem);
  if (options.junit !== undefined && answer.report !== undefined) writeFileSync(options.junit, toJUnit(answer.report));
  if (options.lcov !== undefined) writeLcov(options.lcov, answer);
  if (options.json) console.log(JSON.stringify(answer));
  else for (const line of describeAnswer(answer)) console.log(line);
  return answer;
};

/** Says so when there is nothing to write: a run that was ended has no counts. */
const writeLcov = (file: string, { maps, report }: LabAnswer): void => {
  if (maps === undefined || report?.hits === undefined) {
    console.error(`${file} was not written: the run has no counts`);
    return;
  }
  writeFileSync(file, toLcov(maps, report.hits));
};

export const runCommand = async (options: LabOptions, signal: AbortSignal): Promise<number> => {
  const lab = await startLaboratory((line) => console.error(`lab: ${line}`));
  try {
    const answer = await runTests(lab, options, (tests) => tests, signal);
    return answer.report?.status === 'passed' ? 0 : 1;
  } finally {
    await lab.stop();
  }
};

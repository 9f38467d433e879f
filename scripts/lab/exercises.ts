/**
 * Exercises, each with a stub, tests and an example solution, of an Exercism track or another collection. An exercise is as it should be when its tests pass on the example and do not pass on the stub.
 */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { defaultTestRunLimits, type TestReport } from '../../shared/rpc/sandbox.ts';
import { readExerciseFiles } from './exercise-layout.ts';
import type { LabAnswer, Laboratory } from './laboratory.ts';
import { readProject } from './project-files.ts';
import { runProject } from './run-project.ts';

/** One run of an exercise's tests. */
interface Outcome {
  readonly status: TestReport['status'] | 'not built' | 'unreadable';
  readonly passed: number;
  readonly failed: number;
  readonly milliseconds: number;
  /** The first thing that went wrong. */
  readonly reason?: string;
}

export interface ExerciseResult {
  readonly name: string;
  readonly example: Outcome;
  readonly stub: Outcome;
  /**
   * In some exercises the stub is working code that is to be refactored: it passes. Then the tests have to fail on files
   * without that code instead.
   */
  readonly stubIsSolved: boolean;
  /** The tests pass on the example and do not on the stub, or on emptied files where the stub is solved already. */
  readonly asExpected: boolean;
}

/**
 * Tests wait to be taken up one by one: all but the first are `xtest`, `xit` or `xdescribe`. The track's own checks turn
 * these on, and leave `test.skip` alone, which is skipped for everyone.
 */
const enabled = (text: string): string =>
  text
    .replaceAll(/\bx(test|it|describe)(?=(?:\.each)?\s*[(`])/g, '$1')
    .replaceAll(/\bx(?:test|it|describe), ?/g, '')
    .replaceAll(/, ?x(?:test|it|describe) ?\}/g, ' }');

/** Other collections let tests wait as `test.skip`. */
const unskipped = (text: string): string => text.replaceAll(/\b(test|it|describe)\.skip\b/g, '$1');

/** An example lies one folder deeper than the file it stands for. */
const moved = (text: string): string => text.replaceAll(/(['"])\.\.\//g, '$1./');

interface Exercise {
  readonly name: string;
  readonly stub: Readonly<Record<string, string>>;
  readonly example: Readonly<Record<string, string>>;
  readonly emptied: Readonly<Record<string, string>>;
  readonly tests: readonly string[];
}

const isScript = /\.[cm]?[jt]sx?$/;

/** Tests of types are for a type checker; the track runs them with a program of their own. */
const isTypeTest = (path: string): boolean => path.endsWith('.tst.ts');

const readExercise = (track: string, folder: string): Exercise => {
  const { solution, test, example, waitsBySkip } = readExerciseFiles(folder);
  const { files } = readProject(folder, (path) => !path.startsWith('.'));
  const stub = { ...files };
  for (const path of test) {
    const text = stub[path];
    if (text !== undefined) stub[path] = waitsBySkip ? unskipped(enabled(text)) : enabled(text);
  }
  const solved = { ...stub };
  for (const [index, path] of example.entries()) {
    const target = solution[index];
    if (target !== undefined) solved[target] = moved(readFileSync(join(folder, path), 'utf8'));
  }
  const emptied = { ...stub, ...Object.fromEntries(solution.map((path) => [path, 'export {};\n'])) };
  const name = nameOf(track, folder);
  const tests = test.filter((path) => files[path] !== undefined && isScript.test(path) && !isTypeTest(path));
  if (tests.length === 0) {
    throw new Error(
      `of its tests (${test.join(', ')}) none is there in JavaScript or TypeScript, and no other runs here`,
    );
  }
  return { name, stub, example: solved, emptied, tests };
};

const outcomeOf = ({ diagnostics, report, buildMs }: LabAnswer): Outcome => {
  if (report === undefined) {
    const [first] = diagnostics;
    const reason = first === undefined ? 'nothing was run' : `${first.file}:${first.line} ${first.message}`;
    return { status: 'not built', passed: 0, failed: 0, milliseconds: buildMs, reason };
  }
  const [broken] = report.loadFailures;
  const failed = report.tests.find(({ status }) => status === 'failed');
  const reason = broken?.failure.message ?? failed?.failure?.message ?? report.reason;
  const { counts } = report;
  return {
    status: report.status,
    passed: counts.passed,
    failed: counts.failed + report.loadFailures.length,
    milliseconds: Math.round(buildMs + report.durationMs),
    ...(reason === undefined ? {} : { reason: reason.split('\n')[0] ?? '' }),
  };
};

/** The tests of an exercise may run long on purpose. */
const limits = { ...defaultTestRunLimits, testTimeoutMs: 180_000, runTimeoutMs: 300_000, fuelPerTest: 5_000_000_000 };
/** A stub that loops is told from one that works well before that. */
const stubLimits = { ...limits, testTimeoutMs: 2_000, runTimeoutMs: 20_000, fuelPerTest: 50_000_000 };

/** An exercise that cannot even be read is one that is not as it should be. */
export const unreadable = (track: string, folder: string, error: unknown): ExerciseResult => {
  const reason = error instanceof Error ? error.message : String(error);
  const outcome: Outcome = { status: 'unreadable', passed: 0, failed: 0, milliseconds: 0, reason };
  return { name: nameOf(track, folder), example: outcome, stub: outcome, stubIsSolved: false, asExpected: false };
};

const nameOf = (track: string, folder: string): string => relative(track, folder).split(sep).join('/') || folder;

/** Runs one exercise, its example and its stub. */
export const tryExercise = async (
  lab: Laboratory,
  track: string,
  folder: string,
  signal?: AbortSignal,
): Promise<ExerciseResult> => {
  const { name, stub, example, emptied, tests } = readExercise(track, folder);
  const run = async (files: Readonly<Record<string, string>>, runLimits: typeof limits): Promise<Outcome> =>
    outcomeOf(await runProject(lab, { files, tests, folder, settings: { limits: runLimits } }, signal));
  const solved = await run(example, limits);
  const unsolved = await run(stub, stubLimits);
  const stubIsSolved = unsolved.status === 'passed';
  const control = stubIsSolved ? await run(emptied, stubLimits) : unsolved;
  const asExpected = solved.status === 'passed' && control.status !== 'passed' && control.status !== 'empty';
  return { name, example: solved, stub: unsolved, stubIsSolved, asExpected };
};

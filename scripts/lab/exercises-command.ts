/** `npm run lab -- exercises FOLDER`: a line for each exercise as it ends, then the totals. */
import { findExercises, knownLayouts } from './exercise-layout.ts';
import { tryExercise, unreadable, type ExerciseResult } from './exercises.ts';
import { startLaboratory } from './laboratory.ts';
import type { LabOptions } from './options.ts';

const column = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

const lineOf = ({ name, example, stub, asExpected }: ExerciseResult): string => {
  const ran = ({ status, passed, failed }: ExerciseResult['stub']): string =>
    column(`${status} (${passed} passed, ${failed} failed)`, 38);
  const line = `${asExpected ? 'ok    ' : 'FAILED'} ${column(name, 44)} ${ran(example)} ${ran(stub)} ${String(example.milliseconds).padStart(6)} ms`;
  const reason = example.status === 'passed' ? undefined : example.reason;
  return reason === undefined ? line : `${line}\n         example: ${reason}`;
};

/** Runs the work for every item, some at a time, in order of the items. */
const inParallel = async <Item, Value>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<Value>,
): Promise<readonly Value[]> => {
  const results: Value[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
  return results;
};

/** Folders of the exercises that the options ask for; throws with what is looked for when there is none. */
const wantedExercises = (options: LabOptions): readonly string[] => {
  const all = findExercises(options.folder);
  if (all.length === 0) {
    const hint = 'Tests without exercises run by: npm run lab -- run FOLDER';
    throw new Error(`${options.folder} holds no exercise, up to four folders deep.\n${knownLayouts}\n${hint}`);
  }
  const folders = all.filter((path) => options.files === undefined || path.includes(options.files));
  if (folders.length === 0) {
    throw new Error(
      `of the ${all.length} exercises in ${options.folder} none has "${options.files ?? ''}" in its path`,
    );
  }
  return folders;
};

export const exercisesCommand = async (options: LabOptions, signal: AbortSignal): Promise<number> => {
  const folders = wantedExercises(options);
  const tell = (line: string): void => {
    if (options.json) console.error(line);
    else console.log(line);
  };
  const startedAt = performance.now();
  const lab = await startLaboratory((line) => console.error(`lab: ${line}`));
  try {
    let done = 0;
    const results = await inParallel(folders, options.jobs, async (folder) => {
      signal.throwIfAborted();
      const result = await tryExercise(lab, options.folder, folder, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return unreadable(options.folder, folder, error);
      });
      done += 1;
      tell(`${String(done).padStart(4)}/${folders.length} ${lineOf(result)}`);
      return result;
    });
    const wrong = results.filter(({ asExpected }) => !asExpected);
    const tests = results.reduce((sum, { example }) => sum + example.passed, 0);
    const seconds = (performance.now() - startedAt) / 1000;
    tell(
      `\n${results.length - wrong.length} of ${results.length} exercises as expected: ${tests} tests passed on the examples, ${seconds.toFixed(1)} s`,
    );
    const solved = results.filter(({ stubIsSolved }) => stubIsSolved).map(({ name }) => name);
    if (solved.length > 0) {
      tell(`${solved.length} bring a stub that passes already, and fail without its code: ${solved.join(', ')}`);
    }
    for (const { name, example, stub } of wrong) {
      tell(
        `  ${name}: example ${example.status}, stub ${stub.status}${example.reason === undefined ? '' : `; ${example.reason}`}`,
      );
    }
    if (options.json)
      console.log(JSON.stringify({ exercises: results, asExpected: results.length - wrong.length, tests, seconds }));
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await lab.stop();
  }
};

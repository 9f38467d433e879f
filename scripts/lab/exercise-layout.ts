/**
 * Where exercises lie in a checkout, and which of their files is what. Two layouts are known: that of Exercism, whose
 * `.meta/config.json` names the files, and a folder with a stub, its tests and a solution, told by their names.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Paths relative to the folder of the exercise. */
export interface ExerciseFiles {
  readonly solution: readonly string[];
  readonly test: readonly string[];
  /** What is put in the place of the files of `solution`, in the same order. */
  readonly example: readonly string[];
  /** Tests wait as `test.skip`, where Exercism has `xtest` and means a skip as a skip. */
  readonly waitsBySkip: boolean;
}

/** What `exercises` looks for, for a person who pointed it at something else. */
export const knownLayouts = `An exercise is a folder with
  .meta/config.json, whose "files" name "solution", "test" and "example" or "exemplar" (Exercism); or
  NAME.js, NAME.spec.js or NAME.test.js, and solution/NAME-solution.js, solution/NAME.js, NAME.solution.js,
  NAME-solution.js, solution.js, or .meta/ with proof.ci.js, exemplar.js or example.js (.ts, .mjs and so on as well)`;

const filesSchema = z.object({
  solution: z.array(z.string()),
  test: z.array(z.string()),
  example: z.array(z.string()).optional(),
  exemplar: z.array(z.string()).optional(),
});

/**
 * The part `files` of an exercise's configuration. Only that part is read: some tracks carry configurations that are not
 * valid JSON further down.
 */
const readConfiguredFiles = (folder: string): ExerciseFiles => {
  const path = join(folder, '.meta', 'config.json');
  const part = /"files"\s*:\s*(\{[^{}]*\})/.exec(readFileSync(path, 'utf8'))?.[1];
  const parsed = filesSchema.safeParse(part === undefined ? undefined : JSON.parse(part));
  if (parsed.success) {
    const { solution, test, example = [], exemplar = [] } = parsed.data;
    return { solution, test, example: [...example, ...exemplar], waitsBySkip: false };
  }
  const [issue] = parsed.error.issues;
  throw new Error(`${path}: files.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}`);
};

/** Whether a configuration is there that names files; what is planned or withdrawn names none. */
const isConfigured = (folder: string): boolean => {
  const path = join(folder, '.meta', 'config.json');
  return existsSync(path) && readFileSync(path, 'utf8').includes('"files"');
};

const testName = /^(.+)\.(?:spec|test)(\.[cm]?[jt]sx?)$/;

const solutionNames = (stem: string, extension: string): readonly string[] => [
  `solution/${stem}-solution${extension}`,
  `solution/${stem}.solution${extension}`,
  `solution/${stem}${extension}`,
  `solutions/${stem}${extension}`,
  `${stem}.solution${extension}`,
  `${stem}-solution${extension}`,
  `solution${extension}`,
  `.meta/proof.ci${extension}`,
  `.meta/exemplar${extension}`,
  `.meta/example${extension}`,
];

/** The files of an exercise by their names; undefined when a stub, its tests or a solution is not there. */
const findNamedFiles = (folder: string): ExerciseFiles | undefined => {
  const names = readdirSync(folder);
  const found = names.flatMap((test) => {
    const [, stem = '', extension = ''] = testName.exec(test) ?? [];
    const stub = `${stem}${extension}`;
    const example =
      stem === '' ? undefined : solutionNames(stem, extension).find((path) => existsSync(join(folder, path)));
    return example === undefined || !names.includes(stub) || example === stub ? [] : [{ stub, test, example }];
  });
  if (found.length === 0) return undefined;
  return {
    solution: found.map(({ stub }) => stub),
    test: found.map(({ test }) => test),
    example: found.map(({ example }) => example),
    waitsBySkip: true,
  };
};

const isExercise = (folder: string): boolean => isConfigured(folder) || findNamedFiles(folder) !== undefined;

/** The files of the exercise in a folder that `findExercises` named. Throws when its configuration cannot be read. */
export const readExerciseFiles = (folder: string): ExerciseFiles => {
  const named = isConfigured(folder) ? undefined : findNamedFiles(folder);
  return named ?? readConfiguredFiles(folder);
};

/** Folders of exercises in a checkout, or the folder itself when it is one. */
export const findExercises = (folder: string): readonly string[] => {
  if (isExercise(folder)) return [folder];
  const found: string[] = [];
  const look = (current: string, depth: number): void => {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
      const path = join(current, entry.name);
      if (isExercise(path)) found.push(path);
      else if (depth > 0) look(path, depth - 1);
    }
  };
  look(folder, 3);
  return found.toSorted();
};

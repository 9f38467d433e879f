/** Coverage by our counters and by istanbul-lib-instrument on the same real files: totals, and the time of both. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { installPackage } from '../../scripts/platform/own-package.ts';
import { repositoryRoot } from '../../scripts/platform/state-folder.ts';
import type { FileCoverageMap } from '../../shared/domain/quality/coverage/coverage-map.ts';
import { coverSource } from '../../workers/toolchain/measure/coverage/cover-source.ts';
import { toolsFolder } from './stryker.ts';

interface Totals {
  readonly statements: number;
  readonly branches: number;
  readonly functions: number;
}

/** The parts of istanbul's interface that are used. */
interface Instrumenter {
  readonly instrumentSync: (code: string, file: string) => string;
  readonly lastFileCoverage: () => {
    readonly statementMap: object;
    readonly fnMap: object;
    readonly branchMap: Readonly<Record<string, { readonly locations: readonly unknown[] }>>;
  };
}

const folders = [
  'shared/domain',
  'node_modules/hono/dist',
  'node_modules/fast-check/lib',
  'node_modules/commander/lib',
  'node_modules/yaml/dist',
  'node_modules/ajv/lib',
  'node_modules/magic-string/dist',
];
const filesOfFolder = 40;
const maxBytes = 200_000;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      const entry = statSync(path);
      if (entry.isDirectory()) return name === 'node_modules' ? [] : filesIn(path);
      const isSource = /\.(?:ts|js|mjs)$/.test(name) && !/\.(?:d\.ts|test\.ts|min\.js)$/.test(name);
      return isSource && entry.size <= maxBytes ? [path] : [];
    });

const ofMap = ({ statements, branches, functions }: FileCoverageMap): Totals => ({
  statements: statements.length,
  branches: branches.reduce((sum, { paths }) => sum + paths.length, 0),
  functions: functions.length,
});

const byIstanbul = (create: (options: object) => Instrumenter, path: string, text: string): Totals => {
  const parserPlugins = path.endsWith('.ts') ? ['typescript'] : [];
  const instrumenter = create({ esModules: true, parserPlugins });
  instrumenter.instrumentSync(text, path);
  const { statementMap, fnMap, branchMap } = instrumenter.lastFileCoverage();
  return {
    statements: Object.keys(statementMap).length,
    branches: Object.values(branchMap).reduce((sum, { locations }) => sum + locations.length, 0),
    functions: Object.keys(fnMap).length,
  };
};

const add = (a: Totals, b: Totals): Totals => ({
  statements: a.statements + b.statements,
  branches: a.branches + b.branches,
  functions: a.functions + b.functions,
});

const write = ({ statements, branches, functions }: Totals): string =>
  `${statements} statements, ${branches} branches, ${functions} functions`;

export const measureCoverage = async (tell: (line: string) => void): Promise<object> => {
  await installPackage(toolsFolder);
  const load = createRequire(join(toolsFolder, 'index.js'));
  // SAFETY: the package's documented interface, in the version that the lock file names.
  const { createInstrumenter } = load('istanbul-lib-instrument') as {
    readonly createInstrumenter: (options: object) => Instrumenter;
  };
  const none: Totals = { statements: 0, branches: 0, functions: 0 };
  let ours = none;
  let istanbul = none;
  let oursMs = 0;
  let istanbulMs = 0;
  let files = 0;
  const differing: string[] = [];
  for (const path of folders.flatMap((folder) => filesIn(join(repositoryRoot, folder)).slice(0, filesOfFolder))) {
    const text = readFileSync(path, 'utf8');
    const startedAt = performance.now();
    const covered = coverSource(path, text, 0);
    const between = performance.now();
    const theirs = byIstanbul(createInstrumenter, path, text);
    istanbulMs += performance.now() - between;
    oursMs += between - startedAt;
    const name = relative(repositoryRoot, path);
    if (!covered.ok) {
      differing.push(`${name}: ${covered.reason}`);
      continue;
    }
    files += 1;
    const own = ofMap(covered.source.map);
    ours = add(ours, own);
    istanbul = add(istanbul, theirs);
    if (write(own) !== write(theirs)) differing.push(`${name}: ${write(own)}; istanbul: ${write(theirs)}`);
  }
  for (const line of differing) tell(`  differs: ${line}`);
  tell(`${files} files: ${write(ours)}; istanbul: ${write(istanbul)}; time ${(oursMs / istanbulMs).toFixed(2)} of its`);
  return { files, ours, istanbul, differing, timeShare: oursMs / istanbulMs };
};

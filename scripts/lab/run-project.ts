/** Runs the tests of a project's files, with the packages that they turn out to need. */
import { isTestPath } from '../../shared/domain/code/language.ts';
import { isBenchFile } from '../../shared/domain/quality/performance/bench-file.ts';
import { snapshotPathOf } from '../../shared/domain/quality/snapshot-file.ts';
import type { TestRunRequest } from '../../shared/rpc/sandbox.ts';
import { isForeignRunner, withBrokenFiles } from './broken-files.ts';
import { refusedAtLoading, withSecondTry } from './second-try.ts';
import type { LabAnswer, LabRequest, Laboratory } from './laboratory.ts';
import { readPackage } from './project-files.ts';

export interface ProjectRun {
  readonly files: Readonly<Record<string, string>>;
  /** Files that are no text, in Base64. */
  readonly binaries?: Readonly<Record<string, string>>;
  readonly tests: readonly string[];
  /** Where installed packages are looked for; none without it. */
  readonly folder?: string;
  /** What the configuration of the tests says that imports mean. */
  readonly aliases?: LabRequest['aliases'];
  /** Counts what of the sources the tests run. */
  readonly isCovered?: boolean;
  readonly settings: Pick<TestRunRequest, 'limits' | 'isolation' | 'snapshotMode' | 'wantedName'>;
}

const codeFile = /\.(?:[cm]?[jt]sx?|json)$/;

/** Code that tests are about. */
const isSource = (path: string): boolean =>
  /\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path) && !isTestPath(path) && !isBenchFile(path);

/** Packages are found one layer at a time; a chain of dependencies is no longer than this. */
const maxRounds = 12;

/** Packages that the build asked for and did not find; test runners are none that would help. */
const wantedPackages = ({ diagnostics, missing, broken = {} }: LabAnswer): readonly string[] => {
  const entries = [...diagnostics, ...missing, ...Object.values(broken).flat()];
  return [...new Set(entries.flatMap((entry) => entry.package ?? []))].filter((name) => !isForeignRunner(name));
};

/**
 * Files that need timers or random values while they are loaded are tried once more as CommonJS, which is called and not
 * evaluated.
 */
export const runProject = async (lab: Laboratory, run: ProjectRun, signal?: AbortSignal): Promise<LabAnswer> => {
  const answer = await runWithPackages(lab, run, undefined, signal);
  const again = run.isCovered === true ? [] : refusedAtLoading(answer.report);
  if (again.length === 0) return answer;
  const second = await runWithPackages(lab, { ...run, tests: again }, 'commonjs', signal);
  return withSecondTry(answer, again, second);
};

const runWithPackages = async (
  lab: Laboratory,
  run: ProjectRun,
  format: LabRequest['format'],
  signal: AbortSignal | undefined,
): Promise<LabAnswer> => {
  const code = Object.fromEntries(Object.entries(run.files).filter(([path]) => codeFile.test(path)));
  const snapshotFiles: Record<string, string> = {};
  for (const test of run.tests) {
    const path = snapshotPathOf(test);
    const text = run.files[path];
    if (text !== undefined) snapshotFiles[path] = text;
  }
  const covered = run.isCovered === true ? { covered: Object.keys(code).filter(isSource) } : {};
  const packages: Record<string, string> = {};
  const asked = new Set<string>();
  for (let round = 1; ; round += 1) {
    const answer = await lab.run(
      {
        files: { ...packages, ...code },
        entries: run.tests,
        ...covered,
        ...(run.aliases === undefined ? {} : { aliases: run.aliases }),
        ...(format === undefined ? {} : { format }),
        ...run.settings,
        snapshotFiles,
        data: run.files,
        ...(run.binaries === undefined ? {} : { binaryData: run.binaries }),
      },
      signal,
    );
    const wanted = wantedPackages(answer).filter((name) => !asked.has(name));
    if (run.folder === undefined || wanted.length === 0 || round === maxRounds) return withBrokenFiles(answer);
    for (const name of wanted) {
      asked.add(name);
      Object.assign(packages, readPackage(run.folder, name));
    }
  }
};

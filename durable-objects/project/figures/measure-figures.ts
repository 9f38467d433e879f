/**
 * Measures of a commit that have no event of their own: one function for each kind, all of them repeatable. What cannot
 * be measured becomes figures without a number, so that the gate fails and says why.
 */
import type { GuardedSandbox } from '../../../shared/adapters/services/guarded-sandbox.ts';
import { measureCoverage } from '../../../shared/adapters/services/measure-coverage.ts';
import { askCode, type CodeSource } from '../../../shared/domain/code/ask-code.ts';
import { apiFigures } from '../../../shared/domain/quality/api-compatibility/api-figures.ts';
import { apiSurface, packageVersion } from '../../../shared/domain/quality/api-compatibility/surface.ts';
import { changeCoverage, totalCoverage } from '../../../shared/domain/quality/coverage/summarize.ts';
import { linesOfChange, sinceText, type State } from '../../../shared/domain/quality/figures/change.ts';
import { documentationFigures, qualityFigures } from '../../../shared/domain/quality/figures/code-figures.ts';
import { coverageFigures, notMeasured, resourceFigures } from '../../../shared/domain/quality/figures/test-figures.ts';
import type { Figures } from '../../../shared/domain/quality/judge/gate.ts';
import { toLcov } from '../../../shared/domain/quality/lcov.ts';
import { isTestFile } from '../../../shared/domain/tool/check-tools.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { FileMetrics } from '../../../shared/rpc/code.ts';
import type { RepositoryRpc } from '../../../shared/rpc/repository.ts';
import { defaultTestRunLimits } from '../../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../../shared/rpc/toolchain.ts';
import { appEntry } from '../release.ts';

/** The kinds that are measured here, in the order in which they are measured: what is quick comes first. */
export const figureKinds = [
  'size',
  'documentation',
  'api',
  'quality',
  'resources',
  'coverage',
  'mutation',
] as const satisfies readonly Figures['kind'][];
export type FigureKindName = (typeof figureKinds)[number];

export const isFigureKind = (kind: string): kind is FigureKindName => figureKinds.some((known) => known === kind);

export interface FigureInput {
  readonly after: State;
  /** The version that was released before; undefined while there is none. */
  readonly before: State | undefined;
  readonly repository: RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: GuardedSandbox;
  readonly runId: string;
  readonly host: string;
  /** Tests mutants of the change. */
  /** Keeps the counts of a coverage run as an lcov tracefile. */
  readonly keepLcov: (commit: string, lcov: string) => void;
  readonly testMutants: (after: State, before: State | undefined, runId: string) => Promise<Result<readonly Figures[]>>;
}

const encoder = new TextEncoder();
const runTimeoutMs = 120_000;
/** More than any page of code intelligence holds. */
const most = 100_000;

const refuse = (detail: string): Result<never> => err({ type: 'resource.conflict', detail });

const size = async ({ after, toolchain }: FigureInput): Promise<Result<Figures>> => {
  const { commit, files } = after;
  if (files[appEntry] === undefined) return refuse(`there is no ${appEntry}`);
  const built = await toolchain.build({ files, entries: [appEntry] });
  if (!built.ok) return refuse(`the app does not build: ${built.error[0]?.message ?? 'no reason given'}`);
  const bytes = Object.values(built.value.modules).reduce((sum, code) => sum + encoder.encode(code).byteLength, 0);
  return ok({ kind: 'size', commit, figures: { bytes }, summary: `${bytes} bytes of built modules` });
};

const sourceOf = ({ repository, toolchain }: FigureInput, { commit }: State): CodeSource => ({
  repository,
  toolchain,
  ref: commit,
});

const documentation = async (input: FigureInput): Promise<Result<Figures>> => {
  const { after } = input;
  const answer = await askCode<'documentation'>(sourceOf(input, after), { kind: 'documentation', limit: 1 });
  return answer.ok ? ok(documentationFigures(after.commit, answer.value, answer.value.endpoints, after.files)) : answer;
};

const api = async (input: FigureInput): Promise<Result<Figures>> => {
  const surfaceOf = async (state: State) => {
    const answer = await askCode<'documentation'>(sourceOf(input, state), { kind: 'documentation', limit: 1 });
    if (!answer.ok) return answer;
    const surface = apiSurface(state.files, answer.value.endpoints);
    return ok({ surface, commit: state.commit, number: surface.version ?? packageVersion(state.files) });
  };
  const now = await surfaceOf(input.after);
  const before = input.before === undefined ? ok(undefined) : await surfaceOf(input.before);
  if (!now.ok) return now;
  if (!before.ok) return before;
  return ok(apiFigures(input.after.commit, before.value, now.value));
};

const quality = async (input: FigureInput): Promise<Result<Figures>> => {
  const { after, before } = input;
  const source = sourceOf(input, after);
  const functions = await askCode<'functions'>(source, { kind: 'functions', limit: most });
  const duplication = await askCode<'duplication'>(source, { kind: 'duplication', limit: most });
  const cycles = await askCode<'cycles'>(source, { kind: 'cycles' });
  const metrics = await allMetrics(source);
  if (!functions.ok) return functions;
  if (!duplication.ok) return duplication;
  if (!cycles.ok) return cycles;
  if (!metrics.ok) return metrics;
  const answers = {
    functions: functions.value.functions,
    duplicates: duplication.value.duplicates,
    cycles: cycles.value.cycles,
    metrics: metrics.value,
  };
  return ok(qualityFigures(after.commit, answers, linesOfChange(before, after), sinceText(before)));
};

const allMetrics = async (source: CodeSource): Promise<Result<readonly FileMetrics[]>> => {
  const files: FileMetrics[] = [];
  let after: string | undefined;
  do {
    const page = await askCode<'metrics'>(source, {
      kind: 'metrics',
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    if (!page.ok) return page;
    files.push(...page.value.files);
    after = page.value.next;
  } while (after !== undefined);
  return ok(files);
};

const testFilesOf = (state: State): Result<readonly string[]> => {
  const entries = Object.keys(state.files).filter(isTestFile);
  return entries.length === 0 ? refuse('there is no test file (a name that ends in .test.ts)') : ok(entries);
};

const resources = async ({ after, toolchain, sandbox, runId, host }: FigureInput): Promise<Result<Figures>> => {
  const entries = testFilesOf(after);
  if (!entries.ok) return entries;
  const built = await toolchain.build({ files: after.files, entries: entries.value, purpose: 'tests' });
  if (!built.ok) return refuse(`the tests do not build: ${built.error[0]?.message ?? 'no reason given'}`);
  const report = await sandbox.runTests({
    runId: `${runId}:resources`,
    host,
    built: built.value,
    testFiles: entries.value,
    limits: { ...defaultTestRunLimits, runTimeoutMs },
  });
  const isComplete = report.status === 'passed' || report.status === 'failed';
  return isComplete ? ok(resourceFigures(after.commit, report)) : refuse(`the run ${report.reason ?? report.status}`);
};

const coverage = async (input: FigureInput): Promise<Result<Figures>> => {
  const { after, before } = input;
  const entries = testFilesOf(after);
  if (!entries.ok) return entries;
  const run = await measureCoverage(input, after.files, entries.value);
  if (!run.ok) return run;
  const { files, build, report } = run.value;
  input.keepLcov(after.commit, toLcov(build.maps, report.hits ?? []));
  const change = changeCoverage(files, linesOfChange(before, after));
  return ok(coverageFigures(after.commit, totalCoverage(files), change, sinceText(before)));
};

const mutation = async ({ after, before, testMutants, runId }: FigureInput): Promise<Result<Figures>> => {
  const figures = await testMutants(after, before, runId);
  if (!figures.ok) return figures;
  const found = figures.value.find(({ kind }) => kind === 'mutation');
  return found === undefined ? refuse('no mutant was tested') : ok(found);
};

const measures: Readonly<Record<FigureKindName, (input: FigureInput) => Promise<Result<Figures>>>> = {
  size,
  documentation,
  api,
  quality,
  resources,
  coverage,
  mutation,
};

/** The figures of one kind on the commit of `after`. Rejects only when the repository or the toolchain stays away. */
export const measureFigures = async (kind: FigureKindName, input: FigureInput): Promise<Figures> => {
  const measured = await measures[kind](input);
  return measured.ok ? measured.value : notMeasured(kind, input.after.commit, measured.error.detail);
};

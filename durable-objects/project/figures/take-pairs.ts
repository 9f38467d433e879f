/** One step of a performance test: builds both versions, takes some pairs, and answers the samples. */
import type { GuardedSandbox } from '../../../shared/adapters/services/guarded-sandbox.ts';
import { askCode } from '../../../shared/domain/code/ask-code.ts';
import { apiSurface } from '../../../shared/domain/quality/api-compatibility/surface.ts';
import type { State } from '../../../shared/domain/quality/figures/change.ts';
import { isBenchFile } from '../../../shared/domain/quality/performance/bench-file.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { BenchReport, LoadBlock, LoadExchange, LoadSide } from '../../../shared/rpc/bench.ts';
import type { LoadSettings } from '../../../shared/rpc/performance.ts';
import type { RepositoryRpc } from '../../../shared/rpc/repository.ts';
import type { BuiltModules, ToolchainRpc } from '../../../shared/rpc/toolchain.ts';
import { appEntry } from '../release.ts';

export interface PairInput {
  readonly change: State;
  readonly before: State | undefined;
  readonly pairs: number;
  /** Another one for each step, so that the order of the sides differs. */
  readonly seed: number;
  readonly runId: string;
  readonly host: string;
  readonly repository: RepositoryRpc;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: GuardedSandbox;
}

const usualRatePerSecond = 50;
const loadBlockMs = 1_000;
/** Endpoints that a load without settings asks. */
const mostExchanges = 10;
const healthPath = '/health';

const refuse = (detail: string): Result<never> => err({ type: 'resource.conflict', detail });

const build = async (
  toolchain: ToolchainRpc,
  { commit, files }: State,
  entries: readonly string[],
  purpose: 'app' | 'tests',
): Promise<Result<BuiltModules>> => {
  const built = await toolchain.build({ files, entries, purpose });
  if (built.ok) return built;
  const [first] = built.error;
  const place = first === undefined ? '' : `: ${first.file}:${first.line}: ${first.message}`;
  return refuse(`${commit.slice(0, 10)} does not build${place}`);
};

/** Rounds of all benchmarks. A version before that does not build, or has none of them, is compared with nothing. */
export const takeBenchPairs = async (input: PairInput): Promise<Result<BenchReport>> => {
  const { change, before, toolchain, sandbox, pairs, seed, runId, host } = input;
  const files = Object.keys(change.files).filter(isBenchFile).toSorted();
  if (files.length === 0) return refuse('There is no benchmark. Write a file whose name ends in .bench.ts.');
  const built = await build(toolchain, change, files, 'tests');
  if (!built.ok) return built;
  const known = before === undefined ? [] : files.filter((file) => before.files[file] !== undefined);
  const old = before === undefined || known.length === 0 ? undefined : await build(toolchain, before, known, 'tests');
  return await sandbox.runBench({
    runId,
    host,
    files,
    change: { built: built.value },
    ...(old?.ok === true ? { before: { built: old.value } } : {}),
    rounds: pairs,
    seed,
  });
};

const sideOf = async (toolchain: ToolchainRpc, state: State): Promise<Result<LoadSide>> => {
  if (state.files[appEntry] === undefined)
    return refuse(`${state.commit.slice(0, 10)} has no ${appEntry}, which exports the class App.`);
  const built = await build(toolchain, state, [appEntry], 'app');
  return built.ok ? ok({ version: state.commit, built: built.value, entry: appEntry }) : built;
};

/** What a load asks for unless it is told: the health route, and every `GET` without a parameter. */
const usualExchanges = async ({ change, repository, toolchain }: PairInput): Promise<readonly LoadExchange[]> => {
  const source = { repository, toolchain, ref: change.commit };
  const answer = await askCode<'documentation'>(source, { kind: 'documentation', limit: 1 });
  const surface = apiSurface(change.files, answer.ok ? answer.value.endpoints : []);
  const paths = [...surface.operations.values()].flatMap(({ name }) => {
    const [method, path = ''] = name.split(' ');
    return method === 'GET' && /^\/[^{}:<>*]*$/.test(path) ? [path] : [];
  });
  return [...new Set([healthPath, ...paths])].slice(0, mostExchanges).map((path) => ({ method: 'GET', path }));
};

/** Blocks of load on both versions in turn. */
export const takeLoadPairs = async (
  input: PairInput,
  settings: LoadSettings,
): Promise<Result<readonly LoadBlock[]>> => {
  const { change, before, toolchain, sandbox, host, pairs, seed } = input;
  const sides: LoadSide[] = [];
  for (const state of before === undefined ? [change] : [before, change]) {
    const side = await sideOf(toolchain, state);
    if (!side.ok) return side;
    sides.push(side.value);
  }
  return await sandbox.load({
    app: host,
    sides,
    prepare: settings.prepare ?? [],
    exchanges: settings.exchanges ?? (await usualExchanges(input)),
    ratePerSecond: settings.ratePerSecond ?? usualRatePerSecond,
    blockMs: loadBlockMs,
    blocks: pairs,
    seed,
  });
};

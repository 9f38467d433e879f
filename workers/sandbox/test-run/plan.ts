/** What the isolates of a run are told: which files, with which snapshots and data, and which parts they need. */
import { parseSnapshotFile, snapshotPathOf } from '../../../shared/domain/quality/snapshot-file.ts';
import type { TestReport, TestRunRequest } from '../../../shared/rpc/sandbox.ts';
import type { BuiltModules } from '../../../shared/rpc/toolchain.ts';
import { guestModuleNames } from '../guest/module-names.ts';
import type { TestPlan } from '../guest/test-main.ts';

/** One isolate's share of the run. */
export interface Plan {
  readonly plan: TestPlan;
  readonly unknownFiles: TestReport['loadFailures'];
}

/** The plans of a run: one for all files, or one for each. */
export function plansOf(request: TestRunRequest): readonly Plan[] {
  const moduleBySource = new Map(Object.entries(request.built.moduleBySource));
  const files: TestPlan['files'][number][] = [];
  const unknownFiles: TestReport['loadFailures'][number][] = [];
  for (const source of new Set(request.testFiles)) {
    const module = moduleBySource.get(source);
    const registered = `@commonjs/${String(module)}`;
    if (module !== undefined) {
      files.push({ source, module, ...(request.built.modules[registered] === undefined ? {} : { registered }) });
    } else unknownFiles.push({ file: source, failure: { message: 'The file is not among the built modules' } });
  }
  const common = commonOf(request);
  const readers = readersOf(request.built);
  const planFor = (some: typeof files): TestPlan => ({
    ...common,
    ...dataOf(request, some, readers),
    files: some,
    snapshots: some.map(({ source }) => snapshotsOf(request, source)),
  });
  if (request.isolation !== 'file' || files.length < 2) return [{ plan: planFor(files), unknownFiles }];
  return files.map((file, index) => ({ plan: planFor([file]), unknownFiles: index === 0 ? unknownFiles : [] }));
}

function commonOf(request: TestRunRequest): Omit<TestPlan, 'files' | 'snapshots' | 'data' | 'binaryData'> {
  const { moduleBySource, modules } = request.built;
  const code = Object.values(modules);
  return {
    sources: Object.entries(moduleBySource).flatMap(([source, module]) => [
      [module, source] as const,
      [`@commonjs/${module}`, source] as const,
    ]),
    limits: request.limits,
    needs: {
      fakeTime: code.some((text) => /useFakeTimers|setSystemTime/.test(text)),
      snapshots: code.some((text) => /Snapshot\b/.test(text)),
      fastCheck: code.some((text) => text.includes(guestModuleNames.fastCheck)),
    },
    ...(request.measure === undefined ? {} : { measure: request.measure }),
    snapshotMode: request.snapshotMode ?? 'none',
    ...(request.wantedName === undefined ? {} : { wantedName: request.wantedName }),
  };
}

/** What code can get at files by. */
const readsFiles =
  /["'](?:node:)?fs(?:\/promises)?["']|getBuiltinModule|@sandbox\/node-(?:child-process|worker-threads)/;

/** Sources that may read files. */
function readersOf({ modules, moduleBySource }: BuiltModules): ReadonlySet<string> {
  const isReader = (module: string): boolean => readsFiles.test(modules[module] ?? '');
  return new Set(
    Object.entries(moduleBySource).flatMap(([source, module]) =>
      isReader(module) || isReader(`@commonjs/${module}`) ? [source] : [],
    ),
  );
}

/** An isolate pays for every file that it is given: only those get them whose code can read any. */
function dataOf(
  request: TestRunRequest,
  files: readonly { readonly source: string }[],
  readers: ReadonlySet<string>,
): Pick<TestPlan, 'data' | 'binaryData'> {
  const { imports } = request.built;
  const sources = files.map(({ source }) => source);
  const reads = imports === undefined || [...reachedSources(imports, sources)].some((source) => readers.has(source));
  if (!reads) return { data: [], binaryData: [] };
  return { data: Object.entries(request.data ?? {}), binaryData: Object.entries(request.binaryData ?? {}) };
}

function snapshotsOf(request: TestRunRequest, file: string): TestPlan['snapshots'][number] {
  const { entries, separator } = parseSnapshotFile(request.snapshotFiles?.[snapshotPathOf(file)] ?? '');
  return { file, separator, entries: [...entries] };
}

/** The modules that some test files reach: an isolate pays for every module that it is given. */
export function reachedModules(built: BuiltModules, files: readonly string[]): BuiltModules['modules'] {
  const { imports, moduleBySource, modules } = built;
  if (imports === undefined) return modules;
  const reached = reachedSources(imports, files);
  const names = new Set([...reached].flatMap((file) => moduleBySource[file] ?? []));
  const isReached = (name: string): boolean => names.has(name.startsWith('@commonjs/') ? name.slice(10) : name);
  return Object.fromEntries(Object.entries(modules).filter(([name]) => isReached(name)));
}

function reachedSources(
  imports: Readonly<Record<string, readonly string[]>>,
  files: readonly string[],
): ReadonlySet<string> {
  const reached = new Set(files);
  for (const file of reached) for (const next of imports[file] ?? []) reached.add(next);
  return reached;
}

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
  const files: { source: string; module: string }[] = [];
  const unknownFiles: TestReport['loadFailures'][number][] = [];
  for (const source of new Set(request.testFiles)) {
    const module = moduleBySource.get(source);
    if (module !== undefined) files.push({ source, module });
    else unknownFiles.push({ file: source, failure: { message: 'The file is not among the built modules' } });
  }
  const common = commonOf(request);
  const planFor = (some: typeof files): TestPlan => ({
    ...common,
    files: some,
    snapshots: some.map(({ source }) => snapshotsOf(request, source)),
  });
  if (request.isolation !== 'file' || files.length < 2) return [{ plan: planFor(files), unknownFiles }];
  return files.map((file, index) => ({ plan: planFor([file]), unknownFiles: index === 0 ? unknownFiles : [] }));
}

function commonOf(request: TestRunRequest): Omit<TestPlan, 'files' | 'snapshots'> {
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
    data: Object.entries(request.data ?? {}),
    ...(request.wantedName === undefined ? {} : { wantedName: request.wantedName }),
  };
}

function snapshotsOf(request: TestRunRequest, file: string): TestPlan['snapshots'][number] {
  const { entries, separator } = parseSnapshotFile(request.snapshotFiles?.[snapshotPathOf(file)] ?? '');
  return { file, separator, entries: [...entries] };
}

/** The modules that some test files reach: an isolate pays for every module that it is given. */
export function reachedModules(built: BuiltModules, files: readonly string[]): BuiltModules['modules'] {
  const { imports, moduleBySource, modules } = built;
  if (imports === undefined) return modules;
  const reached = new Set<string>();
  const pending = [...files];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    pending.push(...(imports[file] ?? []));
  }
  const names = new Set([...reached].flatMap((file) => moduleBySource[file] ?? []));
  const isReached = (name: string): boolean => names.has(name.startsWith('@commonjs/') ? name.slice(10) : name);
  return Object.fromEntries(Object.entries(modules).filter(([name]) => isReached(name)));
}

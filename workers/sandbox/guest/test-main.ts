/**
 * The main module of a test isolate. It is loaded before any guest code, takes hold of what it needs, and only then
 * loads the test files one after the other. Its answer is one string.
 */
import { DurableObject } from 'cloudflare:workers';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from './attempt.ts';
import { attempt } from './attempt.ts';
import { forgetMocks, runLater } from './commonjs.ts';
import { captureConsole, capturedConsole } from './console-capture.ts';
import { setDatabaseStorage } from './database-storage.ts';
import type { TimeLibrary } from './fake-time.ts';
import { fakeTime, setTimeLibrary } from './fake-time.ts';
import { giveTimeToModules } from './module-clock.ts';
import { copiesFolder, projectFolder, reservedFolder } from './module-names.ts';
import { nodeProcess } from './node-process.ts';
import type { List } from './primordials.ts';
import type { ChosenTests, MeasurePlan } from './measure.ts';
import { noteFailure, openMeasure, switchMutant } from './measure.ts';
import { bare, defineProperty, fixPromises, itemAt, listOf, now, parseJson, push } from './primordials.ts';
import type { LoadFailure, SnapshotReport } from './report-text.ts';
import { reportText } from './report-text.ts';
import type { ReachedOutside, RunLimits, TestOutcome } from './run-hooks.ts';
import { noteOutside, runFile } from './run-suite.ts';
import type { SnapshotMode, SnapshotPrinter } from './snapshots.ts';
import { openSnapshots, setSnapshotPrinter, snapshotChanges, unusedSnapshots } from './snapshots.ts';
import { setSources } from './source-place.ts';
import type { Suite } from './suite.ts';
import { abandonFile, closeFile, forgetDeclared, openFile, setMaxTests } from './suite.ts';
import { installTestGlobals } from './test-globals.ts';
import { watchRejections } from './attempt.ts';

/** What the host tells the isolate, as JSON. */
export interface TestPlan {
  /** `registered`: the module that registers the file's code, when it is CommonJS. */
  readonly files: readonly { readonly source: string; readonly module: string; readonly registered?: string }[];
  readonly sources: readonly (readonly [module: string, source: string])[];
  readonly limits: {
    readonly testTimeoutMs: number;
    readonly runTimeoutMs: number;
    readonly fuelPerTest: number;
    readonly tests?: number;
  };
  readonly measure?: MeasurePlan;
  /** Parts that are loaded only where the code asks for them. */
  readonly needs: { readonly fakeTime: boolean; readonly snapshots: boolean; readonly fastCheck: boolean };
  readonly snapshotMode: SnapshotMode;
  readonly snapshots: readonly {
    readonly file: string;
    readonly separator: string;
    readonly entries: readonly (readonly [name: string, value: string])[];
  }[];
  /** Text files that tests may read, by path. */
  readonly data: readonly (readonly [path: string, text: string])[];
  /** Other files that tests may read, in Base64. */
  readonly binaryData: readonly (readonly [path: string, base64: string])[];
  readonly wantedName?: string;
}

/** One more run of the tests of a file. */
export interface RepeatPlan {
  /** The folder of a copy of the modules that nothing has loaded yet: it is loaded first, with the mutant. */
  readonly copy?: number;
  /** 0: none. */
  readonly mutant: number;
  readonly only: List<ChosenTests>;
  readonly limits: TestPlan['limits'];
}

export class TestRunner extends DurableObject {
  #plan: TestPlan | undefined;
  #loaded: Suite | undefined;

  async run(planText: string): Promise<string> {
    return await runPlan(await this.#open(planText));
  }

  /** Makes ready for the only file of the plan, of which `repeat` loads copies. */
  async open(planText: string): Promise<string> {
    this.#plan = await this.#open(planText);
    return shortReport(listOf(), listOf(), false);
  }

  /** Loads the only file of the plan, whose tests `repeat` runs; the report says whether it could be loaded. */
  async load(planText: string): Promise<string> {
    this.#plan = await this.#open(planText);
    return shortReport(listOf(), await this.#load(this.#plan, '', limitsOf(this.#plan.limits)), false);
  }

  /** Runs tests of the file once more, in the same isolate, until the first failure. */
  async repeat(planText: string): Promise<string> {
    const { copy, mutant, only, limits: wanted } = parseJson(planText) as RepeatPlan;
    const plan = this.#plan;
    if (plan === undefined) throw new Error('There is no plan');
    switchMutant(mutant, only);
    const limits = limitsOf(wanted);
    const outcomes: List<TestOutcome> = listOf();
    const failures =
      copy === undefined ? listOf<LoadFailure>() : await this.#load(plan, `${copiesFolder}${copy}/`, limits);
    if (failures.length === 0) await runFile(sourceOf(plan), this.#root(), limits, outcomes, listOf());
    fakeTime.reset();
    const ran: List<TestOutcome> = listOf();
    for (let index = 0; index < outcomes.length; index += 1) {
      const outcome = itemAt(outcomes, index);
      if (outcome.status === 'passed' || outcome.status === 'failed') push(ran, outcome);
    }
    return shortReport(ran, failures, now() >= limits.runEndsAt);
  }

  #root(): Suite {
    if (this.#loaded === undefined) throw new Error('No file is loaded');
    return this.#loaded;
  }

  async #load(plan: TestPlan, folder: string, limits: RunLimits): Promise<List<LoadFailure>> {
    const file = onlyFile(plan);
    forgetDeclared();
    const { root, failure } = await loadFile(plan, 0, file, limits, folder);
    this.#loaded = root;
    const failures: List<LoadFailure> = listOf();
    if (failure !== undefined) push(failures, bare({ file: file.source, failure }));
    return failures;
  }

  async #open(planText: string): Promise<TestPlan> {
    const plan = parseJson(planText) as TestPlan;
    giveTimeToModules();
    if (plan.measure !== undefined) openMeasure(plan.measure);
    setSources(new Map(plan.sources));
    setDatabaseStorage(this.ctx.storage);
    if (plan.limits.tests !== undefined) setMaxTests(plan.limits.tests);
    writeData(plan);
    await loadParts(plan.needs);
    captureConsole();
    watchRejections();
    fixPromises();
    forbidExit();
    installTestGlobals();
    return plan;
  }
}

const onlyFile = (plan: TestPlan): TestPlan['files'][number] =>
  itemAt(plan.files as List<TestPlan['files'][number]>, 0);

const sourceOf = (plan: TestPlan): string => onlyFile(plan).source;

function limitsOf(limits: TestPlan['limits'], onTimeUp: () => void = () => undefined): RunLimits {
  return bare({
    timeoutMs: limits.testTimeoutMs,
    fuel: limits.fuelPerTest,
    runEndsAt: now() + limits.runTimeoutMs,
    onTimeUp,
  });
}

/** Without console, counts and snapshots. */
function shortReport(outcomes: List<TestOutcome>, loadFailures: List<LoadFailure>, isTimeUp: boolean): string {
  const snapshots: SnapshotReport = bare({ changes: listOf(), unused: listOf() });
  return reportText(outcomes, loadFailures, listOf(), isTimeUp, snapshots, listOf());
}

async function loadFile(
  plan: TestPlan,
  index: number,
  { source, module, registered }: TestPlan['files'][number],
  limits: RunLimits,
  folder = '',
): Promise<{ readonly root: Suite; readonly failure: Failure | undefined }> {
  beginFile(plan, index, source);
  const root = openFile(source);
  const failure = await attempt(async () => {
    // While a module is evaluated, the runtime refuses timers and random values; registered code is called after that.
    if (registered !== undefined) {
      await import(`/${folder}${registered}`);
      await runLater(module);
    } else await import(`/${folder}${module}`);
    await closeFile();
  }, limits);
  abandonFile();
  return bare({ root, failure });
}

/** The files stand in memory, and the process stands in their folder. */
function writeData({ data, binaryData }: TestPlan): void {
  mkdirSync(projectFolder, { recursive: true });
  for (const [file, text] of data) writeFile(file, text);
  for (const [file, base64] of binaryData) writeFile(file, Buffer.from(base64, 'base64'));
  process.chdir(projectFolder);
  followFolder();
}

function writeFile(file: string, content: string | Buffer): void {
  const slash = file.lastIndexOf('/');
  if (slash > 0) mkdirSync(`${projectFolder}/${file.slice(0, slash)}`, { recursive: true });
  writeFileSync(`${projectFolder}/${file}`, content);
}

/** The runtime's `node:path` takes the root for the present folder, whatever the process says. */
function followFolder(): void {
  const resolve = path.resolve.bind(path);
  const relative = path.relative.bind(path);
  const here = (...parts: string[]): string => resolve(process.cwd(), ...parts);
  path.resolve = here;
  path.relative = (from: string, to: string): string => relative(here(from), here(to));
}

async function loadParts(needs: TestPlan['needs']): Promise<void> {
  const load = async <Value>(name: string): Promise<Value> =>
    // SAFETY: `modules.ts` made these modules, with these defaults.
    ((await import(`/${reservedFolder}${name}.js`)) as { default: Value }).default;
  if (needs.fakeTime) setTimeLibrary((await load<() => TimeLibrary>('fake-timers-library'))());
  if (needs.snapshots) setSnapshotPrinter(await load<SnapshotPrinter>('snapshot-printer'));
}

/** An exit would end the isolate and with it the report: it becomes the failure of the test that asks for it. */
function forbidExit(): void {
  const state = nodeProcess();
  for (const name of ['abort', 'reallyExit']) {
    const refuse = (): never => {
      throw new Error(`process.${name}() was called`);
    };
    defineProperty(process, name, bare({ value: refuse }));
  }
  const exit = (code?: number): never => state.exit(code);
  defineProperty(process, 'exit', bare({ value: exit }));
  const argv = { get: () => state.argv, set: (values: string[]) => (state.argv = values), configurable: true };
  defineProperty(process, 'argv', bare(argv));
}

async function runPlan(plan: TestPlan): Promise<string> {
  const outcomes: List<TestOutcome> = listOf();
  const loadFailures: List<LoadFailure> = listOf();
  const unused: SnapshotReport['unused'] = listOf();
  const outside: List<ReachedOutside> = listOf();
  let isTimeUp = false;
  const limits = limitsOf(plan.limits, () => {
    isTimeUp = true;
  });
  for (let index = 0; index < plan.files.length; index += 1) {
    const file = plan.files[index];
    if (file === undefined) continue;
    const { root, failure } = await loadFile(plan, index, file, limits);
    noteOutside(outside, file.source);
    if (failure !== undefined) {
      noteFailure();
      push(loadFailures, bare({ file: file.source, failure }));
    } else {
      await runFile(file.source, root, limits, outcomes, outside, plan.wantedName);
      if (plan.wantedName === undefined) {
        for (const name of unusedSnapshots()) push(unused, bare({ file: file.source, name }));
      }
    }
    noteOutside(outside, file.source);
    fakeTime.reset();
  }
  if (now() >= limits.runEndsAt) isTimeUp = true;
  const snapshots = bare({ changes: snapshotChanges(), unused });
  return reportText(outcomes, loadFailures, capturedConsole(), isTimeUp, snapshots, outside);
}

function beginFile(plan: TestPlan, index: number, source: string): void {
  forgetMocks();
  const known = plan.snapshots[index];
  openSnapshots(source, plan.snapshotMode, new Map(known?.entries ?? []), known?.separator ?? ' > ');
}

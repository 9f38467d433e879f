/**
 * What the sandbox Worker offers over Workers RPC. It owns no secret and no platform object: a hang, a crash or a
 * memory bomb in there ends as the failure of that call. Callers set a deadline on each call.
 * A deployed app is served by the Worker's `fetch`: `https://sandbox/apps/<app name, percent-encoded>/<slot>/<path>`.
 */
import type { Result } from '../errors/result.ts';
import type { ServiceGroupsRpc } from './services/service-groups.ts';
import type { ServiceKind } from './services/service-object.ts';
import type { ServiceStatesRpc } from './services/service-states.ts';
import type { BenchReport, BenchRequest, LoadBlock, LoadRequest } from './bench.ts';
import type { BuiltModules, SourceFiles } from './toolchain.ts';

export interface TestRunLimits {
  /** For one test or hook. */
  readonly testTimeoutMs: number;
  /** For the whole run. */
  readonly runTimeoutMs: number;
  /** Loop turns and calls that one test may use. */
  readonly fuelPerTest: number;
  /** Tests that one isolate may declare. Default: 5,000. */
  readonly tests?: number;
}

export const defaultTestRunLimits: TestRunLimits = {
  testTimeoutMs: 2_000,
  runTimeoutMs: 20_000,
  fuelPerTest: 20_000_000,
};

/** What a run of measured code (`ToolchainRpc.cover`, `ToolchainRpc.mutate`) counts and switches on. */
export interface RunMeasure {
  /** As the build says. */
  readonly counters: number;
  /** Number of the mutant to switch on; 0 for none. */
  readonly activeMutant: number;
  /** Tells for each test which counters it raised, instead of all counts at the end. */
  readonly perTest: boolean;
  /** The tests after the first failure are skipped. */
  readonly stopAtFailure: boolean;
  /** Tests to run; the others are skipped. Absent: all. */
  readonly only?: readonly ChosenTests[];
}

/** Tests of one file by their names. */
export interface ChosenTests {
  readonly file: string;
  readonly names: readonly string[];
}

/** Counters raised outside of tests, by the loading of a file or the hooks around a suite. */
export interface ReachedOutside {
  readonly file: string;
  readonly reached: readonly number[];
}

export interface TestRunRequest {
  readonly runId: string;
  /** Runs of one host never run more than the platform's ten isolates at once: name it after the project or the agent. */
  readonly host: string;
  readonly built: BuiltModules;
  /** Source paths of the test files, each a key of `built.moduleBySource`. */
  readonly testFiles: readonly string[];
  readonly limits: TestRunLimits;
  readonly measure?: RunMeasure;
  /** `run`: all files share one isolate. `file`: each has its own, several at once. Default: `run`. */
  readonly isolation?: 'run' | 'file';
  /** What becomes of snapshots that are missing (`new` writes them) or differ (`all` writes them too). Default: `none`. */
  readonly snapshotMode?: 'new' | 'all' | 'none';
  /** Texts of the snapshot files, by their paths (`test/__snapshots__/a.test.ts.snap`). */
  readonly snapshotFiles?: Readonly<Record<string, string>>;
  /** Text files that the tests may read through `node:fs`, by path. */
  readonly data?: Readonly<Record<string, string>>;
  /** Files that are no text, in Base64, by path; tests read these in the same way. */
  readonly binaryData?: Readonly<Record<string, string>>;
  /** Only tests whose full name has this text in it. */
  readonly wantedName?: string;
}

/** A snapshot that the run wants to have written. */
export interface SnapshotChange {
  readonly file: string;
  /** `inline` stands in the test file itself, at the line. */
  readonly kind: 'file' | 'inline';
  readonly name: string;
  readonly value: string;
  readonly line: number;
  readonly isUpdate: boolean;
}

export interface TestFailure {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly expected?: string;
  readonly actual?: string;
}

export interface TestResult {
  readonly file: string;
  /** Names of the enclosing suites and of the test, joined by ` > `. */
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'todo';
  readonly durationMs: number;
  readonly failure?: TestFailure;
  /** Assertions that ran. A test that passed with none is to be looked at: it proved nothing. */
  readonly assertions?: number;
  /** Loop turns and calls: a measure of its work that does not depend on the machine. */
  readonly steps?: number;
  /** How often it failed before it ended. */
  readonly retries?: number;
  /** Counters that the test raised, in a run that measures test by test; `steps` includes its hooks then. */
  readonly reached?: readonly number[];
}

export interface TestReport {
  readonly runId: string;
  /** `empty` when no test was found: never a pass. `crashed` when the isolate or its process died. */
  readonly status: 'passed' | 'failed' | 'empty' | 'crashed' | 'timed_out';
  readonly tests: readonly TestResult[];
  /** Files that could not be loaded, with the reason. */
  readonly loadFailures: readonly { readonly file: string; readonly failure: TestFailure }[];
  readonly counts: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly todo: number;
  };
  readonly console: readonly { readonly level: string; readonly text: string; readonly test?: string }[];
  readonly durationMs: number;
  readonly snapshots?: readonly SnapshotChange[];
  /** Files that were loaded and declare no test. Among others they fail the run; alone they make it `empty`. */
  readonly emptyFiles?: readonly string[];
  /** Snapshots of files that no test of the run asked for. */
  readonly unusedSnapshots?: readonly { readonly file: string; readonly name: string }[];
  /** Why a run crashed or timed out. */
  readonly reason?: string;
  /** All counts of a measured run, unless it measures test by test. */
  readonly hits?: readonly number[];
  readonly outside?: readonly ReachedOutside[];
}

/**
 * Runs the tests that come by each mutant. Mutants whose first test file is the same share an isolate as long as its tests
 * pass without a mutant in between; what they do not notice has an isolate of its own. The modules name each other by
 * their places, so that an isolate can hold copies of them.
 */
export interface MutantRunsRequest {
  readonly runId: string;
  readonly host: string;
  readonly built: BuiltModules;
  readonly counters: number;
  /** Source files that each test file loads; an isolate gets the modules of these and no others. */
  readonly reaches: Readonly<Record<string, readonly string[]>>;
  readonly mutants: readonly {
    readonly id: number;
    readonly tests: readonly ChosenTests[];
    readonly limits: TestRunLimits;
    /** The place is run while modules are loaded. */
    readonly isStatic: boolean;
    /** How long the tests take without a mutant. */
    readonly usualMs: number;
  }[];
}

/** How the tests ended with a mutant switched on. */
export interface MutantOutcome {
  readonly id: number;
  /** `timeout`: out of fuel or time, or the isolate died. `error`: no test ran, which proves nothing. */
  readonly status: 'killed' | 'timeout' | 'survived' | 'error';
  /** The test that failed, or the file that could not be loaded, and how. */
  readonly killedBy?: { readonly file: string; readonly name?: string; readonly message: string };
  readonly testsRun: number;
  readonly durationMs: number;
}

/** Bounds of one program. */
export interface ProgramLimits {
  /** From its start to its end, its calls included. */
  readonly totalMs: number;
  /** Loop turns and calls of functions. */
  readonly fuel: number;
  /** Calls of tools. */
  readonly calls: number;
  /** What it returns and prints, together. */
  readonly outputCharacters: number;
}

export const defaultProgramLimits: ProgramLimits = {
  totalMs: 60_000,
  fuel: 50_000_000,
  calls: 200,
  outputCharacters: 200_000,
};

/** A program that calls tools as functions. It is run with nothing else: no network, no clock, no chance of its own. */
export interface ProgramRequest {
  readonly built: BuiltModules;
  /** Source path of the module whose default export is the program: a function that is given the tools. */
  readonly entry: string;
  /** Names that `tools` has as functions; whether a call is allowed decides who answers it. */
  readonly tools: readonly string[];
  /** What its clock shows, and what its chance begins with: the same whenever it is run again. */
  readonly startedAt: number;
  readonly seed: string;
  readonly limits: ProgramLimits;
}

export type ProgramAnswer =
  | { readonly type: 'answered'; readonly content: string; readonly isError: boolean }
  /** The program must not go on; why. */
  | { readonly type: 'ended'; readonly reason: string };

/**
 * Answers the calls of one program, one at a time, in the order in which it made them, counted from 0. The one thing
 * that a program holds of the outside; it travels by reference.
 */
export interface ProgramCalls {
  call(index: number, tool: string, argumentsJson: string): Promise<ProgramAnswer>;
}

export interface ProgramReport {
  /** `stopped`: its calls were not to go on. `crashed`: its isolate or process died. */
  readonly status: 'finished' | 'failed' | 'stopped' | 'timed_out' | 'crashed';
  /** What it returned, as JSON; absent unless it finished. */
  readonly valueJson?: string;
  readonly reason?: string;
  readonly console: readonly string[];
  readonly calls: number;
  readonly durationMs: number;
}

export interface ShellRequest {
  /** Text files by path; the script begins in their folder. */
  readonly files: SourceFiles;
  readonly script: string;
  readonly limits: { readonly totalMs: number; readonly outputCharacters: number };
}

export const defaultShellLimits: ShellRequest['limits'] = { totalMs: 20_000, outputCharacters: 500_000 };

export interface ShellReport {
  /** -1 when the script did not end by itself. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What differs from the files that were given; null for a file that is gone. */
  readonly changes: readonly { readonly path: string; readonly content: string | null }[];
  /** Files that are no text, which are in no change. */
  readonly binary: readonly string[];
  readonly durationMs: number;
}

export const slots = ['preview', 'staging', 'production'] as const;

export type Slot = (typeof slots)[number];

export interface DeployRequest {
  /** The object name of the app host: `<workspace>/app-host/<project>`. */
  readonly app: string;
  readonly slot: Slot;
  /** Names this version for ever, for example the commit. Deploying the same version again changes nothing. */
  readonly version: string;
  readonly built: BuiltModules;
  /** Source path of the module that exports the Durable Object class `App`. */
  readonly entry: string;
  /** What the version declares of services, not checked yet; absent: none. Its group is `<app>/<slot>`. */
  readonly services?: unknown;
}

export interface SlotStatus {
  readonly slot: Slot;
  readonly version: string;
  readonly previousVersion?: string;
  readonly deployedAt: number;
  readonly requests: number;
  readonly errors: number;
  /** What the version declares; absent when nothing. */
  readonly services?: readonly ServiceKind[];
}

export interface AppRequest {
  readonly app: string;
  readonly slot: Slot;
  readonly method: string;
  /** Path and query, from `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface AppResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, cut at 256 KiB. */
  readonly body: string;
  readonly truncated: boolean;
  readonly durationMs: number;
}

/** What is done to, or expected of, the page that is open. */
export type DriveStep =
  | { readonly action: 'visit'; readonly path: string }
  | { readonly action: 'click'; readonly target: string }
  | { readonly action: 'fill'; readonly field: string; readonly value: string }
  | { readonly action: 'submit'; readonly button?: string }
  | { readonly action: 'expect_status'; readonly status: number }
  | { readonly action: 'expect_text' | 'expect_no_text'; readonly text: string }
  | { readonly action: 'expect_element'; readonly selector: string };

export interface DriveRequest {
  readonly app: string;
  readonly slot: Slot;
  readonly steps: readonly DriveStep[];
  /** A picture of the page at the end is wanted, which only a browser can make. */
  readonly screenshot?: boolean;
}

export interface DriveReport {
  /** What came of each step that was taken. */
  readonly taken: readonly string[];
  /** The step that failed, counted from 1; those behind it were not taken. */
  readonly failed?: { readonly step: number; readonly action: string; readonly reason: string };
  /** The page that is open at the end, in a few lines. */
  readonly page: string;
  /** What went by and is no step: what was not done or was refused, and what the page complained of. */
  readonly notes: readonly string[];
  /** JPEG as a data URL, at most 40,000 characters. */
  readonly screenshot?: string;
}

export interface SandboxRpc extends ServiceGroupsRpc, ServiceStatesRpc {
  runTests(request: TestRunRequest): Promise<TestReport>;
  /** One outcome for each mutant, in their order. A mutant that takes the sandbox down takes the whole call with it. */
  runMutants(request: MutantRunsRequest): Promise<Result<readonly MutantOutcome[]>>;
  /** Runs a program; each of its calls is answered by `calls`. Run again with the same answers it does the same. */
  runProgram(request: ProgramRequest, calls: ProgramCalls): Promise<ProgramReport>;
  /** Runs a bash-like script over files in memory. */
  runShell(request: ShellRequest): Promise<ShellReport>;
  /** Benchmarks of two versions side by side, some rounds of them. */
  runBench(request: BenchRequest): Promise<Result<BenchReport>>;
  /** HTTP load on one or two versions, each with a database of its own that is empty before and gone afterwards. */
  load(request: LoadRequest): Promise<Result<readonly LoadBlock[]>>;
  deploy(request: DeployRequest): Promise<Result<SlotStatus>>;
  /** Puts the version of one slot into another; the target keeps its own data. Refused when `from` is empty. */
  promote(app: string, from: Slot, to: Slot): Promise<Result<SlotStatus>>;
  /**
   * Back to the version that the slot had before, with the slot's data kept. With `target` a repeat is harmless: a slot
   * that holds that version already stays as it is, and one that never had it before is refused.
   */
  rollback(app: string, slot: Slot, target?: string): Promise<Result<SlotStatus>>;
  /** Empties the data of a slot, so that checks start from nothing. Refused for `production`. */
  reset(app: string, slot: Slot): Promise<Result<SlotStatus>>;
  status(app: string): Promise<readonly SlotStatus[]>;
  /** One HTTP request to a slot, for health checks and acceptance checks. */
  request(request: AppRequest): Promise<Result<AppResponse>>;
  /** Drives a deployed app by its pages, over HTTP and HTML, up to the first step that fails. */
  driveApp(request: DriveRequest): Promise<Result<DriveReport>>;
  ping(): Promise<'pong'>;
}

/** What the toolchain Worker offers over Workers RPC: code in, code or findings out. It keeps nothing. */

import type { FileCoverageMap } from '../domain/quality/coverage/coverage-map.ts';
import type { FunctionSignature } from '../domain/quality/generation/signature.ts';
import type { Mutant, MutatorName } from '../domain/quality/mutation/mutant.ts';
import type { SbomSubject } from '../domain/security/dependencies/sbom.ts';
import type { ScanResult } from '../domain/security/scan.ts';
import type { CodeRpc } from './code.ts';

/** Text files by path: relative, forward slashes, no leading slash. */
export type SourceFiles = Readonly<Record<string, string>>;

export interface Diagnostic {
  readonly file: string;
  /** One-based. */
  readonly line: number;
  readonly column: number;
  /** For example `TS2322`, `parse`, `import`. */
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
  /** The npm package that an import asks for and the project does not bring. */
  readonly package?: string;
}

export interface BuildRequest {
  readonly files: SourceFiles;
  /** The files to start from; what they import, directly or not, is built with them. */
  readonly entries: readonly string[];
  /** Tests may import more of Node than apps: what stands in for processes and threads. Default: `app`. */
  readonly purpose?: 'app' | 'tests';
  /** All files as CommonJS where they can be, which runs at the first call instead of at loading. Default: as written. */
  readonly format?: 'commonjs';
  /** What stands for what in imports, before the `paths` of a tsconfig and written like them, from the root. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Entries that cannot be built are left out and told in `broken`, as long as another one can. Default: none is. */
  readonly leavesBroken?: boolean;
}

/** A module that CommonJS code requires and that is not there; it fails only when the code gets to that line. */
export interface MissingModule {
  readonly file: string;
  readonly specifier: string;
  readonly package?: string;
}

/** JavaScript modules ready for the Worker Loader: absolute specifiers, loop and recursion fuel, line numbers kept. */
export interface BuiltModules {
  /** Built module name (for example `src/app.js`) by source path (`src/app.ts`). */
  readonly moduleBySource: Readonly<Record<string, string>>;
  /** Code by module name. */
  readonly modules: Readonly<Record<string, string>>;
  /** Source files that each source file imports. */
  readonly imports?: Readonly<Record<string, readonly string[]>>;
  readonly missing?: readonly MissingModule[];
  /** With `leavesBroken`: why entries were left out, of themselves and of all that they import. */
  readonly broken?: Readonly<Record<string, readonly Diagnostic[]>>;
}

export type BuildResult =
  | { readonly ok: true; readonly value: BuiltModules }
  | { readonly ok: false; readonly error: readonly Diagnostic[] };

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly filesChecked: number;
}

/** A source without measurement, with the reason: it does not parse, or is too long. */
export interface Unmeasured {
  readonly file: string;
  readonly reason: string;
}

export interface CoverRequest extends BuildRequest {
  /** Paths of the sources to count in; absent = all code that is no test. */
  readonly sources?: readonly string[];
}

export interface CoveredBuild {
  readonly built: BuiltModules;
  /** Number of counters; a run reports as many. */
  readonly counters: number;
  /** What the counters count, by file in the order of their paths. */
  readonly maps: readonly FileCoverageMap[];
  readonly unmeasured: readonly Unmeasured[];
}

export type CoverResult =
  | { readonly ok: true; readonly value: CoveredBuild }
  | { readonly ok: false; readonly error: readonly Diagnostic[] };

export interface MutantsRequest extends BuildRequest {
  /** Paths of the sources to mutate; absent = all code that is no test. */
  readonly sources?: readonly string[];
  /** One-based lines by file: only mutants that start there, and none in other files. Absent = all lines. */
  readonly lines?: Readonly<Record<string, readonly number[]>>;
  /** Absent = all. */
  readonly mutators?: readonly MutatorName[];
  /** Beyond this many mutants a sample is taken, always the same one for the same seed and sources. */
  readonly limit: number;
  readonly seed: string;
}

/** A mutant that a comment takes out. */
export interface IgnoredMutant {
  readonly file: string;
  readonly line: number;
  readonly mutator: MutatorName;
  readonly reason: string;
}

export interface MutatedBuild {
  readonly built: BuiltModules;
  /** Number of places at which mutants can be switched; a run says for each test which it came by. */
  readonly counters: number;
  readonly mutants: readonly Mutant[];
  /** How many mutants there are, those beyond the limit included. */
  readonly found: number;
  readonly ignored: readonly IgnoredMutant[];
  readonly unmeasured: readonly Unmeasured[];
  /** All source files that each entry loads. */
  readonly reaches: Readonly<Record<string, readonly string[]>>;
}

export type MutantsResult =
  | { readonly ok: true; readonly value: MutatedBuild }
  | { readonly ok: false; readonly error: readonly Diagnostic[] };

export interface SignaturesRequest {
  readonly files: SourceFiles;
  /** Paths of the sources whose exported functions are wanted. */
  readonly sources: readonly string[];
}

export interface SignaturesResult {
  /** At most 500. */
  readonly functions: readonly FunctionSignature[];
  readonly skipped: readonly { readonly file: string; readonly name: string; readonly reason: string }[];
}

/** What a scan of a project’s files found; no more than the toolchain’s bounds, the worst first. */
export interface ScanReport extends ScanResult {
  readonly findingsTotal: number;
}

export interface ToolchainRpc extends CodeRpc {
  /** A build that counts which statements, branches and functions run. */
  cover(request: CoverRequest): Promise<CoverResult>;
  /** A build that holds mutants of its sources, each switched on by its number when the tests are run. */
  mutate(request: MutantsRequest): Promise<MutantsResult>;
  /** Transpiles TypeScript, JavaScript and JSON, rewrites specifiers, and instruments every loop and function with fuel. */
  build(request: BuildRequest): Promise<BuildResult>;
  /** Type-checks all TypeScript files under strict settings; the libraries of the Workers runtime and of tests are known. */
  check(files: SourceFiles): Promise<CheckResult>;
  /** The exported functions of sources, with the shapes of their parameters by the type checker. */
  signatures(request: SignaturesRequest): Promise<SignaturesResult>;
  /** Looks for weaknesses, secrets, and packages whose licence is not allowed. */
  scan(files: SourceFiles): Promise<ScanReport>;
  /** The bill of materials of the lock files among the files, CycloneDX 1.6. */
  sbom(subject: SbomSubject, files: SourceFiles): Promise<string>;
}

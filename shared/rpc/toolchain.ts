/** What the toolchain Worker offers over Workers RPC: code in, code or findings out. It keeps nothing. */

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
}

export type BuildResult =
  | { readonly ok: true; readonly value: BuiltModules }
  | { readonly ok: false; readonly error: readonly Diagnostic[] };

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly filesChecked: number;
}

export interface ToolchainRpc {
  /** Transpiles TypeScript, JavaScript and JSON, rewrites specifiers, and instruments every loop and function with fuel. */
  build(request: BuildRequest): Promise<BuildResult>;
  /** Type-checks all TypeScript files under strict settings; the libraries of the Workers runtime and of tests are known. */
  check(files: SourceFiles): Promise<CheckResult>;
}

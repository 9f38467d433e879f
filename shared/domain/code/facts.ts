/**
 * What is known of one source file, independent of its language and of every other file. Facts depend on the text and
 * the language alone, so they are kept by the id of the blob; everything about a whole project is computed from them.
 */

/** The languages whose files are parsed; `text` is any other text, `binary` everything else. */
export type CodeLanguage = 'typescript' | 'javascript' | 'python' | 'go' | 'java' | 'rust' | 'text' | 'binary';

/** A place in a text: line and column count from 1, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From a place up to, and without, another. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

export type SymbolKind =
  | 'class'
  | 'constant'
  | 'constructor'
  | 'enum'
  | 'field'
  | 'function'
  | 'interface'
  | 'method'
  | 'module'
  | 'type'
  | 'variable';

/** One declared name. */
export interface CodeSymbol {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly span: Span;
  /** Where the name itself stands. */
  readonly nameAt: Position;
  /** Names of what it stands in, outermost first, joined by dots; absent at the top of the file. */
  readonly container?: string;
  readonly exported: boolean;
  /** A comment for readers stands in front of it; told of scripts only. */
  readonly documented?: true;
}

/** `package`: used without an import, as Go and Java allow within one package. */
export type ImportKind = 'static' | 'type' | 'reexport' | 'dynamic' | 'require' | 'module' | 'package';

/** One reference to another module, as written. */
export interface CodeImport {
  readonly specifier: string;
  readonly kind: ImportKind;
  readonly line: number;
  /** The names taken from it: `imported` in the other module (`*` for all of it, `default`), `local` in this one. */
  readonly names: readonly { readonly imported: string; readonly local: string }[];
}

/** A name that other modules may import. */
export interface CodeExport {
  readonly name: string;
  readonly line: number;
  /** The name in this file, when it is another. */
  readonly local?: string;
  /** A re-export: the module it comes from. `*` re-exports carry the name `*`. */
  readonly from?: string;
  /** A re-export: the name in that module. */
  readonly imported?: string;
}

/** A function, method or initialiser with a control flow of its own. */
export interface CodeFunction {
  readonly name: string;
  readonly span: Span;
  /** Decisions plus one; see `docs/code-intelligence.md` for what counts in each language. */
  readonly cyclomatic: number;
  /** Cognitive complexity after G. Ann Campbell (SonarSource, version 1.7). */
  readonly cognitive: number;
  readonly parameters: number;
  readonly lines: number;
}

/** A call as written: the name called and the function it stands in (an index into `functions`, -1 outside of all). */
export interface CodeCall {
  readonly name: string;
  /** What stands before the dot, when that is one plain name. */
  readonly receiver?: string;
  readonly at: Position;
  readonly within: number;
}

/** An HTTP route that the file declares. */
export interface CodeEndpoint {
  readonly method: string;
  readonly path: string;
  readonly line: number;
}

export interface LineCounts {
  readonly total: number;
  readonly code: number;
  readonly comment: number;
  readonly blank: number;
}

export interface SyntaxProblem {
  readonly at: Position;
  readonly message: string;
}

/**
 * What a file's tokens are line by line, three numbers for each line that has any: its number, a hash of its tokens,
 * and how many they are. Packed, because these are kept for every file of a project.
 */
export type TokenLines = Uint32Array;

/** What a file declares, takes and gives: enough for outlines, symbols and everything that follows imports. */
export interface FileStructure {
  readonly language: CodeLanguage;
  /** `parsed`: all fields hold; `plain`: only lines were counted, and `note` says why. */
  readonly depth: 'parsed' | 'plain';
  readonly note?: string;
  readonly symbols: readonly CodeSymbol[];
  readonly imports: readonly CodeImport[];
  readonly exports: readonly CodeExport[];
  readonly endpoints: readonly CodeEndpoint[];
  readonly syntaxProblems: readonly SyntaxProblem[];
  /** Every name in the file, once. Empty for scripts, whose names the type checker finds. */
  readonly identifiers: ReadonlySet<string>;
  /** The package that the file says it belongs to (Go, Java). */
  readonly packageName?: string;
  readonly manifest?: Manifest;
}

/** What is measured on a file. For scripts this costs as much again as parsing, so it is read only when asked for. */
export interface FileMeasures {
  readonly lines: LineCounts;
  readonly functions: readonly CodeFunction[];
  readonly tokens: TokenLines;
  /** Halstead volume: N log2 n over all tokens. */
  readonly halsteadVolume: number;
}

/** All that is known of a file. */
export interface FileFacts extends FileStructure, FileMeasures {}

/** What a `package.json`, `tsconfig.json` or `go.mod` says about how imports are resolved. */
export interface Manifest {
  /** The name of the package or module. */
  readonly name?: string;
  /** The file that the bare name means, relative to the folder of the manifest. */
  readonly main?: string;
  /** `baseUrl` of a tsconfig. */
  readonly baseUrl?: string;
  /** `paths` of a tsconfig: pattern with at most one `*`, and where to look. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  /** The configurations that a tsconfig goes on from, the last one first, as they are written. */
  readonly extends?: readonly string[];
}

/** A project, by path, in the order of paths. */
export type ProjectStructure = ReadonlyMap<string, FileStructure>;

/** Facts of a file of which only lines are known. */
export const plainFacts = (language: CodeLanguage, lines: LineCounts, note: string): FileFacts => ({
  language,
  depth: 'plain',
  note,
  lines,
  symbols: [],
  functions: [],
  imports: [],
  exports: [],
  endpoints: [],
  syntaxProblems: [],
  identifiers: new Set(),
  tokens: new Uint32Array(),
  halsteadVolume: 0,
});

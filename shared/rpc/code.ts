/**
 * Code intelligence over Workers RPC. The toolchain keeps nothing that an answer depends on: each request names all
 * files of a tree by the ids of their blobs, and is answered either with what was asked or with the ids whose texts it
 * needs first. Facts are kept by blob, so that asking again costs what has changed.
 */
import type {
  CodeEndpoint,
  CodeFunction,
  CodeLanguage,
  CodeSymbol,
  LineCounts,
  Position,
  Span,
  SyntaxProblem,
} from '../domain/code/facts.ts';
import type { DeadExport } from '../domain/code/dead-exports.ts';
import type { Duplicate } from '../domain/code/duplication.ts';
import type { Impact } from '../domain/code/impact.ts';
import type { FileEntry } from './repository.ts';
import type { Diagnostic } from './toolchain.ts';

/** A place in a file. */
export interface CodeLocation {
  readonly path: string;
  readonly span: Span;
}

/** A page of a list that is ordered by path: what stands after `after`. */
export interface PathPage {
  readonly after?: string;
  readonly limit: number;
}

export interface FileOutline {
  readonly path: string;
  readonly language: CodeLanguage;
  /** `plain`: only lines are known, and `note` says why. */
  readonly depth: 'parsed' | 'plain';
  readonly note?: string;
  readonly symbols: readonly CodeSymbol[];
  readonly syntaxProblems: readonly SyntaxProblem[];
}

export interface FileMetrics {
  readonly path: string;
  readonly language: CodeLanguage;
  readonly depth: 'parsed' | 'plain';
  readonly note?: string;
  readonly lines: LineCounts;
  readonly functions: number;
  readonly cyclomatic: { readonly total: number; readonly highest: number };
  readonly cognitive: { readonly total: number; readonly highest: number };
  /** From 0 to 100; absent where it cannot be known. */
  readonly maintainability?: number;
}

/** One edge of the call graph. */
export interface CallEdge {
  readonly from: { readonly path: string; readonly function: string };
  readonly at: Position;
  readonly to: { readonly path: string; readonly name: string; readonly line: number };
}

/** `types`: by the type checker; `names`: by the names alone, so that two of one name are not told apart. */
export type Resolution = 'types' | 'names';

/** Replaces what stands in the span. */
export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

export interface FileEdits {
  readonly path: string;
  readonly edits: readonly TextEdit[];
}

export interface CompletionItem {
  readonly name: string;
  readonly kind: string;
  readonly sortText: string;
  readonly insertText?: string;
}

interface At {
  readonly path: string;
  readonly at: Position;
}

/** What can be asked, and what is answered. */
export interface CodeQuestions {
  readonly outline: {
    readonly query: { readonly path?: string; readonly prefix?: string } & PathPage;
    readonly answer: { readonly files: readonly FileOutline[]; readonly next?: string };
  };
  readonly symbols: {
    readonly query: { readonly text: string; readonly limit: number };
    readonly answer: { readonly symbols: readonly (CodeSymbol & { readonly path: string })[]; readonly total: number };
  };
  readonly references: {
    readonly query: At | { readonly name: string; readonly path?: string };
    readonly answer: {
      readonly name: string;
      readonly resolution: Resolution;
      readonly definitions: readonly CodeLocation[];
      readonly references: readonly CodeLocation[];
      readonly partial?: string;
    };
  };
  readonly imports: {
    readonly query: PathPage;
    readonly answer: {
      readonly files: readonly {
        readonly path: string;
        readonly imports: readonly string[];
        readonly external: readonly string[];
      }[];
      readonly missing: readonly { readonly from: string; readonly specifier: string; readonly line: number }[];
      readonly next?: string;
    };
  };
  readonly calls: {
    readonly query: { readonly path?: string } & PathPage;
    readonly answer: {
      readonly edges: readonly CallEdge[];
      readonly resolution: Resolution;
      /** Calls whose target is not in the project or not known. */
      readonly unresolved: number;
      readonly next?: string;
      readonly partial?: string;
    };
  };
  readonly cycles: { readonly query: object; readonly answer: { readonly cycles: readonly (readonly string[])[] } };
  readonly deadExports: {
    readonly query: { readonly limit: number };
    readonly answer: { readonly exports: readonly DeadExport[]; readonly total: number };
  };
  /** How much of what scripts export is explained; tests are left out. */
  readonly documentation: {
    readonly query: { readonly limit: number };
    readonly answer: {
      readonly documented: number;
      readonly total: number;
      /** The first ones without a comment, by path. */
      readonly undocumented: readonly { readonly path: string; readonly name: string; readonly line: number }[];
      readonly endpoints: readonly (CodeEndpoint & { readonly file: string })[];
      /** Source files of languages whose comments are not looked at. */
      readonly otherFiles: number;
    };
  };
  readonly impact: { readonly query: { readonly paths: readonly string[] }; readonly answer: Impact };
  readonly metrics: {
    readonly query: { readonly prefix?: string } & PathPage;
    readonly answer: { readonly files: readonly FileMetrics[]; readonly next?: string };
  };
  readonly functions: {
    readonly query: { readonly path?: string; readonly limit: number };
    readonly answer: {
      readonly functions: readonly (CodeFunction & { readonly path: string })[];
      readonly total: number;
    };
  };
  readonly duplication: {
    readonly query: { readonly limit: number };
    readonly answer: { readonly duplicates: readonly Duplicate[]; readonly duplicatedLines: number };
  };
  readonly diagnostics: {
    readonly query: { readonly path?: string; readonly limit: number };
    readonly answer: { readonly diagnostics: readonly Diagnostic[]; readonly partial?: string };
  };
  readonly completion: {
    readonly query: At & { readonly limit: number };
    readonly answer: { readonly items: readonly CompletionItem[]; readonly isIncomplete: boolean };
  };
  readonly hover: {
    readonly query: At;
    readonly answer: { readonly signature?: string; readonly documentation?: string; readonly span?: Span };
  };
  readonly definition: {
    readonly query: At;
    readonly answer: { readonly definitions: readonly CodeLocation[]; readonly resolution: Resolution };
  };
  readonly rename: {
    readonly query: At & { readonly newName: string };
    readonly answer: { readonly files: readonly FileEdits[]; readonly partial?: string };
  };
  readonly format: {
    readonly query: { readonly path: string };
    readonly answer: { readonly edits: readonly TextEdit[] };
  };
  readonly fixes: {
    readonly query: { readonly path: string; readonly line?: number };
    readonly answer: {
      readonly fixes: readonly {
        readonly title: string;
        readonly code: string;
        readonly files: readonly FileEdits[];
      }[];
    };
  };
}

export type CodeQuestion = keyof CodeQuestions;

/** A question with its kind. */
export type CodeQuery = {
  readonly [Kind in CodeQuestion]: { readonly kind: Kind } & CodeQuestions[Kind]['query'];
}[CodeQuestion];

export type CodeAnswer = CodeQuestions[CodeQuestion]['answer'];

export interface CodeRequest {
  readonly files: readonly FileEntry[];
  /** Texts that stand in for those of the tree, by path: what an editor has open and not saved. */
  readonly overlay?: Readonly<Record<string, string>>;
  /** Texts by blob that were asked for; null for what is no text or too large to be read. */
  readonly texts?: Readonly<Record<string, string | null>>;
  readonly query: CodeQuery;
}

export type CodeReply =
  | { readonly status: 'answer'; readonly answer: CodeAnswer }
  /** `ready` of `total` files of this question are known. */
  | { readonly status: 'needs'; readonly oids: readonly string[]; readonly ready: number; readonly total: number }
  | { readonly status: 'refused'; readonly field: string; readonly reason: string; readonly isMissing?: boolean };

export interface CodeRpc {
  /** At most `mostFiles` files; what a request brings in `texts` is kept for the next ones. */
  code(request: CodeRequest): Promise<CodeReply>;
}

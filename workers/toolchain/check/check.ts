/**
 * Type check of a whole project. The programs of the last few projects are kept, so that checking again after an edit
 * costs what the edit touches; the answer depends on the files alone.
 */
import type {
  CompilerOptions,
  Diagnostic as TypeScriptDiagnostic,
  SemanticDiagnosticsBuilderProgram,
} from 'typescript6';
import { readCompilerPaths } from '../../../shared/domain/code/manifest.ts';
import type { CheckResult, Diagnostic, SourceFiles } from '../../../shared/rpc/toolchain.ts';
import { pathProblem } from '../build/source-paths.ts';
import type { TypeScript } from './typescript.ts';
import { ParsedFiles, ambientFiles, createHost, projectFolder } from './virtual-files.ts';

interface KeptProject {
  readonly parsed: ParsedFiles;
  program: SemanticDiagnosticsBuilderProgram | undefined;
}

const maxKeptProjects = 2;
const maxDiagnostics = 500;

/** Most recently used last. */
const kept: KeptProject[] = [];

/** Codes of things left over rather than wrong: unused names. */
const warningCodes: ReadonlySet<number> = new Set([6133, 6138, 6192, 6196, 6198, 6199, 6205, 7028]);

/** What the checker holds of one project at once; single files are checked in projects of any size (`code/service`). */
const checkLimits = { files: 5_000, totalCharacters: 16 * 1024 * 1024 } as const;

/** Checks all `.ts` and `.mts` files. Of a `tsconfig.json` at the root only `paths` and `baseUrl` count. */
export async function check(files: SourceFiles): Promise<CheckResult> {
  const project = new Map<string, string>();
  const refusals: Diagnostic[] = [];
  for (const [path, text] of Object.entries(files)) {
    const problem = typeof text === 'string' ? pathProblem(path) : 'the content is not text';
    if (problem === undefined) project.set(`${projectFolder}${path}`, text);
    else refusals.push({ file: path, line: 1, column: 1, code: 'path', message: problem, severity: 'error' });
  }
  const tooLarge = sizeProblem(project);
  if (refusals.length > 0 || tooLarge.length > 0) return { diagnostics: [...refusals, ...tooLarge], filesChecked: 0 };
  const { default: ts } = await import('typescript6');
  const roots = [...project.keys()].filter((name) => /\.m?ts$/.test(name)).sort();
  const found = diagnose(ts, project, roots);
  return { diagnostics: found.slice(0, maxDiagnostics), filesChecked: roots.length };
}

function sizeProblem(files: ReadonlyMap<string, string>): readonly Diagnostic[] {
  let characters = 0;
  for (const text of files.values()) characters += text.length;
  if (files.size <= checkLimits.files && characters <= checkLimits.totalCharacters) return [];
  const limit = `${String(checkLimits.files)} files and ${String(checkLimits.totalCharacters)} characters`;
  const size = `${String(files.size)} files with ${String(characters)} characters`;
  const message = `The project has ${size}, and types are checked of at most ${limit} at once: ask for the diagnostics of single files`;
  return [{ file: '', line: 1, column: 1, code: 'size', message, severity: 'error' }];
}

function diagnose(ts: TypeScript, files: ReadonlyMap<string, string>, roots: readonly string[]): Diagnostic[] {
  const options = optionsFor(ts, files);
  const project = projectFor(files);
  const host = createHost(ts, files, project.parsed, options);
  const program = ts.createSemanticDiagnosticsBuilderProgram(
    [...ambientFiles, ...roots],
    options,
    host,
    project.program,
  );
  project.program = program;
  project.parsed.retain(files);
  // Asked for one file, the builder answers from its memory; this call finds out first what the edit affects.
  program.getSemanticDiagnostics();
  const found: TypeScriptDiagnostic[] = [...program.getGlobalDiagnostics()];
  for (const root of roots) {
    const file = program.getSourceFile(root);
    if (file === undefined) continue;
    found.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file));
  }
  return found.map((diagnostic) => toDiagnostic(ts, diagnostic));
}

/** The kept project that shares most files with these, or a new one. */
function projectFor(files: ReadonlyMap<string, string>): KeptProject {
  let best: KeptProject | undefined;
  let bestOverlap = files.size / 2;
  for (const project of kept) {
    const overlap = project.parsed.overlap(files);
    if (overlap > bestOverlap) {
      best = project;
      bestOverlap = overlap;
    }
  }
  const project = best ?? { parsed: new ParsedFiles(), program: undefined };
  if (best !== undefined) kept.splice(kept.indexOf(best), 1);
  kept.push(project);
  if (kept.length > maxKeptProjects) kept.shift();
  return project;
}

/** With the aliases of this project. */
function optionsFor(ts: TypeScript, files: ReadonlyMap<string, string>): CompilerOptions {
  const own = [...files].map(([name, text]) => [name.slice(projectFolder.length), text] as const);
  const paths = readCompilerPaths(new Map(own)).atRoot(projectFolder);
  return Object.keys(paths).length === 0 ? compilerOptions(ts) : { ...compilerOptions(ts), paths };
}

/** The settings that every project is checked with. */
export function compilerOptions(ts: TypeScript): CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    allowJs: true,
    checkJs: false,
    skipLibCheck: true,
    skipDefaultLibCheck: true,
    noEmit: true,
  };
}

/** A finding of the compiler in our words. */
export function toDiagnostic(ts: TypeScript, diagnostic: TypeScriptDiagnostic): Diagnostic {
  const { file, start } = diagnostic;
  const place =
    file === undefined || start === undefined ? { line: 0, character: 0 } : file.getLineAndCharacterOfPosition(start);
  const isWarning = warningCodes.has(diagnostic.code) || diagnostic.category !== ts.DiagnosticCategory.Error;
  return {
    file: file?.fileName.startsWith(projectFolder) === true ? file.fileName.slice(projectFolder.length) : '',
    line: place.line + 1,
    column: place.character + 1,
    code: `TS${String(diagnostic.code)}`,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').slice(0, 2_000),
    severity: isWarning ? 'warning' : 'error',
  };
}

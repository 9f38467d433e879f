/**
 * Checks one file after each edit without a new type checker. A checker that is made anew works out the same things
 * about the libraries each time (how the parameters of `Map` vary, what an array has), and that is most of the time of a
 * check. As long as the other files of a program find in the edited one what they found before, nothing else that the
 * program holds depends on it; so its texts can be looked at by one checker one after another, each as a file of its own
 * name that takes the first one's place.
 *
 * `Program.getResolvedModule` is no part of the compiler's public interface: where it is not there, and for every text
 * that means something to others, the answer is undefined, and the caller checks in the ordinary way.
 */
import type { Diagnostic as CompilerDiagnostic, Program, ResolvedModuleFull, SourceFile, Statement } from 'typescript6';
import type { Diagnostic } from '../../../../shared/rpc/toolchain.ts';
import { toDiagnostic } from '../../check/check.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { projectFolder } from '../../check/virtual-files.ts';
import { keepsShape, shapeOf, type DeclaredShape } from './declared-shape.ts';

/** What a checker has seen it keeps: beyond this many characters a new one is made. */
const mostCharacters = 2_000_000;

interface ResolvingProgram extends Program {
  getResolvedModule?: (
    file: SourceFile,
    specifier: string,
    mode: unknown,
  ) => { readonly resolvedModule: ResolvedModuleFull | undefined } | undefined;
}

export interface EditedFileOptions {
  readonly program: Program;
  /** Relative to the root of the project; the file is in the program. */
  readonly path: string;
  /** The file of the program that an import in this file means. */
  readonly resolve: (specifier: string) => ResolvedModuleFull | undefined;
}

export class EditedFile {
  readonly #ts: TypeScript;
  readonly #program: Program;
  readonly #path: string;
  readonly #shape: DeclaredShape;
  #edits = 0;
  #charactersLeft = mostCharacters;

  private constructor(ts: TypeScript, { program, path }: EditedFileOptions, shape: DeclaredShape) {
    this.#ts = ts;
    this.#program = program;
    this.#path = path;
    this.#shape = shape;
  }

  /** Undefined when edits of this file have to be checked in a program of their own. */
  static of(ts: TypeScript, options: EditedFileOptions): EditedFile | undefined {
    const { program, path, resolve } = options;
    const own = program.getSourceFile(`${projectFolder}${path}`);
    // SAFETY: the method is optional in this type, and asked for below.
    const resolving = program as ResolvingProgram;
    const known = resolving.getResolvedModule;
    if (own === undefined || known === undefined || !isAlone(ts, own)) return undefined;
    resolving.getResolvedModule = (file, specifier, mode) =>
      file.fileName.startsWith(editFolder) ? { resolvedModule: resolve(specifier) } : known(file, specifier, mode);
    return new EditedFile(ts, options, shapeOf(ts, own));
  }

  /**
   * What is wrong with a text in the place of the file; undefined as for `of`. `imported` are the names that the program's
   * files take from it, `*` for all.
   */
  check(text: string, imported: ReadonlySet<string>): readonly Diagnostic[] | undefined {
    this.#charactersLeft -= text.length;
    if (this.#charactersLeft < 0) return undefined;
    this.#edits += 1;
    const folder = `${editFolder}${this.#edits}/`;
    const alone = this.#parse(`${folder}${this.#path}`, text);
    if (alone === undefined) return undefined;
    if (imported.size > 0 && !keepsShape(this.#shape, shapeOf(this.#ts, alone.file), imported)) return undefined;
    const found: readonly CompilerDiagnostic[] = [
      ...alone.program.getSyntacticDiagnostics(alone.file),
      ...this.#program.getSemanticDiagnostics(alone.file),
    ];
    const told = found.map((diagnostic) => ({ ...toDiagnostic(this.#ts, diagnostic), file: this.#path }));
    // A message that tells two types of one name apart by their files speaks of a file that is not there.
    return told.some(({ message }) => message.includes(editFolder)) ? undefined : told;
  }

  /** The file with its names bound, in a program of nothing else, which is what binds it. */
  #parse(name: string, text: string): { readonly program: Program; readonly file: SourceFile } | undefined {
    const ts = this.#ts;
    const options = { ...this.#program.getCompilerOptions(), noResolve: true, noLib: true };
    const program = ts.createProgram([name], options, {
      getSourceFile: (wanted, settings) => (wanted === name ? ts.createSourceFile(name, text, settings) : undefined),
      getDefaultLibFileName: () => '',
      getCurrentDirectory: () => editFolder,
      getCanonicalFileName: (wanted) => wanted,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: (wanted) => wanted === name,
      readFile: () => undefined,
      writeFile: () => undefined,
      resolveModuleNameLiterals: (literals) => literals.map(() => ({ resolvedModule: undefined })),
    });
    const file = program.getSourceFile(name);
    if (file === undefined || !isAlone(ts, file)) return undefined;
    program.getTypeChecker();
    return { program, file };
  }
}

/** No file of a project stands there. */
const editFolder = '/edit/';

/** A module in TypeScript that changes nothing outside of itself and takes in no file but by its imports. */
const isAlone = (ts: TypeScript, file: SourceFile): boolean =>
  /\.[cm]?tsx?$/.test(file.fileName) &&
  !file.isDeclarationFile &&
  file.referencedFiles.length + file.typeReferenceDirectives.length + file.libReferenceDirectives.length === 0 &&
  !file.statements.some((statement) => reachesOut(ts, statement));

/** `declare global` and `declare module 'x'`. */
const reachesOut = (ts: TypeScript, statement: Statement): boolean =>
  ts.isModuleDeclaration(statement) &&
  (ts.isStringLiteral(statement.name) || (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0);

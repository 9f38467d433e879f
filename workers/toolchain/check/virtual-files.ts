/** The compiler's view of a project: its files, the libraries, and no disk. */
import type { CompilerHost, CompilerOptions, SourceFile } from 'typescript6';
import nodeTypes from './ambient/node.types.txt?raw';
import testTypes from './ambient/tests.types.txt?raw';
import workerTypes from './ambient/workers.types.txt?raw';
import { standardLibrary } from './standard-library.ts';
import type { TypeScript } from './typescript.ts';

export const projectFolder = '/project/';

/** The declaration file that the compiler loads by itself. */
export const libraryFile = '/library/es5.d.ts';

/** The declarations of the language and the runtimes, by name. */
export const libraries: ReadonlyMap<string, string> = new Map([
  ...[...standardLibrary].map(([name, text]) => [`/library/${name}.d.ts`, text] as const),
  ['/library/workers.d.ts', workerTypes],
  ['/library/tests.d.ts', testTypes],
  ['/library/node.d.ts', nodeTypes],
]);

/** Declarations that every project sees besides the one that the compiler loads by itself. */
export const ambientFiles: readonly string[] = [...libraries.keys()].filter((name) => name !== libraryFile);

/** A parsed file carries its version so that the builder can tell what changed. */
interface VersionedSourceFile extends SourceFile {
  version: string;
}

const parsedLibraries = new Map<string, VersionedSourceFile>();

/** Keeps parsed files by path and text, so that an edit parses one file. */
export class ParsedFiles {
  readonly #files = new Map<string, VersionedSourceFile>();
  #edits = 0;

  get(ts: TypeScript, name: string, text: string, options: CompilerOptions): VersionedSourceFile {
    const known = this.#files.get(name);
    if (known?.text === text) return known;
    this.#edits += 1;
    const parsed = parse(ts, name, text, `edit-${String(this.#edits)}`, options);
    this.#files.set(name, parsed);
    return parsed;
  }

  /** How many of these files are already parsed with the same text. */
  overlap(files: ReadonlyMap<string, string>): number {
    let count = 0;
    for (const [name, text] of files) if (this.#files.get(name)?.text === text) count += 1;
    return count;
  }

  retain(files: ReadonlyMap<string, string>): void {
    for (const name of this.#files.keys()) if (!files.has(name)) this.#files.delete(name);
  }
}

function parse(
  ts: TypeScript,
  name: string,
  text: string,
  version: string,
  options: CompilerOptions,
): VersionedSourceFile {
  const languageVersion = options.target ?? ts.ScriptTarget.ES2024;
  const file = ts.createSourceFile(
    name,
    text,
    { languageVersion, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
    true,
  );
  return Object.assign(file, { version });
}

/** Files are keyed by absolute name below `projectFolder`. */
export function createHost(
  ts: TypeScript,
  files: ReadonlyMap<string, string>,
  parsed: ParsedFiles,
  options: CompilerOptions,
): CompilerHost {
  const folders = foldersOf(files.keys());
  const read = (name: string): string | undefined => files.get(name) ?? libraries.get(name);
  return {
    getSourceFile: (name) => {
      const library = libraries.get(name);
      if (library !== undefined) {
        const known = parsedLibraries.get(name) ?? parse(ts, name, library, 'library', options);
        parsedLibraries.set(name, known);
        return known;
      }
      const text = files.get(name);
      return text === undefined ? undefined : parsed.get(ts, name, text, options);
    },
    getDefaultLibFileName: () => libraryFile,
    getCurrentDirectory: () => '/project',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => read(name) !== undefined,
    readFile: read,
    directoryExists: (name) => folders.has(name),
    getDirectories: () => [],
    writeFile: () => undefined,
    createHash: (text) => text,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  };
}

function foldersOf(names: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>(['/project', '/library']);
  for (const name of names) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1))
      folders.add(name.slice(0, end));
  }
  return folders;
}

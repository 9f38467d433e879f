/** The language service at one place of one file, and its answers in our words. */
import type { LanguageService, SourceFile, TextSpan } from 'typescript6';
import type { Position, ProjectStructure, Span } from '../../../../shared/domain/code/facts.ts';
import { isScript, languageOf } from '../../../../shared/domain/code/language.ts';
import type { CodeLocation, FileEdits, TextEdit } from '../../../../shared/rpc/code.ts';
import { projectFolder } from '../../check/virtual-files.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { CodeRefusal } from '../refusal.ts';
import { positionAt } from '../script/place.ts';
import type { Workspace } from '../workspace.ts';
import { isScriptCode } from '../wanted.ts';
import { serviceFor } from './program.ts';
import { narrowScope, wholeScope, type Scope } from './roots.ts';

export class ServiceSession {
  readonly ts: TypeScript;
  readonly service: LanguageService;
  readonly roots: readonly string[];
  readonly partial: { readonly partial?: string };

  private constructor(ts: TypeScript, service: LanguageService, roots: readonly string[], partial: string | undefined) {
    this.ts = ts;
    this.service = service;
    this.roots = roots;
    this.partial = partial === undefined ? {} : { partial };
  }

  /** With all files that may use a name; `path` is the one that matters most. Undefined while texts are missing. */
  static async open(workspace: Workspace, path: string | undefined): Promise<ServiceSession | undefined> {
    return await ServiceSession.#open(workspace, path, (project) => wholeScope(workspace, project, path));
  }

  /** With what one file needs to be understood: much less after an edit. Undefined while texts are missing. */
  static async openFile(workspace: Workspace, path: string): Promise<ServiceSession | undefined> {
    return await ServiceSession.#open(workspace, path, (project) => narrowScope(project, path));
  }

  static async #open(
    workspace: Workspace,
    path: string | undefined,
    choose: (project: ProjectStructure) => Scope,
  ): Promise<ServiceSession | undefined> {
    const prepared = await prepareScope(workspace, path, choose);
    if (prepared === undefined) return undefined;
    const { scope, project } = prepared;
    const { service } = serviceFor(workspace, scope, project);
    return new ServiceSession(workspace.ts, service, scope.paths, scope.partial);
  }

  name(path: string): string {
    return `${projectFolder}${path}`;
  }

  file(path: string): SourceFile {
    const file = this.service.getProgram()?.getSourceFile(this.name(path));
    if (file === undefined)
      throw new CodeRefusal('path', 'is not among the files that the type checker looks at', true);
    return file;
  }

  /** Offset of a place; a column behind the end of its line is refused. */
  offset(path: string, { line, column }: Position): number {
    const file = this.file(path);
    const starts = file.getLineStarts();
    const start = starts[line - 1];
    const offset = (start ?? Number.POSITIVE_INFINITY) + column - 1;
    const end = starts[line] ?? file.text.length + 1;
    if (start === undefined || offset >= end)
      throw new CodeRefusal(
        'line',
        `the place ${line}:${column} is outside of ${path}, which has ${starts.length} lines`,
      );
    return offset;
  }

  span(path: string, { start, length }: TextSpan): Span {
    const file = this.file(path);
    return { start: positionAt(file, start), end: positionAt(file, start + length) };
  }

  /** Undefined for a place in a library. */
  location(fileName: string, span: TextSpan): CodeLocation | undefined {
    if (!fileName.startsWith(projectFolder)) return undefined;
    const path = fileName.slice(projectFolder.length);
    return { path, span: this.span(path, span) };
  }

  edits(path: string, changes: readonly { readonly span: TextSpan; readonly newText: string }[]): readonly TextEdit[] {
    return changes.map(({ span, newText }) => ({ span: this.span(path, span), newText }));
  }

  /** Changes by the compiler, file by file; undefined when one is in a library. */
  fileEdits(
    changes: readonly {
      readonly fileName: string;
      readonly textChanges: readonly { readonly span: TextSpan; readonly newText: string }[];
    }[],
  ): readonly FileEdits[] | undefined {
    if (changes.some(({ fileName }) => !fileName.startsWith(projectFolder))) return undefined;
    return changes.map(({ fileName, textChanges }) => {
      const path = fileName.slice(projectFolder.length);
      return { path, edits: this.edits(path, textChanges) };
    });
  }
}

/** The files of a question, with all texts that it takes; undefined while some are missing. */
export const prepareScope = async (
  workspace: Workspace,
  path: string | undefined,
  choose: (project: ProjectStructure) => Scope,
): Promise<{ readonly scope: Scope; readonly project: ProjectStructure } | undefined> => {
  if (path !== undefined) requireScript(workspace, path);
  const project = await workspace.structures(isScriptCode);
  if (workspace.needs.size > 0) return undefined;
  const scope = choose(project);
  for (const root of scope.paths) workspace.text(root);
  for (const other of project.keys()) if (other.endsWith('.json')) workspace.text(other);
  return workspace.needs.size > 0 ? undefined : { scope, project };
};

const requireScript = (workspace: Workspace, path: string): void => {
  if (!workspace.files.has(path)) throw new CodeRefusal('path', `there is no file ${JSON.stringify(path)}`, true);
  if (!isScript(languageOf(path)))
    throw new CodeRefusal('path', 'is not TypeScript or JavaScript: only these are known well enough for this');
};

/** Answers that the language service gives: what is wrong, what a name is, what could stand here, and changes to text. */
import type { CodeQuestion, CodeQuestions } from '../../../../shared/rpc/code.ts';
import type { Diagnostic } from '../../../../shared/rpc/toolchain.ts';
import { isScript, languageOf } from '../../../../shared/domain/code/language.ts';
import { CodeRefusal } from '../refusal.ts';
import { checkFile, diagnosticsOf } from '../service/check-file.ts';
import { renamePlaces } from '../service/rename-places.ts';
import { ServiceSession } from '../service/session.ts';
import type { Workspace } from '../workspace.ts';

type Query<Kind extends CodeQuestion> = CodeQuestions[Kind]['query'];
/** Undefined while texts are missing. */
type Answer<Kind extends CodeQuestion> = Promise<CodeQuestions[Kind]['answer'] | undefined>;

/** Of one file, or of all of them up to the limit. Files that are no scripts have the problems of their parser. */
export const diagnostics = async (workspace: Workspace, query: Query<'diagnostics'>): Answer<'diagnostics'> => {
  const { path, limit } = query;
  const found: Diagnostic[] = await syntaxProblems(workspace, path);
  if (path !== undefined && !isScript(languageOf(path)))
    return workspace.needs.size > 0 ? undefined : { diagnostics: found };
  if (path !== undefined) {
    const checked = await checkFile(workspace, path);
    return checked === undefined ? undefined : { diagnostics: [...found, ...checked].slice(0, limit) };
  }
  const session = await ServiceSession.open(workspace, path);
  if (session === undefined) return undefined;
  for (const root of session.roots) {
    if (found.length >= limit) break;
    found.push(...diagnosticsOf(session.ts, session.service, root));
  }
  return { diagnostics: found.slice(0, limit), ...session.partial };
};

const syntaxProblems = async (workspace: Workspace, path: string | undefined): Promise<Diagnostic[]> => {
  if (path !== undefined && !workspace.files.has(path))
    throw new CodeRefusal('path', `there is no file ${JSON.stringify(path)}`, true);
  const structures = await workspace.structures((file) => {
    const language = languageOf(file.path);
    return (path === undefined || file.path === path) && language !== 'text' && !isScript(language);
  });
  return [...structures].flatMap(([file, { syntaxProblems: problems }]) =>
    problems.map(({ at, message }): Diagnostic => ({ file, ...at, code: 'syntax', message, severity: 'error' })),
  );
};

export const completion = async (workspace: Workspace, query: Query<'completion'>): Answer<'completion'> => {
  const session = await ServiceSession.openFile(workspace, query.path);
  if (session === undefined) return undefined;
  const offset = session.offset(query.path, query.at);
  const found = session.service.getCompletionsAtPosition(session.name(query.path), offset, {
    includeCompletionsForModuleExports: false,
    includeCompletionsWithInsertText: true,
  });
  // What is typed already narrows the list before it is cut.
  const typed =
    /[\p{L}\p{N}_$]*$/u.exec(session.file(query.path).text.slice(Math.max(0, offset - 200), offset))?.[0] ?? '';
  const matching = (found?.entries ?? []).filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase()));
  const items = matching
    .toSorted((left, right) => (left.sortText < right.sortText ? -1 : left.sortText > right.sortText ? 1 : 0))
    .slice(0, query.limit)
    .map(({ name, kind, sortText, insertText }) => ({
      name,
      kind,
      sortText,
      ...(insertText === undefined ? {} : { insertText }),
    }));
  return { items, isIncomplete: matching.length > items.length || found?.isIncomplete === true };
};

export const rename = async (workspace: Workspace, query: Query<'rename'>): Answer<'rename'> => {
  const session = await ServiceSession.open(workspace, query.path);
  if (session === undefined) return undefined;
  const { path, at, newName } = query;
  if (
    !session.ts.isIdentifierStart(newName.codePointAt(0) ?? 0, undefined) ||
    !/^[\p{ID_Continue}$\u200C\u200D]+$/u.test(newName)
  )
    throw new CodeRefusal('newName', 'is not a name that can stand in code');
  const offset = session.offset(path, at);
  const info = session.service.getRenameInfo(session.name(path), offset, {});
  if (!info.canRename) throw new CodeRefusal('line', info.localizedErrorMessage.replace(/\.$/, ''));
  const files = session.fileEdits(
    renamePlaces(session, session.name(path), offset).map(({ fileName, textSpan, prefix, suffix }) => ({
      fileName,
      textChanges: [{ span: textSpan, newText: `${prefix}${newName}${suffix}` }],
    })),
  );
  if (files === undefined) throw new CodeRefusal('line', 'the name is declared in a library');
  const byPath = Map.groupBy(files, (file) => file.path);
  return {
    files: [...byPath].map(([file, parts]) => ({ path: file, edits: parts.flatMap(({ edits }) => edits) })),
    ...session.partial,
  };
};

export const format = async (workspace: Workspace, query: Query<'format'>): Answer<'format'> => {
  const session = await ServiceSession.openFile(workspace, query.path);
  if (session === undefined) return undefined;
  const indent = /^( +|\t)\S/m.exec(session.file(query.path).text)?.[1] ?? '  ';
  const settings = session.ts.getDefaultFormatCodeSettings('\n');
  const changes = session.service.getFormattingEditsForDocument(session.name(query.path), {
    ...settings,
    indentSize: indent === '\t' ? 4 : indent.length,
    tabSize: 4,
    convertTabsToSpaces: indent !== '\t',
    semicolons: session.ts.SemicolonPreference.Ignore,
  });
  return { edits: session.edits(query.path, changes) };
};

const mostFixes = 50;

/** Imports are written as the project writes them: with their extension. */
const preferences = { importModuleSpecifierEnding: 'js', importModuleSpecifierPreference: 'relative' } as const;

/** Fixes for what is wrong on a line, or in the whole file. */
export const fixes = async (workspace: Workspace, query: Query<'fixes'>): Answer<'fixes'> => {
  const session = await ServiceSession.open(workspace, query.path);
  if (session === undefined) return undefined;
  const name = session.name(query.path);
  const settings = session.ts.getDefaultFormatCodeSettings('\n');
  const problems = [
    ...session.service.getSyntacticDiagnostics(name),
    ...session.service.getSemanticDiagnostics(name),
    ...session.service.getSuggestionDiagnostics(name),
  ];
  const found: { title: string; code: string; files: NonNullable<ReturnType<ServiceSession['fileEdits']>> }[] = [];
  for (const { start, length, code } of problems) {
    if (start === undefined || length === undefined || found.length >= mostFixes) continue;
    const { start: from, end } = session.span(query.path, { start, length });
    if (query.line !== undefined && (query.line < from.line || query.line > end.line)) continue;
    for (const action of session.service.getCodeFixesAtPosition(
      name,
      start,
      start + length,
      [code],
      settings,
      preferences,
    )) {
      const files = session.fileEdits(action.changes);
      if (files !== undefined) found.push({ title: action.description, code: `TS${code}`, files });
    }
  }
  return { fixes: found.slice(0, mostFixes) };
};

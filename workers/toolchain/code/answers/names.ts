/** Where a name is declared and used: by the type checker for scripts, by the name alone for other languages. */
import type { CodeSymbol, Position, ProjectStructure } from '../../../../shared/domain/code/facts.ts';
import { isScript, languageOf } from '../../../../shared/domain/code/language.ts';
import { buildImportGraph } from '../../../../shared/domain/code/import-graph.ts';
import { linesOf } from '../../../../shared/domain/code/lines.ts';
import type { CodeLocation, CodeQuestion, CodeQuestions } from '../../../../shared/rpc/code.ts';
import { isTreeLanguage } from '../file-facts.ts';
import { CodeRefusal } from '../refusal.ts';
import { ServiceSession } from '../service/session.ts';
import { treeMentions } from '../tree/facts.ts';
import { withTree } from '../tree/parse.ts';
import { isCode } from '../wanted.ts';
import type { Workspace } from '../workspace.ts';

type Query<Kind extends CodeQuestion> = CodeQuestions[Kind]['query'];
/** Undefined while texts are missing. */
type Answer<Kind extends CodeQuestion> = Promise<CodeQuestions[Kind]['answer'] | undefined>;

interface Named {
  readonly path: string;
  readonly symbol: CodeSymbol;
}

/** The declarations of a name, those that others may use first. */
const declarationsOf = (project: ProjectStructure, name: string, path: string | undefined): readonly Named[] =>
  [...project]
    .filter(([file]) => path === undefined || file === path)
    .flatMap(([file, { symbols }]) =>
      symbols.filter((symbol) => symbol.name === name).map((symbol): Named => ({ path: file, symbol })),
    )
    .sort((left, right) => rank(left) - rank(right));

const rank = ({ symbol }: Named): number => (symbol.exported ? 0 : 2) + (symbol.container === undefined ? 0 : 1);

const spanFrom = ({ line, column }: Position, length: number): CodeLocation['span'] => ({
  start: { line, column },
  end: { line, column: column + length },
});

const nameLocation = ({ path, symbol }: Named): CodeLocation => ({
  path,
  span: spanFrom(symbol.nameAt, symbol.name.length),
});

/** The word at a place. */
const wordAt = (workspace: Workspace, path: string, { line, column }: Position): string | undefined => {
  const text = linesOf(workspace.text(path) ?? '')[line - 1];
  if (text === undefined) throw new CodeRefusal('line', `${path} has no line ${line}`);
  for (const { 0: word, index } of text.matchAll(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu))
    if (index < column && column <= index + word.length + 1) return word;
  return undefined;
};

const requireFile = (workspace: Workspace, path: string): void => {
  if (!workspace.files.has(path)) throw new CodeRefusal('path', `there is no file ${JSON.stringify(path)}`, true);
};

export const references = async (workspace: Workspace, query: Query<'references'>): Answer<'references'> => {
  if ('at' in query) {
    requireFile(workspace, query.path);
    if (isScript(languageOf(query.path))) return await typedReferences(workspace, query.path, query.at);
    const project = await workspace.structures(isCode);
    if (workspace.needs.size > 0) return undefined;
    workspace.text(query.path);
    if (workspace.needs.size > 0) return undefined;
    const name = wordAt(workspace, query.path, query.at);
    if (name === undefined) throw new CodeRefusal('line', 'no name stands there');
    return mentions(workspace, project, name, query.path);
  }
  const project = await workspace.structures(isCode);
  if (workspace.needs.size > 0) return undefined;
  const [first] = declarationsOf(project, query.name, query.path);
  if (first === undefined) throw new CodeRefusal('name', `nothing is declared as ${JSON.stringify(query.name)}`, true);
  if (isScript(languageOf(first.path))) return await typedReferences(workspace, first.path, first.symbol.nameAt);
  return mentions(workspace, project, query.name, first.path);
};

const typedReferences = async (workspace: Workspace, path: string, at: Position): Answer<'references'> => {
  const session = await ServiceSession.open(workspace, path);
  if (session === undefined) return undefined;
  const found = session.service.findReferences(session.name(path), session.offset(path, at)) ?? [];
  const entries = found.flatMap((group) => group.references);
  const located = entries.flatMap(({ fileName, textSpan, isDefinition }) => {
    const location = session.location(fileName, textSpan);
    return location === undefined ? [] : [{ location, isDefinition: isDefinition === true }];
  });
  const [first] = located;
  if (first === undefined) throw new CodeRefusal('line', 'no name of this project stands there');
  const { textSpan, fileName } = entries[0] ?? { textSpan: { start: 0, length: 0 }, fileName: '' };
  const text = session.service.getProgram()?.getSourceFile(fileName)?.text ?? '';
  return {
    name: text.slice(textSpan.start, textSpan.start + textSpan.length),
    resolution: 'types',
    definitions: located.filter(({ isDefinition }) => isDefinition).map(({ location }) => location),
    references: located.filter(({ isDefinition }) => !isDefinition).map(({ location }) => location),
    ...session.partial,
  };
};

/** All places of a name in the files of the same language. */
const mentions = (
  workspace: Workspace,
  project: ProjectStructure,
  name: string,
  from: string,
): CodeQuestions['references']['answer'] | undefined => {
  const language = languageOf(from);
  if (!isTreeLanguage(language)) throw new CodeRefusal('path', 'is not source code of a known language');
  const files = [...project].filter(([, facts]) => facts.language === language && facts.identifiers.has(name));
  for (const [path] of files) workspace.text(path);
  if (workspace.needs.size > 0) return undefined;
  const definitions = declarationsOf(project, name, undefined)
    .filter(({ path }) => languageOf(path) === language)
    .map(nameLocation);
  const isDefinition = (path: string, { line, column }: Position): boolean =>
    definitions.some(
      ({ path: other, span }) => other === path && span.start.line === line && span.start.column === column,
    );
  const places = files.flatMap(([path]) =>
    withTree(language, workspace.text(path) ?? '', (tree) => treeMentions(tree, name)).flatMap((at) =>
      isDefinition(path, at) ? [] : [{ path, span: spanFrom(at, name.length) }],
    ),
  );
  return { name, resolution: 'names', definitions, references: places };
};

/** For other languages: declarations in the file itself, then in what it imports, then anywhere. */
export const definition = async (workspace: Workspace, query: Query<'definition'>): Answer<'definition'> => {
  requireFile(workspace, query.path);
  const { path, at } = query;
  if (!isScript(languageOf(path))) {
    const found = await namedDefinitions(workspace, path, at);
    return found === undefined ? undefined : { definitions: found.map(nameLocation), resolution: 'names' };
  }
  const session = await ServiceSession.openFile(workspace, path);
  if (session === undefined) return undefined;
  const found = session.service.getDefinitionAtPosition(session.name(path), session.offset(path, at)) ?? [];
  const definitions = found.flatMap(({ fileName, textSpan }) => session.location(fileName, textSpan) ?? []);
  return { definitions, resolution: 'types' };
};

const namedDefinitions = async (
  workspace: Workspace,
  path: string,
  at: Position,
): Promise<readonly Named[] | undefined> => {
  const project = await workspace.structures(isCode);
  workspace.text(path);
  if (workspace.needs.size > 0) return undefined;
  const name = wordAt(workspace, path, at);
  if (name === undefined) return [];
  const all = declarationsOf(project, name, undefined).filter(
    ({ path: file }) => languageOf(file) === languageOf(path),
  );
  const own = all.filter(({ path: file }) => file === path);
  if (own.length > 0) return own;
  const imported = buildImportGraph(project).targets.get(path);
  const near = all.filter(({ path: file }) => imported?.has(file) === true);
  return near.length > 0 ? near : all;
};

const longestHover = 4_000;

export const hover = async (workspace: Workspace, query: Query<'hover'>): Answer<'hover'> => {
  requireFile(workspace, query.path);
  const { path, at } = query;
  if (!isScript(languageOf(path))) {
    const found = await namedDefinitions(workspace, path, at);
    if (found === undefined) return undefined;
    const [first] = found;
    if (first === undefined) return {};
    const text = workspace.text(first.path);
    if (workspace.needs.size > 0) return undefined;
    const signature = linesOf(text ?? '')[first.symbol.span.start.line - 1]?.trim() ?? first.symbol.name;
    return { signature: signature.slice(0, longestHover), documentation: `Declared in ${first.path}.` };
  }
  const session = await ServiceSession.openFile(workspace, path);
  if (session === undefined) return undefined;
  const info = session.service.getQuickInfoAtPosition(session.name(path), session.offset(path, at));
  if (info === undefined) return {};
  const documentation = session.ts.displayPartsToString(info.documentation ?? []).slice(0, longestHover);
  return {
    signature: session.ts.displayPartsToString(info.displayParts ?? []).slice(0, longestHover),
    ...(documentation === '' ? {} : { documentation }),
    span: session.span(path, info.textSpan),
  };
};

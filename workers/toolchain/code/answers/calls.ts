/** The call graph, a page of files at a time. */
import type { Node, TypeChecker } from 'typescript6';
import type { CodeCall, FileFacts, ProjectStructure } from '../../../../shared/domain/code/facts.ts';
import { buildImportGraph, type ImportGraph } from '../../../../shared/domain/code/import-graph.ts';
import { isScript } from '../../../../shared/domain/code/language.ts';
import type { CallEdge, CodeQuestions } from '../../../../shared/rpc/code.ts';
import { projectFolder } from '../../check/virtual-files.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { isTreeLanguage } from '../file-facts.ts';
import { readCalls } from '../script/calls.ts';
import { positionAt } from '../script/place.ts';
import { ServiceSession } from '../service/session.ts';
import { treeCalls } from '../tree/facts.ts';
import { withTree } from '../tree/parse.ts';
import { isCode } from '../wanted.ts';
import type { Workspace } from '../workspace.ts';

type Target = CallEdge['to'];

interface Collected {
  readonly edges: CallEdge[];
  unresolved: number;
}

export const calls = async (
  workspace: Workspace,
  query: CodeQuestions['calls']['query'],
): Promise<CodeQuestions['calls']['answer'] | undefined> => {
  const project = await workspace.structures(isCode);
  if (workspace.needs.size > 0) return undefined;
  const { after = '', limit, path } = query;
  const rest = [...project].filter(([file, { depth }]) =>
    path === undefined ? file > after && depth === 'parsed' : file === path,
  );
  const page = rest.slice(0, limit);
  const hasScripts = page.some(([, { language }]) => isScript(language));
  const session = hasScripts
    ? await ServiceSession.open(workspace, page.find(([, f]) => isScript(f.language))?.[0])
    : undefined;
  const paths = new Set(page.map(([file]) => file));
  const facts = await workspace.facts((file) => paths.has(file.path));
  for (const path of paths) workspace.text(path);
  if (workspace.needs.size > 0 || (hasScripts && session === undefined)) return undefined;
  const collected: Collected = { edges: [], unresolved: 0 };
  const graph = buildImportGraph(project);
  for (const [file, found] of facts) {
    if (session !== undefined && isScript(found.language)) collectTyped(session, file, found, collected);
    else collectNamed(workspace, { project, graph }, file, found, collected);
  }
  const last = page.at(-1)?.[0];
  const next = path === undefined && last !== undefined && rest.length > page.length ? { next: last } : {};
  const resolution = page.every(([, { language }]) => isScript(language)) ? 'types' : 'names';
  return { ...collected, resolution, ...next, ...session?.partial };
};

const callerName = (facts: FileFacts, { within }: CodeCall): string =>
  facts.functions[within]?.name ?? '(top of the file)';

const add = (collected: Collected, from: CallEdge['from'], call: CodeCall, to: Target | undefined): void => {
  if (to === undefined) collected.unresolved += 1;
  else collected.edges.push({ from, at: call.at, to });
};

const collectTyped = (session: ServiceSession, path: string, facts: FileFacts, collected: Collected): void => {
  if (!session.roots.includes(path)) return;
  const checker = session.service.getProgram()?.getTypeChecker();
  if (checker === undefined) return;
  for (const call of readCalls(session.ts, session.file(path))) {
    const from = { path, function: callerName(facts, call) };
    add(collected, from, call, targetOf(session.ts, checker, call.node));
  }
};

/** The declaration behind a name, through imports; undefined for one of a library. */
const targetOf = (ts: TypeScript, checker: TypeChecker, node: Node): Target | undefined => {
  let symbol = checker.getSymbolAtLocation(node);
  if (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0) symbol = checker.getAliasedSymbol(symbol);
  const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0];
  const file = declaration?.getSourceFile();
  if (symbol === undefined || declaration === undefined || file?.fileName.startsWith(projectFolder) !== true)
    return undefined;
  const { line } = positionAt(file, declaration.getStart(file));
  return { path: file.fileName.slice(projectFolder.length), name: symbol.name, line };
};

interface Surroundings {
  readonly project: ProjectStructure;
  readonly graph: ImportGraph;
}

const collectNamed = (
  workspace: Workspace,
  surroundings: Surroundings,
  path: string,
  facts: FileFacts,
  collected: Collected,
): void => {
  const { language } = facts;
  if (!isTreeLanguage(language)) return;
  for (const call of withTree(language, workspace.text(path) ?? '', (tree, grammar) => treeCalls(grammar, tree)))
    add(collected, { path, function: callerName(facts, call) }, call, namedTarget(surroundings, path, call.name));
};

/** In the file itself, then in what it imports; a name that is declared in several imported files is not resolved. */
const namedTarget = ({ project, graph }: Surroundings, path: string, name: string): Target | undefined => {
  const declaredIn = (file: string): readonly Target[] =>
    (project.get(file)?.symbols ?? [])
      .filter((symbol) => symbol.name === name && symbol.kind !== 'field' && symbol.kind !== 'variable')
      .map((symbol) => ({ path: file, name, line: symbol.nameAt.line }));
  const [own] = declaredIn(path);
  if (own !== undefined) return own;
  const imported = [...(graph.targets.get(path) ?? [])].flatMap(declaredIn);
  return imported.length === 1 ? imported[0] : undefined;
};

/** Answers that are computed from the facts of all files: outlines, symbols, graphs and measures. */
import { findCycles } from '../../../../shared/domain/code/cycles.ts';
import { findDeadExports } from '../../../../shared/domain/code/dead-exports.ts';
import { findDuplicates, type Passage } from '../../../../shared/domain/code/duplication.ts';
import type { FileFacts, FileStructure, ProjectStructure } from '../../../../shared/domain/code/facts.ts';
import { findImpact } from '../../../../shared/domain/code/impact.ts';
import { buildImportGraph, type ImportGraph } from '../../../../shared/domain/code/import-graph.ts';
import { isScript, isTestPath, languageOf } from '../../../../shared/domain/code/language.ts';
import { maintainabilityOf } from '../../../../shared/domain/code/maintainability.ts';
import type { CodeQuestion, CodeQuestions, FileMetrics, FileOutline, PathPage } from '../../../../shared/rpc/code.ts';
import { CodeRefusal } from '../refusal.ts';
import { isCode } from '../wanted.ts';
import type { Workspace } from '../workspace.ts';

type Query<Kind extends CodeQuestion> = CodeQuestions[Kind]['query'];
/** Undefined while texts are missing. */
type Answer<Kind extends CodeQuestion> = Promise<CodeQuestions[Kind]['answer'] | undefined>;

/** The entries of one page, and where the next begins. */
const pageOf = <Value>(
  entries: readonly (readonly [string, Value])[],
  { after = '', limit }: PathPage,
): { readonly page: readonly (readonly [string, Value])[]; readonly next?: string } => {
  const rest = entries.filter(([path]) => path > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1)?.[0];
  return last !== undefined && rest.length > page.length ? { page, next: last } : { page };
};

/** What all source code declares, takes and gives; undefined while texts are missing. */
const codeOf = async (workspace: Workspace): Promise<ProjectStructure | undefined> => {
  const project = await workspace.structures(isCode);
  return workspace.needs.size > 0 ? undefined : project;
};

/** Facts of all source code; undefined while texts are missing. */
const measuredCode = async (workspace: Workspace): Promise<ReadonlyMap<string, FileFacts> | undefined> => {
  const project = await workspace.facts(isCode);
  return workspace.needs.size > 0 ? undefined : project;
};

const withGraph = async <Value>(
  workspace: Workspace,
  work: (project: ProjectStructure, graph: ImportGraph) => Value,
): Promise<Value | undefined> => {
  const project = await codeOf(workspace);
  return project === undefined ? undefined : work(project, buildImportGraph(project));
};

const outlineOf = (path: string, facts: FileStructure): FileOutline => ({
  path,
  language: facts.language,
  depth: facts.depth,
  ...(facts.note === undefined ? {} : { note: facts.note }),
  symbols: facts.symbols,
  syntaxProblems: facts.syntaxProblems,
});

/** Only the files of the page are read, so that the first page of a large project comes at once. */
export const outline = async (workspace: Workspace, query: Query<'outline'>): Answer<'outline'> => {
  const { path, prefix = '' } = query;
  if (path !== undefined && !workspace.files.has(path))
    throw new CodeRefusal('path', `there is no file ${JSON.stringify(path)}`, true);
  const wanted = [...workspace.files.values()].filter((file) =>
    path === undefined ? file.path.startsWith(prefix) && languageOf(file.path) !== 'text' : file.path === path,
  );
  const { page, next } = pageOf(
    wanted.map((file) => [file.path, file] as const),
    query,
  );
  const paths = new Set(page.map(([name]) => name));
  const facts = await workspace.structures((file) => paths.has(file.path));
  if (workspace.needs.size > 0) return undefined;
  const files = [...facts].map(([name, found]) => outlineOf(name, found));
  return next === undefined ? { files } : { files, next };
};

/** The same name first, then names that begin with the text, then those that contain it; case does not matter. */
export const symbols = async (workspace: Workspace, { text, limit }: Query<'symbols'>): Answer<'symbols'> => {
  const project = await codeOf(workspace);
  if (project === undefined) return undefined;
  const wanted = text.toLowerCase();
  const rank = (name: string): number => {
    const at = name.toLowerCase().indexOf(wanted);
    return name === text ? 0 : at === 0 ? (name.length === text.length ? 1 : 2) : 3;
  };
  const found = [...project]
    .flatMap(([path, facts]) =>
      facts.symbols.filter(({ name }) => name.toLowerCase().includes(wanted)).map((symbol) => ({ ...symbol, path })),
    )
    .sort((left, right) => rank(left.name) - rank(right.name));
  return { symbols: found.slice(0, limit), total: found.length };
};

export const imports = async (workspace: Workspace, query: Query<'imports'>): Answer<'imports'> =>
  await withGraph(workspace, (_project, { targets, external, missing }) => {
    const { page, next } = pageOf([...targets], query);
    const files = page.map(([path, found]) => ({
      path,
      imports: [...found].sort(),
      external: [...(external.get(path) ?? [])].sort(),
    }));
    const paths = new Set(files.map(({ path }) => path));
    const lost = missing.filter(({ from }) => paths.has(from));
    return next === undefined ? { files, missing: lost } : { files, missing: lost, next };
  });

export const cycles = async (workspace: Workspace): Answer<'cycles'> =>
  await withGraph(workspace, (_project, { targets }) => ({ cycles: findCycles(targets) }));

export const deadExports = async (workspace: Workspace, { limit }: Query<'deadExports'>): Answer<'deadExports'> =>
  await withGraph(workspace, (project, graph) => {
    const dead = findDeadExports(project, graph);
    return { exports: dead.slice(0, limit), total: dead.length };
  });

export const documentation = async (
  workspace: Workspace,
  { limit }: Query<'documentation'>,
): Answer<'documentation'> => {
  const project = await codeOf(workspace);
  if (project === undefined) return undefined;
  const code = [...project].filter(([path]) => !isTestPath(path));
  const exported = code.flatMap(([path, facts]) =>
    isScript(facts.language)
      ? facts.symbols
          .filter((symbol) => symbol.exported && symbol.container === undefined)
          .map((symbol) => ({ path, symbol }))
      : [],
  );
  const undocumented = exported.filter(({ symbol }) => symbol.documented !== true);
  return {
    documented: exported.length - undocumented.length,
    total: exported.length,
    undocumented: undocumented
      .slice(0, limit)
      .map(({ path, symbol }) => ({ path, name: symbol.name, line: symbol.nameAt.line })),
    endpoints: code.flatMap(([file, { endpoints }]) => endpoints.map((endpoint) => ({ ...endpoint, file }))),
    otherFiles: code.filter(([, { language, depth }]) => depth === 'parsed' && !isScript(language)).length,
  };
};

export const impact = async (workspace: Workspace, { paths }: Query<'impact'>): Answer<'impact'> =>
  await withGraph(workspace, (project, graph) => findImpact(project, graph, paths));

const summary = (values: readonly number[]): { readonly total: number; readonly highest: number } => ({
  total: values.reduce((sum, value) => sum + value, 0),
  highest: values.reduce((highest, value) => Math.max(highest, value), 0),
});

const metricsOf = (path: string, facts: FileFacts): FileMetrics => {
  const maintainability = maintainabilityOf(facts);
  return {
    path,
    language: facts.language,
    depth: facts.depth,
    ...(facts.note === undefined ? {} : { note: facts.note }),
    lines: facts.lines,
    functions: facts.functions.length,
    cyclomatic: summary(facts.functions.map(({ cyclomatic }) => cyclomatic)),
    cognitive: summary(facts.functions.map(({ cognitive }) => cognitive)),
    ...(maintainability === undefined ? {} : { maintainability: Math.round(maintainability * 10) / 10 }),
  };
};

/** Of every file, also of those that are no source code: their lines are counted. Only the page is read. */
export const metrics = async (workspace: Workspace, query: Query<'metrics'>): Answer<'metrics'> => {
  const { prefix = '' } = query;
  const wanted = [...workspace.files].filter(([path]) => path.startsWith(prefix));
  const { page, next } = pageOf(wanted, query);
  const paths = new Set(page.map(([path]) => path));
  const facts = await workspace.facts(({ path }) => paths.has(path));
  if (workspace.needs.size > 0) return undefined;
  const files = [...facts].map(([path, found]) => metricsOf(path, found));
  return next === undefined ? { files } : { files, next };
};

/** The hardest to understand first. */
export const functions = async (workspace: Workspace, { path, limit }: Query<'functions'>): Answer<'functions'> => {
  const project = await measuredCode(workspace);
  if (project === undefined) return undefined;
  const all = [...project]
    .filter(([file]) => path === undefined || file === path)
    .flatMap(([file, facts]) => facts.functions.map((found) => ({ ...found, path: file })))
    .sort((left, right) => right.cognitive - left.cognitive || right.cyclomatic - left.cyclomatic);
  return { functions: all.slice(0, limit), total: all.length };
};

const mostDuplicates = 10_000;

export const duplication = async (workspace: Workspace, { limit }: Query<'duplication'>): Answer<'duplication'> => {
  const project = await measuredCode(workspace);
  if (project === undefined) return undefined;
  const duplicates = findDuplicates(project, mostDuplicates);
  const lines = new Set<string>();
  const note = ({ path, startLine, endLine }: Passage): void => {
    for (let line = startLine; line <= endLine; line += 1) lines.add(`${path}:${line}`);
  };
  for (const { second } of duplicates) note(second);
  return { duplicates: duplicates.slice(0, limit), duplicatedLines: lines.size };
};

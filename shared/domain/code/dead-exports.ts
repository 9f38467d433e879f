/** Exports that nothing in the project imports. */
import type { FileStructure, ProjectStructure } from './facts.ts';
import type { ImportGraph } from './import-graph.ts';
import { isScript, isTestPath } from './language.ts';

export interface DeadExport {
  readonly path: string;
  readonly name: string;
  readonly line: number;
  /** `nothing`: not used at all; `tests`: only tests import it. */
  readonly usedBy: 'nothing' | 'tests';
}

/** Modules whose exports are for others: nobody inside need import them. */
const isEntry = (path: string): boolean =>
  isTestPath(path) ||
  /\.d\.[cm]?ts$/.test(path) ||
  /(?:^|\/)[^/]*\.config\.[cm]?[jt]s$/.test(path) ||
  /^(?:[^/]+\/)?(?:index|main|app|server|worker|mod|cli|bin)\.[cm]?[jt]sx?$/.test(path) ||
  /^src\/(?:index|main|app|server|worker|cli)\.[cm]?[jt]sx?$/.test(path);

type Users = Map<string, Set<string>>;

/** Names imported from each file, with who imports them; `*` stands for all of them. */
const collectUsers = (project: ProjectStructure, graph: ImportGraph): ReadonlyMap<string, Users> => {
  const users = new Map<string, Users>();
  const note = (path: string, name: string, user: string): void => {
    const names: Users = users.get(path) ?? new Map<string, Set<string>>();
    names.set(name, (names.get(name) ?? new Set<string>()).add(user));
    users.set(path, names);
  };
  for (const edges of graph.edges.values()) {
    for (const edge of edges) {
      // A re-export hands the name on; whether anybody takes it there is followed below.
      if (edge.kind === 'reexport') continue;
      if (edge.names.length === 0 && edge.kind !== 'static') note(edge.to, '*', edge.from);
      for (const { imported } of edge.names) note(edge.to, imported, edge.from);
    }
  }
  followReexports(project, graph, users, note);
  return users;
};

const followReexports = (
  project: ProjectStructure,
  graph: ImportGraph,
  users: ReadonlyMap<string, Users>,
  note: (path: string, name: string, user: string) => void,
): void => {
  // Each round hands the users of re-exported names one module further; a chain is at most as long as the project.
  for (let changed = true; changed;) {
    changed = false;
    for (const [path, facts] of project) {
      for (const exported of facts.exports) {
        if (exported.from === undefined) continue;
        const target = graph.edges
          .get(path)
          ?.find(({ kind, line }) => kind === 'reexport' && line === exported.line)?.to;
        if (target === undefined) continue;
        for (const [name, user] of usersOf(users.get(path), exported, isEntry(path) ? path : undefined)) {
          if (users.get(target)?.get(name)?.has(user) === true) continue;
          note(target, name, user);
          changed = true;
        }
      }
    }
  }
};

/** Pairs of the name in the other module and a user of it. */
const usersOf = (
  users: Users | undefined,
  exported: FileStructure['exports'][number],
  entry: string | undefined,
): readonly (readonly [string, string])[] => {
  const pairs: (readonly [string, string])[] = [];
  const imported = exported.imported ?? exported.name;
  if (entry !== undefined) pairs.push([imported, entry]);
  for (const [name, names] of users ?? []) {
    if (exported.name === '*') for (const user of names) pairs.push([name, user]);
    else if (name === exported.name || name === '*') for (const user of names) pairs.push([imported, user]);
  }
  return pairs;
};

/** In the order of paths and lines. Only TypeScript and JavaScript have exports in this sense. */
export const findDeadExports = (project: ProjectStructure, graph: ImportGraph): readonly DeadExport[] => {
  const users = collectUsers(project, graph);
  const dead: DeadExport[] = [];
  for (const [path, facts] of project) {
    if (!isScript(facts.language) || isEntry(path)) continue;
    const names = users.get(path);
    for (const { name, line, from } of facts.exports) {
      if (name === '*' || from !== undefined) continue;
      const found = [...(names?.get(name) ?? []), ...(names?.get('*') ?? [])];
      if (found.length === 0) dead.push({ path, name, line, usedBy: 'nothing' });
      else if (found.every(isTestPath)) dead.push({ path, name, line, usedBy: 'tests' });
    }
  }
  return dead;
};

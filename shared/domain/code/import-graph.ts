/** Which file uses which, from what each one imports. */
import type { CodeImport, ProjectStructure } from './facts.ts';
import { isScript } from './language.ts';
import { createPackageResolvers } from './resolve-packages.ts';
import { findPackageUses } from './package-uses.ts';
import { ScriptResolver } from './resolve-script.ts';

/** One file's use of another. */
export interface ImportEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: CodeImport['kind'];
  readonly line: number;
  readonly names: CodeImport['names'];
}

export interface ImportGraph {
  /** By file, in the order of the text. */
  readonly edges: ReadonlyMap<string, readonly ImportEdge[]>;
  /** The files that each file uses, once. */
  readonly targets: ReadonlyMap<string, ReadonlySet<string>>;
  /** Specifiers of what is not in the project, by file. */
  readonly external: ReadonlyMap<string, ReadonlySet<string>>;
  /** Relative specifiers that lead nowhere. */
  readonly missing: readonly { readonly from: string; readonly specifier: string; readonly line: number }[];
}

/** The graph of a whole project. Every parsed file has an entry, also one that uses nothing. */
export const buildImportGraph = (project: ProjectStructure): ImportGraph => {
  const scripts = new ScriptResolver(project);
  const packages = createPackageResolvers(project);
  const packageUses = findPackageUses(project);
  const edges = new Map<string, ImportEdge[]>();
  const targets = new Map<string, Set<string>>();
  const external = new Map<string, Set<string>>();
  const missing: { from: string; specifier: string; line: number }[] = [];
  for (const [path, facts] of project) {
    if (facts.depth !== 'parsed') continue;
    const own: ImportEdge[] = [];
    const outside = new Set<string>();
    for (const used of facts.imports) {
      const { specifier, kind, line, names } = used;
      const found = isScript(facts.language)
        ? [scripts.resolve(path, specifier)].filter((target) => target !== undefined)
        : packages(path, facts, used);
      for (const to of found) own.push({ from: path, to, kind, line, names });
      if (found.length > 0) continue;
      if (specifier.startsWith('.')) missing.push({ from: path, specifier, line });
      else outside.add(specifier);
    }
    own.push(...packageUses(path, facts));
    edges.set(path, own);
    targets.set(path, new Set(own.map(({ to }) => to)));
    external.set(path, outside);
  }
  return { edges, targets, external, missing };
};

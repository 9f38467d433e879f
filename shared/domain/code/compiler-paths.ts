/**
 * `paths` and `baseUrl` of the configurations of TypeScript in a project, and of those that they extend: where a
 * specifier that is not relative may stand. https://www.typescriptlang.org/tsconfig/#paths
 */
import type { Manifest } from './facts.ts';
import { folderOf, joinPath } from './module-paths.ts';

interface Pattern {
  readonly before: string;
  /** Undefined: the specifier is meant as it stands. */
  readonly after: string | undefined;
  /** From the root of the project, with the star of the pattern. */
  readonly targets: readonly string[];
}

/** What holds below one folder. */
interface Configuration {
  readonly folder: string;
  /** The one that TypeScript prefers first: exact ones, then those with the longest beginning. */
  readonly patterns: readonly Pattern[];
  readonly baseUrl: string | undefined;
}

type Manifests = ReadonlyMap<string, { readonly manifest?: Manifest | undefined }>;

/** Configurations may go on from one another so often. */
const longestChain = 8;

/** The folder of the configuration that extends the others, in paths of any of them. */
const configDirectory = '${configDir}/';

const patternsOf = (paths: NonNullable<Manifest['paths']>, base: string, own: string): readonly Pattern[] => {
  const place = (target: string): string | undefined =>
    target.startsWith(configDirectory) ? joinPath(own, target.slice(configDirectory.length)) : joinPath(base, target);
  const patterns = Object.entries(paths).map(([pattern, targets]) => {
    const star = pattern.indexOf('*');
    return {
      before: star === -1 ? pattern : pattern.slice(0, star),
      after: star === -1 ? undefined : pattern.slice(star + 1),
      targets: targets.flatMap((target) => place(target) ?? []),
    };
  });
  const rank = ({ before, after }: Pattern): number => (after === undefined ? Number.POSITIVE_INFINITY : before.length);
  return patterns.toSorted((left, right) => rank(right) - rank(left));
};

/** The file that an `extends` means; a configuration from a package says nothing here. */
const extended = (path: string, specifier: string, manifests: Manifests): string | undefined => {
  if (!specifier.startsWith('.')) return undefined;
  const base = joinPath(folderOf(path), specifier);
  return base === undefined
    ? undefined
    : [base, `${base}.json`, `${base}/tsconfig.json`].find((at) => manifests.has(at));
};

/** The nearest `paths` and `baseUrl`, each with the folder that it starts from. */
const configurationOf = (path: string, manifests: Manifests): Configuration => {
  let paths: { readonly paths: NonNullable<Manifest['paths']>; readonly folder: string } | undefined;
  let baseUrl: string | undefined;
  const pending = [path];
  for (let read = 0; read < longestChain; read += 1) {
    const at = pending.shift();
    if (at === undefined) break;
    const manifest = manifests.get(at)?.manifest ?? {};
    const folder = folderOf(at);
    if (manifest.paths !== undefined) paths ??= { paths: manifest.paths, folder };
    if (manifest.baseUrl !== undefined) baseUrl ??= joinPath(folder, manifest.baseUrl);
    pending.unshift(...(manifest.extends ?? []).flatMap((specifier) => extended(at, specifier, manifests) ?? []));
  }
  const own = folderOf(path);
  const patterns = paths === undefined ? [] : patternsOf(paths.paths, baseUrl ?? paths.folder, own);
  return { folder: own, patterns, baseUrl };
};

const starOf = (specifier: string, { before, after }: Pattern): string | undefined => {
  if (after === undefined) return specifier === before ? '' : undefined;
  const fits = specifier.length >= before.length + after.length && specifier.startsWith(before);
  return fits && specifier.endsWith(after)
    ? specifier.slice(before.length, specifier.length - after.length)
    : undefined;
};

const matchIn = (patterns: readonly Pattern[], specifier: string): readonly string[] | undefined => {
  for (const pattern of patterns) {
    const star = starOf(specifier, pattern);
    if (star !== undefined) return pattern.targets.map((target) => target.replace('*', () => star));
  }
  return undefined;
};

export class CompilerPaths {
  /** Nearest (longest folder) first. */
  readonly #configurations: readonly Configuration[];
  readonly #everywhere: readonly Pattern[];

  /** `everywhere` holds in all files and before any configuration: patterns as in `paths`, targets from the root. */
  constructor(manifests: Manifests, everywhere: NonNullable<Manifest['paths']> = {}) {
    this.#everywhere = patternsOf(everywhere, '', '');
    this.#configurations = [...manifests]
      .filter(([path, { manifest }]) => manifest !== undefined && /(?:^|\/)[jt]sconfig\.json$/.test(path))
      .map(([path]) => configurationOf(path, manifests))
      .filter(({ patterns, baseUrl }) => patterns.length > 0 || baseUrl !== undefined)
      .toSorted((left, right) => right.folder.length - left.folder.length);
  }

  /** Paths from the root that a specifier in that file may mean, without what an import may leave out; best first. */
  candidates(from: string, specifier: string): readonly string[] {
    const nearest = this.#configurations.find(({ folder }) => folder === '' || from.startsWith(`${folder}/`));
    const direct = nearest?.baseUrl === undefined ? undefined : joinPath(nearest.baseUrl, specifier);
    const own = matchIn(nearest?.patterns ?? [], specifier) ?? (direct === undefined ? [] : [direct]);
    return [...(matchIn(this.#everywhere, specifier) ?? []), ...own];
  }

  /** The patterns of the configuration at the root, as `paths` below that folder. */
  atRoot(folder: string): Readonly<Record<string, string[]>> {
    const { patterns = [], baseUrl } = this.#configurations.find((one) => one.folder === '') ?? {};
    const all = baseUrl === undefined ? patterns : [...patterns, ...patternsOf({ '*': ['*'] }, baseUrl, baseUrl)];
    return Object.fromEntries(
      all.map(({ before, after, targets }) => [
        after === undefined ? before : `${before}*${after}`,
        targets.map((target) => folder + target),
      ]),
    );
  }
}

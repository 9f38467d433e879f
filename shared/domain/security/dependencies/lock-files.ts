/**
 * Lock files to components: package-lock.json and npm-shrinkwrap.json (versions 1 to 3), pnpm-lock.yaml (5 to 9),
 * yarn.lock (classic and later), and pinned lines of requirements.txt.
 */
import { parse } from 'yaml';
import { err, ok, type Result } from '../../../errors/result.ts';
import type { Component } from './component.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const component = (
  file: string,
  name: string,
  version: string,
  entry: Json,
  more: { readonly direct: boolean; readonly development: boolean; readonly requires: readonly string[] },
): Component => {
  const license = textOf(entry['license']);
  const integrity = textOf(entry['integrity']);
  return {
    ecosystem: 'npm',
    name,
    version,
    file,
    ...more,
    ...(license === undefined ? {} : { license }),
    ...(integrity === undefined ? {} : { integrity }),
  };
};

const isRegistryVersion = (version: string | undefined): version is string =>
  version !== undefined && /^\d+\.\d+\.\d+/.test(version);

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameOfPath = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

const npmPackages = (file: string, packages: Json): readonly Component[] => {
  const root = objectOf(packages['']);
  const direct = new Set(
    [root['dependencies'], root['devDependencies'], root['optionalDependencies']].flatMap((each) =>
      Object.keys(objectOf(each)),
    ),
  );
  return Object.entries(packages).flatMap(([path, value]) => {
    const entry = objectOf(value);
    const version = textOf(entry['version']);
    if (!path.includes('node_modules/') || entry['link'] === true || !isRegistryVersion(version)) return [];
    const name = textOf(entry['name']) ?? nameOfPath(path);
    return [
      component(file, name, version, entry, {
        development: entry['dev'] === true,
        direct: path === `node_modules/${name}` && direct.has(name),
        requires: Object.keys(objectOf(entry['dependencies'])),
      }),
    ];
  });
};

const npmTree = (file: string, dependencies: Json, depth = 0): readonly Component[] =>
  depth > 50
    ? []
    : Object.entries(dependencies).flatMap(([name, value]) => {
        const entry = objectOf(value);
        const version = textOf(entry['version']);
        const own = isRegistryVersion(version)
          ? [
              component(file, name, version, entry, {
                development: entry['dev'] === true,
                direct: depth === 0,
                requires: Object.keys(objectOf(entry['requires'])),
              }),
            ]
          : [];
        return [...own, ...npmTree(file, objectOf(entry['dependencies']), depth + 1)];
      });

const readNpm = (file: string, text: string): readonly Component[] => {
  const document = objectOf(JSON.parse(text));
  return isObject(document['packages'])
    ? npmPackages(file, document['packages'])
    : npmTree(file, objectOf(document['dependencies']));
};

/** `/@scope/name/1.0.0_peer`, `/name@1.0.0(peer)` and `name@1.0.0`, of three generations. */
const pnpmKey = /^\/?((?:@[^/]+\/)?[^/@]+)[/@](\d+\.\d+\.\d+[^_(]*)/;

const readPnpm = (file: string, text: string): readonly Component[] => {
  const document = objectOf(parse(text, { maxAliasCount: 100 }));
  const importers = isObject(document['importers']) ? Object.values(document['importers']).map(objectOf) : [document];
  const names = (kind: string): readonly string[] => importers.flatMap((each) => Object.keys(objectOf(each[kind])));
  const direct = new Set([...names('dependencies'), ...names('devDependencies'), ...names('optionalDependencies')]);
  const development = new Set(names('devDependencies'));
  const snapshots = objectOf(document['snapshots']);
  return Object.entries(objectOf(document['packages'])).flatMap(([key, value]) => {
    const [, name, version] = pnpmKey.exec(key) ?? [];
    if (name === undefined || version === undefined) return [];
    const entry = objectOf(value);
    const resolution = objectOf(entry['resolution']);
    const requires = Object.keys(objectOf(objectOf(snapshots[key])['dependencies'] ?? entry['dependencies']));
    return [
      component(
        file,
        name,
        version,
        { ...entry, integrity: resolution['integrity'] },
        { development: entry['dev'] === true || development.has(name), direct: direct.has(name), requires },
      ),
    ];
  });
};

/** A block of yarn’s own format: the unindented line names what asked for it, the indented ones what it got. */
const yarnBlocks = (text: string): readonly { readonly head: string; readonly body: readonly string[] }[] => {
  const blocks: { head: string; body: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith(' ')) blocks.at(-1)?.body.push(line);
    else blocks.push({ head: line.replace(/:$/, ''), body: [] });
  }
  return blocks;
};

const unquote = (text: string): string => text.replaceAll(/^"|"$/g, '');

const readYarn = (file: string, text: string): readonly Component[] =>
  yarnBlocks(text).flatMap(({ head, body }) => {
    const asked = unquote(head.split(', ')[0] ?? '');
    const name = asked.slice(0, asked.indexOf('@', 1));
    const value = (key: string): string | undefined => {
      const line = body.find((each) => new RegExp(`^  "?${key}"?:? `).test(each));
      return line === undefined ? undefined : unquote(line.trim().replace(/^"?[\w-]+"?:? /, ''));
    };
    const version = value('version');
    if (name === '' || !isRegistryVersion(version) || /workspace:|link:|portal:/.test(head)) return [];
    const start = body.findIndex((line) => /^ {2}dependencies:/.test(line));
    const requires =
      start === -1
        ? []
        : body
            .slice(start + 1)
            .filter((line) => line.startsWith('    '))
            .map((line) => unquote(line.trim().split(/:? /)[0] ?? ''));
    return [
      component(
        file,
        name,
        version,
        { integrity: value('integrity') },
        { development: false, direct: false, requires },
      ),
    ];
  });

const readRequirements = (file: string, text: string): readonly Component[] =>
  text.split(/\r?\n/).flatMap((line): readonly Component[] => {
    const [, name, version] = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#\\]+)/.exec(line.trim()) ?? [];
    return name === undefined || version === undefined
      ? []
      : [
          {
            ecosystem: 'PyPI',
            name: name.toLowerCase().replaceAll(/[._]+/g, '-'),
            version,
            file,
            development: false,
            direct: true,
            requires: [],
          },
        ];
  });

const readers: readonly {
  readonly name: RegExp;
  readonly read: (file: string, text: string) => readonly Component[];
}[] = [
  { name: /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/, read: readNpm },
  { name: /(?:^|\/)pnpm-lock\.yaml$/, read: readPnpm },
  { name: /(?:^|\/)yarn\.lock$/, read: readYarn },
  { name: /(?:^|\/)requirements[\w.-]*\.txt$/, read: readRequirements },
];

export const isLockFile = (path: string): boolean => readers.some(({ name }) => name.test(path));

const key = ({ ecosystem, name, version }: Component): string => `${ecosystem}:${name}@${version}`;

/** The components of a lock file, each once; an error says why it cannot be read. */
export const readLockFile = (file: string, text: string): Result<readonly Component[], string> => {
  const reader = readers.find(({ name }) => name.test(file));
  if (reader === undefined) return err('It is no lock file that is known.');
  try {
    const components = new Map<string, Component>();
    for (const each of reader.read(file, text)) {
      const known = components.get(key(each));
      const merged =
        known === undefined
          ? each
          : { ...known, direct: known.direct || each.direct, development: known.development && each.development };
      components.set(key(each), merged);
    }
    return ok([...components.values()]);
  } catch (error) {
    return err(`It does not parse: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
  }
};

/**
 * What configurations of Vite, Vitest and Jest say that imports stand for, as far as it stands there plainly: patterns as in
 * the `paths` of a tsconfig, targets from the folder of the project.
 */
import type { AnyNode, ObjectExpression, TemplateLiteral } from 'acorn';
import { settingsOf, textsOf, type Settings } from './config-objects.ts';

export type Aliases = Readonly<Record<string, readonly string[]>>;

/** Functions that make one path of several, or of an address. */
const pathMakers: ReadonlySet<string> = new Set(['resolve', 'join', 'fileURLToPath', 'normalize']);

const nameOf = (node: AnyNode): string | undefined => {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' ? node.property.name : undefined;
};

/** The folder of the configuration, which is the project's. */
const isHere = (node: AnyNode): boolean =>
  ['__dirname', 'dirname'].includes(nameOf(node) ?? '') ||
  (node.type === 'CallExpression' && nameOf(node.callee) === 'cwd');

const joined = (parts: readonly (string | undefined)[]): string | undefined =>
  parts.some((part) => part === undefined) ? undefined : parts.filter((part) => part !== '').join('/');

/** Texts and expressions in turns. */
const textOf = ({ quasis, expressions }: TemplateLiteral): string | undefined => {
  const parts = quasis.flatMap(({ value }, index) => {
    const expression = expressions[index];
    return [value.cooked ?? undefined, expression === undefined ? '' : pathOf(expression)];
  });
  return parts.includes(undefined) ? undefined : parts.join('');
};

/** The path that an expression plainly means; undefined for one that has to be run. */
const pathOf = (node: AnyNode): string | undefined => {
  if (isHere(node)) return '';
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? node.value : undefined;
    case 'TemplateLiteral':
      return textOf(node);
    case 'CallExpression':
      return pathMakers.has(nameOf(node.callee) ?? '') ? joined(node.arguments.map(pathOf)) : undefined;
    case 'NewExpression':
      return nameOf(node.callee) === 'URL' && node.arguments[0] !== undefined ? pathOf(node.arguments[0]) : undefined;
    case 'MemberExpression':
      return nameOf(node) === 'pathname' ? pathOf(node.object) : undefined;
    default:
      return undefined;
  }
};

const fromRoot = (path: string): string =>
  path
    .replace(/^<rootDir>/, '')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/+$/, '');

/** A name stands for a file, and before a slash for a folder. */
const aliasOf = (name: string, path: string): readonly (readonly [string, readonly string[]])[] => {
  const target = fromRoot(path);
  if (name.endsWith('/')) return [[`${name}*`, [`${target}/*`]]];
  return [
    [name, [target]],
    [`${name}/*`, [`${target}/*`]],
  ];
};

const pairsOf = (alias: AnyNode): readonly (readonly [string, AnyNode | undefined])[] => {
  if (alias.type === 'ObjectExpression') return [...settingsOf(alias)];
  if (alias.type !== 'ArrayExpression') return [];
  return alias.elements.flatMap((element) => {
    if (element?.type !== 'ObjectExpression') return [];
    const settings = settingsOf(element);
    const [find] = textsOf(settings.get('find'));
    return find === undefined ? [] : [[find, settings.get('replacement')] as const];
  });
};

/** `resolve.alias`, `test.alias`. */
export const viteAliases = (objects: readonly ObjectExpression[]): Aliases =>
  Object.fromEntries(
    objects
      .flatMap((object) => settingsOf(object).get('alias') ?? [])
      .flatMap(pairsOf)
      .flatMap(([name, node]) => {
        const path = node === undefined ? undefined : pathOf(node);
        return path === undefined || name.includes('*') ? [] : aliasOf(name, path);
      }),
  );

/** A beginning without operators, and one group for all of the rest. */
const plainExpression = /^\^((?:[^\\^$.*+?()[\]{}|]|\\[^a-z0-9])*)(\(\.[*+]\))?\$?$/i;

/** Jest's mapper takes regular expressions; those that are a plain name, or a plain beginning and a rest, are read. */
const mappedBy = (
  expression: string,
  targets: readonly string[],
): readonly (readonly [string, readonly string[]])[] => {
  const [, escaped, rest] = plainExpression.exec(expression) ?? [];
  if (escaped === undefined) return [];
  const name = escaped.replaceAll(/\\(.)/g, '$1');
  const plain = targets.map((target) => fromRoot(target).replace('$1', '*'));
  return [[rest === undefined ? name : `${name}*`, plain]];
};

/** `moduleNameMapper`, `modulePaths`, `moduleDirectories`. */
export const jestAliases = (settings: Settings): Aliases => {
  const mapper = settings.get('moduleNameMapper');
  const mapped =
    mapper?.type === 'ObjectExpression'
      ? [...settingsOf(mapper)].flatMap(([expression, node]) => mappedBy(expression, textsOf(node)))
      : [];
  const roots = ['modulePaths', 'moduleDirectories']
    .flatMap((name) => textsOf(settings.get(name)))
    .filter((folder) => folder !== 'node_modules' && !folder.startsWith('/'))
    .map((folder) => `${fromRoot(folder)}/*`.replace(/^\//, ''));
  return Object.fromEntries([...(roots.length === 0 ? [] : [['*', roots] as const]), ...mapped]);
};

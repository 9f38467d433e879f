/**
 * Names that a TypeScript file passes on and that are only types: `export { Shape } from './shape'`. Read alone, a file
 * does not tell them from values, but a module that is linked must not ask for a name that is not there. Which names
 * are values is known once all files are read; the others are dropped then.
 */
import type { AnyNode, ImportSpecifier, ExportSpecifier, Identifier, Literal, Pattern, Program } from 'acorn';
import type { MagicString } from 'magic-string';

/** A name that is passed on, and how it is dropped where it turns out to be a type. */
export interface PassedName {
  readonly specifier: string;
  /** As the other module calls it. */
  readonly name: string;
  readonly drop: () => void;
}

/** What a module offers. */
export interface OfferedNames {
  /** Where a name comes from, when it is passed on from another module. */
  readonly names: ReadonlyMap<string, { readonly specifier: string; readonly name: string } | 'own'>;
  /** `export * from`. */
  readonly stars: readonly string[];
}

const textOf = (node: Identifier | Literal): string => (node.type === 'Identifier' ? node.name : String(node.value));

export function offeredNames(program: Program): OfferedNames {
  const names = new Map<string, { specifier: string; name: string } | 'own'>();
  const stars: string[] = [];
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') names.set('default', 'own');
    if (statement.type === 'ExportAllDeclaration') {
      if (statement.exported == null) stars.push(String(statement.source.value));
      else names.set(textOf(statement.exported), 'own');
    }
    if (statement.type !== 'ExportNamedDeclaration') continue;
    for (const name of declaredNames(statement.declaration ?? undefined)) names.set(name, 'own');
    for (const { exported, local } of statement.specifiers) {
      const from =
        statement.source == null ? 'own' : { specifier: String(statement.source.value), name: textOf(local) };
      names.set(textOf(exported), from);
    }
  }
  return { names, stars };
}

function declaredNames(node: AnyNode | undefined): readonly string[] {
  if (node === undefined) return [];
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => patternNames(id));
  const isNamed = node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration';
  return isNamed && node.id != null ? [node.id.name] : [];
}

function patternNames(pattern: Pattern): readonly string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((part) =>
        patternNames(part.type === 'RestElement' ? part.argument : part.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((part) => (part === null ? [] : patternNames(part)));
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    default:
      return [];
  }
}

/** Names that the code passes on, and that it does not use itself; `used` are the names of all its identifiers. */
export function passedNames(program: Program, text: MagicString, used: ReadonlySet<string>): readonly PassedName[] {
  const passed = new Set<string>();
  const found: PassedName[] = [];
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const { source, specifiers } = statement;
    if (source == null) {
      for (const { local } of specifiers) passed.add(textOf(local));
      continue;
    }
    const kept = new Set<ExportSpecifier>(specifiers);
    const rewrite = (): void => {
      const list = [...kept].map(({ start, end }) => text.original.slice(start, end)).join(', ');
      const lines = '\n'.repeat(text.original.slice(statement.start, source.start).split('\n').length - 1);
      text.overwrite(statement.start, source.start, `export { ${list} } from ${lines}`);
    };
    for (const each of specifiers) {
      const drop = (): void => {
        kept.delete(each);
        rewrite();
      };
      found.push({ specifier: String(source.value), name: textOf(each.local), drop });
    }
  }
  return [...found, ...importedNames(program, text, passed, used)];
}

/** `import { Shape } from './shape'; export { Shape };`, or an import that only types of the source needed. */
function importedNames(
  program: Program,
  text: MagicString,
  passed: ReadonlySet<string>,
  used: ReadonlySet<string>,
): readonly PassedName[] {
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration') return [];
    const named = statement.specifiers.filter((each): each is ImportSpecifier => each.type === 'ImportSpecifier');
    return named.flatMap((each) => {
      const { local, imported } = each;
      if (used.has(local.name)) return [];
      const drop = (): void => {
        // The comma after it goes with it; before the last one it may stand.
        const comma = /^\s*,/.exec(text.original.slice(each.end))?.[0].length ?? 0;
        text.overwrite(each.start, each.end + comma, '\n'.repeat(linesIn(text.original, each.start, each.end + comma)));
        if (passed.has(local.name)) text.append(`\nvar ${local.name};\n`);
      };
      return [{ specifier: String(statement.source.value), name: textOf(imported), drop }];
    });
  });
}

const linesIn = (text: string, from: number, to: number): number => text.slice(from, to).split('\n').length - 1;

/** A built module, and the source files that its specifiers stand for. */
export interface LinkedModule {
  readonly offered: OfferedNames;
  /** Specifiers of what is no source file that was read are not in it. */
  readonly targets: ReadonlyMap<string, string>;
}

/** Whether a module offers a value of that name; of what is not known, it is taken to. */
export function offersValue(
  path: string,
  name: string,
  modules: ReadonlyMap<string, LinkedModule>,
  asked: Set<string> = new Set(),
): boolean {
  const module = modules.get(path);
  if (module === undefined) return true;
  const question = `${path}\n${name}`;
  if (asked.has(question)) return false;
  asked.add(question);
  const { offered, targets } = module;
  const from = offered.names.get(name);
  if (from === 'own') return true;
  const follow = (specifier: string, wanted: string): boolean => {
    const target = targets.get(specifier);
    return target === undefined || offersValue(target, wanted, modules, asked);
  };
  if (from !== undefined) return follow(from.specifier, from.name);
  return name !== 'default' && offered.stars.some((specifier) => follow(specifier, name));
}

/**
 * Puts a call of the fuel counter at the head of every loop turn, function body and catch clause.
 * When the fuel is used up each of those calls throws: a catch clause throws again at once, and a loop around a
 * `try … finally` ends because the call stands outside of it. So guest code that swallows the error still ends soon.
 * Insertions never add a line, so line numbers stay those of the source.
 */
import { parse } from 'acorn';
import type { AnyNode, Node, Program } from 'acorn';
import { full } from 'acorn-walk';
import { MagicString } from 'magic-string';
import { guestModuleNames } from '../../sandbox/guest/module-names.ts';
import { importAllOf } from './commonjs-imports.ts';
import type { OfferedNames, PassedName } from './type-exports.ts';
import { offeredNames, passedNames } from './type-exports.ts';

/** One import of a module: where its specifier stands in the code and what is to be written instead. */
interface ImportSite {
  readonly specifier: string;
  readonly line: number;
  readonly column: number;
  /** For an import of a CommonJS file, which is known to export these names. */
  readonly fromCommonJs: (known: ReadonlySet<string>) => void;
  /** Replaces the quoted specifier, and drops `with { … }`, which the Loader does not know for built modules. */
  readonly rewrite: (specifier: string) => void;
}

export interface InstrumentedModule {
  readonly imports: readonly ImportSite[];
  /** `import(expression)` that is not a plain string; such a module cannot be built. */
  readonly computedImports: readonly { readonly line: number; readonly column: number }[];
  readonly offered: OfferedNames;
  /** Names that it passes on from other modules. */
  readonly passed: readonly PassedName[];
  /** The code with all rewrites made so far. */
  readonly print: () => string;
}

/** Names under which measured code reads the counters and the number of the mutant that is switched on. */
export interface MeasureNames {
  readonly hits: string;
  /** Absent in code without mutants. */
  readonly active?: string;
}

/** Throws acorn's `SyntaxError` when the code does not parse. */
export function instrument(code: string, measure?: MeasureNames): InstrumentedModule {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true, allowHashBang: true });
  const text = new MagicString(code);
  const used = identifiers(program);
  const burn = freeName(used);
  const imports: ImportSite[] = [];
  const computedImports: { line: number; column: number }[] = [];
  visit(program, (node) => {
    addFuel(text, node, burn);
    collectImport(text, node, imports, computedImports);
  });
  // Imports are hoisted, so the last line will do, and no other line or column moves.
  text.append(`\nimport { burn as ${burn} } from ${JSON.stringify(`/${guestModuleNames.fuel}`)};\n`);
  if (measure !== undefined) {
    const { hits, active } = measure;
    const from = JSON.stringify(`/${guestModuleNames.measure}`);
    const others = active === undefined ? '' : `, active as ${active}`;
    text.append(`import { hits as ${hits}${others} } from ${from};\n`);
  }
  const names = { offered: offeredNames(program), passed: passedNames(program, text, used) };
  return { imports, computedImports, ...names, print: () => text.toString() };
}

/** Every node, children first. */
function visit(program: Program, work: (node: AnyNode) => void): void {
  // SAFETY: acorn-walk types its nodes by their common base; they are those that acorn made.
  full(program, work as (node: Node) => void);
}

/** Names of all identifiers, whatever escapes they are written with; lists of imports and exports are left out. */
function identifiers(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  visit(program, (node) => {
    if (node.type === 'Identifier') names.add(node.name);
  });
  return names;
}

function freeName(names: ReadonlySet<string>): string {
  let name = '__burn';
  while (names.has(name)) name += '_';
  return name;
}

function addFuel(text: MagicString, node: AnyNode, burn: string): void {
  switch (node.type) {
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      addToStatement(text, node.body, burn);
      break;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'CatchClause':
      text.appendRight(node.body.start + 1, `${burn}();`);
      break;
    case 'ArrowFunctionExpression':
      if (node.body.type === 'BlockStatement') {
        text.appendRight(node.body.start + 1, `${burn}();`);
      } else {
        text.appendRight(node.body.start, `(${burn}(),`);
        text.appendLeft(node.body.end, ')');
      }
      break;
    default:
  }
}

function addToStatement(text: MagicString, body: AnyNode, burn: string): void {
  if (body.type === 'BlockStatement') {
    text.appendRight(body.start + 1, `${burn}();`);
    return;
  }
  text.appendRight(body.start, `{${burn}();`);
  text.appendLeft(body.end, '}');
}

function collectImport(
  text: MagicString,
  node: AnyNode,
  imports: ImportSite[],
  computedImports: { line: number; column: number }[],
): void {
  if (
    node.type !== 'ImportDeclaration' &&
    node.type !== 'ExportNamedDeclaration' &&
    node.type !== 'ExportAllDeclaration' &&
    node.type !== 'ImportExpression'
  ) {
    return;
  }
  const source = node.source;
  if (source === null || source === undefined) return;
  const start = source.loc?.start ?? { line: 1, column: 0 };
  const place = { line: start.line, column: start.column + 1 };
  if (source.type !== 'Literal' || typeof source.value !== 'string') {
    computedImports.push(place);
    return;
  }
  const closing = node.type === 'ImportExpression' ? ')' : ';';
  const specifier = source.value;
  imports.push({
    ...place,
    specifier,
    fromCommonJs: (known) => {
      if (node.type === 'ImportDeclaration') importAllOf(text, node, known);
    },
    rewrite: (target) => {
      text.overwrite(source.start, source.end, JSON.stringify(target));
      if (hasAttributes(node))
        text.overwrite(source.end, node.end, keepLines(text.original, source.end, node.end, closing));
    },
  });
}

function hasAttributes(node: AnyNode): boolean {
  if (node.type === 'ImportExpression') return node.options !== null && node.options !== undefined;
  return 'attributes' in node && node.attributes.length > 0;
}

function keepLines(code: string, from: number, to: number, closing: string): string {
  return '\n'.repeat(code.slice(from, to).split('\n').length - 1) + closing;
}

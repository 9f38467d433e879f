/**
 * Files whose tests replace modules (`vi.mock`, `jest.mock`) are built as CommonJS, because an import of a module cannot
 * be answered otherwise once it is linked. This file moves what has to happen before the imports to the head, without
 * moving a line: the calls become functions, which are hoisted, and the head calls them.
 */
import { parse } from 'acorn';
import type { AnyNode, ModuleDeclaration, Node, Statement } from 'acorn';
import { full } from 'acorn-walk';
import { MagicString } from 'magic-string';
import { transform } from 'sucrase';

const replacing =
  /\b(?:vi|vitest|jest)\s*\.\s*(?:mock|doMock|unmock|doUnmock|dontMock|setMock|resetModules|isolateModules|isolateModulesAsync|importActual|importMock|requireActual|requireMock|createMockFromModule|genMockFromModule|hoisted|unstable_mockModule)\b/;

/** Whether the text of a file replaces modules. */
export const replacesModules = (text: string): boolean => replacing.test(text);

const apiNames: ReadonlySet<string> = new Set(['vi', 'vitest', 'jest']);
const hoistedCalls: ReadonlySet<string> = new Set(['mock', 'unmock', 'setMock', 'unstable_mockModule']);
const testLibraries: ReadonlySet<unknown> = new Set(['vitest', '@jest/globals', 'bun:test']);

type TopLevel = Statement | ModuleDeclaration;
type Call = AnyNode & { readonly type: 'CallExpression' };

/** `vi.mock(…)` and its kin: the name of the method, or undefined for any other expression. */
function methodOf(node: AnyNode): string | undefined {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined;
  const { object, property } = node.callee;
  const isApi = object.type === 'Identifier' && apiNames.has(object.name);
  return isApi && property.type === 'Identifier' ? property.name : undefined;
}

/**
 * The code of a file as CommonJS, calls that replace modules first. With `mayAwait` the head waits for mocks that are
 * made asynchronously; the function around the code has to be `async` then. Throws a `SyntaxError` when the code does
 * not parse.
 */
export function toCommonJs(code: string, isModule: boolean, mayAwait: boolean): string {
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'commonjs',
    allowHashBang: true,
  });
  const text = new MagicString(code);
  const head: string[] = [];
  // SAFETY: acorn-walk types its nodes by their common base; they are those that acorn made.
  full(program, ((node: AnyNode) => passRequire(text, node)) as (node: Node) => void);
  let hoists = 0;
  const mayHoist = isModule || !declaresApi.test(code);
  for (const statement of mayHoist ? program.body : []) {
    if (isLibraryImport(statement)) {
      head.unshift(`${onOneLine(code.slice(statement.start, statement.end))};`);
      text.overwrite(statement.start, statement.end, blank(code, statement));
      continue;
    }
    const name = `__hoisted${String(hoists)}`;
    const call = hoist(text, code, statement, name);
    if (call === undefined) continue;
    hoists += 1;
    head.push(call);
  }
  if (hoists > 0 && mayAwait) head.push('require.settleMocks();');
  const start = code.startsWith('#!') ? code.indexOf('\n') : 0;
  text.appendLeft(Math.max(start, 0), head.join(''));
  if (!isModule) return settled(text.toString());
  const { code: commonJs } = transform(text.toString(), {
    transforms: ['imports'],
    disableESTransforms: true,
    production: true,
  });
  return settled(commonJs);
}

/** The wait is put in last: sucrase would take a module that awaits for what it is. */
const settled = (code: string): string => code.replace('require.settleMocks();', 'await require.settleMocks();');

/** A file that takes `jest` from a package by `require` has none before that line. */
const declaresApi = /\b(?:const|let|var)\s*\{[^}]*\b(?:jest|vi)\b/;

/** Each such call is told which file it stands in: paths are relative to it. An `import()` waits for mocks. */
function passRequire(text: MagicString, node: AnyNode): void {
  if (node.type === 'ImportExpression' && node.source.type === 'Literal') {
    text.overwrite(node.start, node.start + 'import'.length, 'require.later');
  }
  const method = methodOf(node);
  if (method === undefined || !replacing.test(`vi.${method}`)) return;
  if (node.type !== 'CallExpression') return;
  const [first] = node.arguments;
  // `vi.mock(import('./a'))` names the module in a way that types can be taken from.
  if (first?.type === 'ImportExpression') {
    const { source } = first;
    text.remove(first.start, source.start).remove(source.end, first.end);
  }
  text.appendLeft(node.callee.end, '.call');
  text.appendRight(first === undefined ? node.end - 1 : first.start, first === undefined ? 'require' : 'require,');
}

function isLibraryImport(statement: TopLevel): boolean {
  return statement.type === 'ImportDeclaration' && testLibraries.has(statement.source.value);
}

/** Replaces a hoisted call by a function; what the head has to say to call it, or undefined for other statements. */
function hoist(text: MagicString, code: string, statement: TopLevel, name: string): string | undefined {
  if (statement.type === 'ExpressionStatement') {
    const call = innerCall(statement.expression);
    const method = call === undefined ? undefined : methodOf(call);
    if (method === undefined || !(hoistedCalls.has(method) || method === 'hoisted')) return undefined;
    text.prependRight(statement.start, `function ${name}(){`);
    text.appendLeft(statement.end, '}');
    return `${name}();`;
  }
  if (statement.type !== 'VariableDeclaration' || statement.declarations.length !== 1) return undefined;
  const [declaration] = statement.declarations;
  const call = declaration?.init == null ? undefined : innerCall(declaration.init);
  if (declaration?.init == null || call === undefined || methodOf(call) !== 'hoisted') return undefined;
  const isAwaited = declaration.init.type === 'AwaitExpression';
  const pattern = code.slice(declaration.id.start, declaration.id.end);
  text.overwrite(statement.start, call.start, '\n'.repeat(linesIn(code.slice(statement.start, call.start))));
  text.prependRight(call.start, `function ${name}(){return `);
  text.appendLeft(statement.end, '}');
  return `${statement.kind} ${onOneLine(pattern)} = ${isAwaited ? 'await ' : ''}${name}();`;
}

function innerCall(expression: AnyNode): Call | undefined {
  if (expression.type === 'AwaitExpression') return innerCall(expression.argument);
  return expression.type === 'CallExpression' ? expression : undefined;
}

const linesIn = (text: string): number => text.split('\n').length - 1;
const onOneLine = (text: string): string =>
  text
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll('\n', ' ')
    .replace(/;\s*$/, '');
const blank = (code: string, node: AnyNode): string => '\n'.repeat(linesIn(code.slice(node.start, node.end)));

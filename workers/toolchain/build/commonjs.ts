/**
 * CommonJS files as modules for the Worker Loader. Each becomes two: one under `@commonjs/` that registers the code as a
 * function, and one under the file's own name that runs it and exports what it left in `module.exports`. The first kind
 * imports only first kinds, so files that require each other in a circle find each other registered.
 * Every statement stays on its line.
 */
import { parse } from 'acorn';
import type { AnyNode, Node, Program } from 'acorn';
import { full } from 'acorn-walk';
import { guestModuleNames } from '../../sandbox/guest/module-names.ts';
import { allExports } from './commonjs-imports.ts';

/** What the code of one file says about how it is to be loaded. */
export interface CodeShape {
  readonly format: 'module' | 'commonjs';
  /** Awaits outside of a function: such a file cannot be made CommonJS. */
  readonly awaits: boolean;
  /** Plain strings in calls of `require`, and with `mocking` those of `vi.mock` and its kin as well. */
  readonly requires: readonly string[];
  /** Names that the file seems to put on `module.exports`. */
  readonly exportNames: readonly string[];
}

/** Text without any of these is a plain module; it saves parsing twice. */
const hint = /\brequire\s*[.(]|\bmodule\s*\.\s*exports\b|\bexports\s*[.[]|\b__esModule\b/;

/** Calls whose first argument names a module. */
const mockCalls: ReadonlySet<string> = new Set([
  'mock',
  'doMock',
  'unmock',
  'doUnmock',
  'dontMock',
  'setMock',
  'importActual',
  'importMock',
  'requireActual',
  'requireMock',
  'createMockFromModule',
  'genMockFromModule',
  'unstable_mockModule',
]);

/** Whether a file may be CommonJS, judged by its text. */
export const looksLikeCommonJs = (path: string, code: string): boolean => /\.c[jt]s$/.test(path) || hint.test(code);

const parsed = (code: string): Program => {
  const options = { ecmaVersion: 'latest', allowHashBang: true } as const;
  try {
    return parse(code, { ...options, sourceType: 'module' });
  } catch (cause) {
    // A `return` outside of functions is allowed in CommonJS. Anything else is told as a module would tell it.
    if (!(cause instanceof SyntaxError)) throw cause;
    try {
      return parse(code, { ...options, sourceType: 'commonjs' });
    } catch {
      throw cause;
    }
  }
};

/** Reads the shape of code that was transpiled already. Throws acorn's `SyntaxError` when it does not parse. */
export function shapeOf(path: string, code: string): CodeShape {
  const program = parsed(code);
  const isModule = program.body.some((statement) => /^(Import|Export)/.test(statement.type));
  const requires = new Set<string>();
  const exportNames = new Set<string>();
  let usesCommonJs = /\.c[jt]s$/.test(path);
  const look = (node: AnyNode): void => {
    if (node.type === 'CallExpression') {
      const called = calledModule(node);
      if (called !== undefined) requires.add(called);
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') usesCommonJs = true;
      for (const name of definedExports(node)) exportNames.add(name);
    }
    if (node.type === 'AssignmentExpression') {
      for (const name of assignedExports(node)) exportNames.add(name);
    }
    if (node.type === 'MemberExpression' && isExports(node)) usesCommonJs = true;
    if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === 'exports') {
      usesCommonJs = true;
    }
  };
  // SAFETY: acorn-walk types its nodes by their common base; they are those that acorn made.
  full(program, look as (node: Node) => void);
  return {
    format: !isModule && usesCommonJs ? 'commonjs' : 'module',
    awaits: program.body.some((statement) => awaitsOutside(statement)),
    requires: [...requires],
    exportNames: [...exportNames].filter((name) => isName.test(name) && name !== 'default' && name !== '__esModule'),
  };
}

const isName = /^[A-Za-z_$][\w$]*$/;

/** Whether a statement awaits outside of any function. */
function awaitsOutside(root: AnyNode): boolean {
  const pending: unknown[] = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (Array.isArray(value)) pending.push(...value);
    if (typeof value !== 'object' || value === null || !('type' in value)) continue;
    const { type } = value;
    if (type === 'AwaitExpression' || ('await' in value && value.await === true)) return true;
    if (typeof type === 'string' && /Function|MethodDefinition|PropertyDefinition/.test(type)) continue;
    pending.push(...Object.values(value).filter((part) => typeof part === 'object' && part !== null));
  }
  return false;
}

function calledModule(node: AnyNode & { readonly type: 'CallExpression' }): string | undefined {
  const isPassed = node.callee.type === 'MemberExpression' && nameOf(node.callee.property) === 'call';
  // `vi.mock.call(require, './a')`, as `mock-hoisting.ts` writes it.
  if (isPassed && node.callee.type === 'MemberExpression') {
    const inner = node.callee.object;
    const isMock = inner.type === 'MemberExpression' && mockCalls.has(nameOf(inner.property) ?? '');
    const named = node.arguments[1];
    return isMock && named?.type === 'Literal' && typeof named.value === 'string' ? named.value : undefined;
  }
  const [first] = node.arguments;
  if (first?.type !== 'Literal' || typeof first.value !== 'string') return undefined;
  const { callee } = node;
  if (callee.type === 'Identifier') return callee.name === 'require' ? first.value : undefined;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined;
  if (callee.object.type === 'Identifier' && callee.object.name === 'require') return first.value;
  return mockCalls.has(callee.property.name) ? first.value : undefined;
}

const isExports = (node: AnyNode): boolean =>
  node.type === 'MemberExpression' &&
  node.object.type === 'Identifier' &&
  node.object.name === 'module' &&
  node.property.type === 'Identifier' &&
  node.property.name === 'exports';

const isExportsObject = (node: AnyNode): boolean =>
  isExports(node) || (node.type === 'Identifier' && node.name === 'exports');

function nameOf(key: AnyNode): string | undefined {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : undefined;
}

/** `exports.a = …`, `module.exports.a = …`, and the keys of `module.exports = { a, b }`. */
function assignedExports(node: AnyNode & { readonly type: 'AssignmentExpression' }): readonly string[] {
  const { left, right } = node;
  if (left.type === 'MemberExpression' && isExportsObject(left.object) && !isExports(left)) {
    const name = nameOf(left.property);
    return name === undefined ? [] : [name];
  }
  if (!isExports(left) || right.type !== 'ObjectExpression') return [];
  return right.properties.flatMap((property) => {
    const name = property.type === 'Property' && !property.computed ? nameOf(property.key) : undefined;
    return name === undefined ? [] : [name];
  });
}

/** `Object.defineProperty(exports, 'a', …)`. */
function definedExports(node: AnyNode & { readonly type: 'CallExpression' }): readonly string[] {
  const [target, key] = node.arguments;
  const isDefinition = node.callee.type === 'MemberExpression' && nameOf(node.callee.property) === 'defineProperty';
  if (!isDefinition || target === undefined || key === undefined || !isExportsObject(target)) return [];
  const name = nameOf(key);
  return name === undefined || key.type === 'Identifier' ? [] : [name];
}

/** A required module as the code of the registering module sees it. */
export interface Dependency {
  readonly specifier: string;
  /** `commonjs`: by its registered name. `missing`: refused when it is asked for. */
  readonly kind: 'commonjs' | 'module' | 'builtin' | 'missing';
  /** What is written into the import; for `missing` the reason. */
  readonly target: string;
  /** The name under which it can be mocked. */
  readonly id: string;
  /** The file in `__mocks__` that stands in for it: its registered name, and what is written into the import. */
  readonly manualMock?: { readonly id: string; readonly target: string };
}

/** The module that registers the code. `isAsync` allows it to wait for mocks that are made asynchronously. */
export function registeringModule(
  id: string,
  file: string,
  code: string,
  needed: readonly Dependency[],
  isAsync: boolean,
): string {
  const imports = needed.flatMap(({ kind, target }, index) => {
    if (kind === 'missing') return [];
    return kind === 'commonjs'
      ? [`import ${JSON.stringify(target)};`]
      : [`import * as __needed${String(index)} from ${JSON.stringify(target)};`];
  });
  const entries = needed.map(({ specifier, kind, target, id: name, manualMock }, index) => {
    const value =
      kind === 'missing' ? JSON.stringify(target) : kind === 'commonjs' ? 'undefined' : `__needed${String(index)}`;
    return `[${JSON.stringify(specifier)},${JSON.stringify(kind)},${JSON.stringify(name)},${value},${JSON.stringify(manualMock?.id)}]`;
  });
  const head = [
    `import { register as __register } from ${JSON.stringify(`/${guestModuleNames.commonJs}`)};`,
    ...imports,
    ...needed.flatMap(({ manualMock }) =>
      manualMock === undefined ? [] : [`import ${JSON.stringify(manualMock.target)};`],
    ),
    `__register(${JSON.stringify(id)},${JSON.stringify(file)},[${entries.join(',')}],${isAsync ? 'async ' : ''}function(exports,require,module,__filename,__dirname){`,
  ];
  return `${head.join('')}${code.replace(/^#!/, '//')}\n});`;
}

/** The module under the file's own name. */
export function facadeModule(
  id: string,
  registering: string,
  exportNames: readonly string[],
  isAsync: boolean,
): string {
  const lines = [
    `import { run, runLater, defaultOf, allOf } from ${JSON.stringify(`/${guestModuleNames.commonJs}`)};`,
    `import ${JSON.stringify(registering)};`,
    `const exported = ${isAsync ? 'await runLater' : 'run'}(${JSON.stringify(id)});`,
    'export default defaultOf(exported);',
    `export const ${allExports} = allOf(exported);`,
    ...exportNames.map(
      (name, index) => `const e${String(index)} = exported?.${name}; export { e${String(index)} as ${name} };`,
    ),
  ];
  return lines.join('\n');
}

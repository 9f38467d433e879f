/** One parsed module with what the rules ask about it: names, constants, functions and their calls. */
import type {
  CallExpression,
  File,
  Function as FunctionNode,
  NewExpression,
  Node,
  OptionalCallExpression,
} from '@babel/types';
import type { Finding, Step } from './finding.ts';
import { createConstants, type Constants } from './syntax/constants.ts';
import { createNames, unwrap, type NameOf } from './syntax/names.ts';
import { buildScopes, isFunction, type Scopes } from './syntax/scope.ts';
import { childrenOf } from './syntax/walk.ts';

export type Call = CallExpression | OptionalCallExpression | NewExpression;

export interface Module {
  readonly path: string;
  readonly text: string;
  readonly file: File;
  readonly scopes: Scopes;
  readonly parentOf: (node: Node) => Node | undefined;
  readonly nameOf: NameOf;
  readonly constants: Constants;
  readonly calls: readonly Call[];
  /** All nodes, parents first. */
  readonly nodes: readonly Node[];
  readonly isExported: (node: Node) => boolean;
  readonly callsOf: (called: FunctionNode) => readonly Call[];
  readonly functionOf: (callee: Node) => FunctionNode | undefined;
  readonly returnsOf: (called: FunctionNode) => readonly Node[];
  readonly functionAround: (node: Node) => FunctionNode | undefined;
  readonly stepOf: (node: Node, text?: string) => Step;
  readonly codeOf: (node: Node) => string;
}

export const isCall = (node: Node): node is Call =>
  node.type === 'CallExpression' || node.type === 'OptionalCallExpression' || node.type === 'NewExpression';

const longestCode = 120;

const returnsOf = (called: FunctionNode): readonly Node[] => {
  if (called.body.type !== 'BlockStatement') return [called.body];
  const returns: Node[] = [];
  const visit = (node: Node): void => {
    for (const child of childrenOf(node)) {
      if (isFunction(child)) continue;
      if (child.type === 'ReturnStatement' && child.argument != null) returns.push(child.argument);
      visit(child);
    }
  };
  visit(called.body);
  return returns;
};

/** Names that a module gives away, in both of its ways. */
const exportedNames = (nodes: readonly Node[]): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const node of nodes) {
    if (node.type === 'ExportNamedDeclaration')
      for (const specifier of node.specifiers)
        if (specifier.type === 'ExportSpecifier') names.add(specifier.local.name);
    if (node.type === 'ExportDefaultDeclaration' && node.declaration.type === 'Identifier')
      names.add(node.declaration.name);
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') continue;
    const { object, property } = node.left;
    const isModule =
      (object.type === 'Identifier' && (object.name === 'exports' || object.name === 'module')) ||
      (object.type === 'MemberExpression' && object.object.type === 'Identifier' && object.object.name === 'module');
    if (!isModule || property.type !== 'Identifier') continue;
    if (node.right.type === 'Identifier') names.add(node.right.name);
    if (node.right.type === 'ObjectExpression')
      for (const each of node.right.properties)
        if (each.type === 'ObjectProperty' && each.value.type === 'Identifier') names.add(each.value.name);
  }
  return names;
};

const createIsExported = (nodes: readonly Node[], parentOf: (node: Node) => Node | undefined) => {
  const names = exportedNames(nodes);
  return (node: Node): boolean => {
    if (node.type === 'ClassPrivateMethod') return false;
    if (node.type === 'FunctionDeclaration' && node.id != null && names.has(node.id.name)) return true;
    for (let at: Node | undefined = node, depth = 0; at !== undefined && depth < 4; at = parentOf(at), depth += 1) {
      if (at !== node && isFunction(at)) return false;
      if (at.type === 'ExportNamedDeclaration' || at.type === 'ExportDefaultDeclaration') return true;
      if (at.type === 'VariableDeclarator' && at.id.type === 'Identifier' && names.has(at.id.name)) return true;
      if (at.type === 'AssignmentExpression' && at.left.type === 'MemberExpression') {
        const { object } = at.left;
        if (object.type === 'Identifier' && (object.name === 'exports' || object.name === 'module')) return true;
        if (
          object.type === 'MemberExpression' &&
          object.object.type === 'Identifier' &&
          object.object.name === 'module'
        )
          return true;
      }
      if (at.type === 'CallExpression') return false;
    }
    return false;
  };
};

export const createModule = (path: string, text: string, file: File): Module => {
  const scopes = buildScopes(file);
  const { parentOf, nodes } = scopes;
  const calls = nodes.filter(isCall);
  const functionOf = (wrapped: Node): FunctionNode | undefined => {
    const callee = unwrap(wrapped);
    if (isFunction(callee)) return callee;
    if (callee.type !== 'Identifier') return undefined;
    const binding = scopes.resolve(callee);
    if (binding === undefined) return undefined;
    if (isFunction(binding.declaration)) return binding.declaration;
    const [value] = binding.values;
    return value !== undefined && value.path.length === 0 && isFunction(value.node) ? value.node : undefined;
  };
  const callsByFunction = new Map<FunctionNode, Call[]>();
  for (const call of calls) {
    const called = functionOf(call.callee);
    if (called !== undefined) callsByFunction.set(called, [...(callsByFunction.get(called) ?? []), call]);
  }
  const codeOf = (node: Node): string => {
    const code = text.slice(node.start ?? 0, node.end ?? 0).replaceAll(/\s+/g, ' ');
    return code.length > longestCode ? `${code.slice(0, longestCode)}…` : code;
  };
  return {
    path,
    text,
    file,
    scopes,
    parentOf,
    nameOf: createNames(scopes),
    constants: createConstants(scopes),
    calls,
    nodes,
    isExported: createIsExported(nodes, parentOf),
    callsOf: (called) => callsByFunction.get(called) ?? [],
    functionOf,
    returnsOf,
    functionAround: (node) => {
      let at = parentOf(node);
      while (at !== undefined && !isFunction(at)) at = parentOf(at);
      return at;
    },
    codeOf,
    stepOf: (node, said) => ({
      line: node.loc?.start.line ?? 1,
      column: (node.loc?.start.column ?? 0) + 1,
      text: said ?? codeOf(node),
    }),
  };
};

/** Where a node stands, as findings say it. */
export const placeOf = (node: Node): Pick<Finding, 'line' | 'column' | 'endLine' | 'endColumn'> => ({
  line: node.loc?.start.line ?? 1,
  column: (node.loc?.start.column ?? 0) + 1,
  endLine: node.loc?.end.line ?? 1,
  endColumn: (node.loc?.end.column ?? 0) + 1,
});

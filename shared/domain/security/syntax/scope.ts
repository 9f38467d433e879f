/**
 * Names and what they may stand for. Flow does not count: a binding has all the values it is ever given in the module.
 * A value is an expression with the path of what is taken out of it, so that `const { id } = request.query` and
 * `request.query.id` are the same.
 */
import type {
  Expression,
  File,
  Function as FunctionNode,
  Identifier,
  ImportDeclaration,
  Node,
  VariableDeclaration,
  VariableDeclarator,
} from '@babel/types';
import { walk } from './walk.ts';

export interface BoundValue {
  readonly node: Node;
  readonly path: readonly string[];
}

export interface Binding {
  readonly name: string;
  readonly kind: 'import' | 'parameter' | 'variable' | 'function' | 'class' | 'caught';
  readonly declaration: Node;
  /** For imports: `node:fs` as `fs`, then the exported name, `default` or `*`. */
  readonly imported?: { readonly module: string; readonly name: string };
  /** For parameters: of which function, the how manieth, and the path inside of it. */
  readonly parameter?: {
    readonly of: FunctionNode;
    readonly index: number;
    readonly path: readonly string[];
    readonly node: Node;
  };
  readonly values: BoundValue[];
  /** What was assigned to members of it, by the name of the member. */
  readonly members: Map<string, Node[]>;
}

type Scope = Map<string, Binding>;

export interface Scopes {
  readonly parentOf: (node: Node) => Node | undefined;
  /** Undefined for names of the runtime. */
  readonly resolve: (identifier: Identifier) => Binding | undefined;
}

export const isFunction = (node: Node): node is FunctionNode =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression' ||
  node.type === 'ObjectMethod' ||
  node.type === 'ClassMethod' ||
  node.type === 'ClassPrivateMethod';

const opensScope = (node: Node): boolean =>
  isFunction(node) ||
  node.type === 'Program' ||
  node.type === 'BlockStatement' ||
  node.type === 'ForStatement' ||
  node.type === 'ForInStatement' ||
  node.type === 'ForOfStatement' ||
  node.type === 'CatchClause' ||
  node.type === 'SwitchStatement' ||
  node.type === 'ClassExpression';

/** Inside an array or of an iterable: any of its elements. */
export const anyElement = '[]';

const keyOf = (key: Node, computed: boolean): string => {
  if (key.type === 'Identifier' && !computed) return key.name;
  return key.type === 'StringLiteral' || key.type === 'NumericLiteral' ? String(key.value) : anyElement;
};

type Bind = (identifier: Identifier, path: readonly string[], fallback: Expression | undefined) => void;

/** Calls `bind` for every name of a pattern, with its path in what is taken apart and its default. */
const eachName = (pattern: Node, path: readonly string[], bind: Bind, fallback?: Expression): void => {
  switch (pattern.type) {
    case 'Identifier':
      bind(pattern, path, fallback);
      break;
    case 'AssignmentPattern':
      eachName(pattern.left, path, bind, pattern.right);
      break;
    case 'RestElement':
      eachName(pattern.argument, path, bind);
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) eachName(element, [...path, anyElement], bind);
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') eachName(property.argument, path, bind);
        else eachName(property.value, [...path, keyOf(property.key, property.computed)], bind);
      }
      break;
    case 'TSParameterProperty':
      eachName(pattern.parameter, path, bind);
      break;
    default:
  }
};

const bare = (module: string): string => module.replace(/^(?:node|npm):/, '');

export const buildScopes = (file: File): Scopes & { readonly nodes: readonly Node[] } => {
  const parents = new Map<Node, Node>();
  const nodes: Node[] = [];
  const scopes = new Map<Node, Scope>();
  walk(file.program, (node, parent) => {
    nodes.push(node);
    if (parent !== undefined) parents.set(node, parent);
    if (opensScope(node)) scopes.set(node, new Map());
  });
  const parentOf = (node: Node): Node | undefined => parents.get(node);
  const scopeAround = (node: Node, hoisted: boolean): Scope => {
    for (let at: Node | undefined = node; at !== undefined; at = parents.get(at)) {
      const scope = scopes.get(at);
      if (scope !== undefined && (!hoisted || isFunction(at) || at.type === 'Program')) return scope;
    }
    return new Map();
  };
  const declare = (scope: Scope, binding: Omit<Binding, 'values' | 'members'>): Binding => {
    const known = scope.get(binding.name);
    if (known !== undefined) return known;
    const made: Binding = { ...binding, values: [], members: new Map() };
    scope.set(binding.name, made);
    return made;
  };
  const resolve = (identifier: Identifier): Binding | undefined => {
    for (let at: Node | undefined = identifier; at !== undefined; at = parents.get(at)) {
      const found = scopes.get(at)?.get(identifier.name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const declaring = { scopes, parentOf, scopeAround, declare };
  for (const node of nodes) declareNames(node, declaring);
  for (const node of nodes) assignNames(node, resolve);
  return { parentOf, resolve, nodes };
};

interface Declaring {
  readonly scopes: ReadonlyMap<Node, Scope>;
  readonly parentOf: (node: Node) => Node | undefined;
  readonly scopeAround: (node: Node, hoisted: boolean) => Scope;
  readonly declare: (scope: Scope, binding: Omit<Binding, 'values' | 'members'>) => Binding;
}

const declareNames = (node: Node, on: Declaring): void => {
  const { scopes, parentOf, scopeAround, declare } = on;
  if (isFunction(node)) declareParameters(node, on);
  switch (node.type) {
    case 'FunctionDeclaration':
      if (node.id != null)
        declare(scopeAround(parentOf(node) ?? node, false), {
          name: node.id.name,
          kind: 'function',
          declaration: node,
        });
      break;
    case 'ClassDeclaration':
      if (node.id != null) declare(scopeAround(node, false), { name: node.id.name, kind: 'class', declaration: node });
      break;
    case 'CatchClause':
      if (node.param != null) {
        const scope = scopes.get(node) ?? new Map<string, Binding>();
        eachName(node.param, [], ({ name }) => declare(scope, { name, kind: 'caught', declaration: node }));
      }
      break;
    case 'VariableDeclaration':
      for (const declarator of node.declarations) declareVariable(node, declarator, on);
      break;
    case 'ImportDeclaration':
      for (const specifier of node.specifiers) {
        const imported = { module: bare(node.source.value), name: importedName(specifier) };
        const scope = scopeAround(node, true);
        declare(scope, { name: specifier.local.name, kind: 'import', declaration: specifier, imported });
      }
      break;
    default:
  }
};

const declareVariable = (node: VariableDeclaration, { id, init }: VariableDeclarator, on: Declaring): void =>
  eachName(id, [], (identifier, path, fallback) => {
    const scope = on.scopeAround(node, node.kind === 'var');
    const binding = on.declare(scope, { name: identifier.name, kind: 'variable', declaration: identifier });
    if (init != null) binding.values.push({ node: init, path });
    if (fallback !== undefined) binding.values.push({ node: fallback, path: [] });
    const parent = on.parentOf(node);
    if ((parent?.type === 'ForOfStatement' || parent?.type === 'ForInStatement') && parent.left === node)
      binding.values.push({ node: parent.right, path: [anyElement, ...path] });
  });

const importedName = (specifier: ImportDeclaration['specifiers'][number]): string => {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type === 'ImportNamespaceSpecifier') return '*';
  return specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value;
};

const declareParameters = (node: FunctionNode, { scopes, declare }: Declaring): void => {
  const scope = scopes.get(node) ?? new Map<string, Binding>();
  if (node.type === 'FunctionExpression' && node.id != null)
    declare(scope, { name: node.id.name, kind: 'function', declaration: node });
  node.params.forEach((parameter, index) => {
    eachName(parameter, [], (identifier, path, fallback) => {
      const binding = declare(scope, {
        name: identifier.name,
        kind: 'parameter',
        declaration: identifier,
        parameter: { of: node, index, path, node: parameter },
      });
      if (fallback !== undefined) binding.values.push({ node: fallback, path: [] });
    });
  });
};

/** Assignments that come after the declaration, also to members. */
const assignNames = (node: Node, resolve: (identifier: Identifier) => Binding | undefined): void => {
  if (node.type === 'AssignmentExpression') {
    const { left, right } = node;
    if (left.type === 'MemberExpression') {
      if (left.object.type !== 'Identifier') return;
      const members = resolve(left.object)?.members;
      const name = keyOf(left.property, left.computed);
      members?.set(name, [...(members.get(name) ?? []), right]);
      return;
    }
    eachName(left, [], (identifier, path) => resolve(identifier)?.values.push({ node: right, path }));
  }
  if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && node.left.type === 'Identifier')
    resolve(node.left)?.values.push({ node: node.right, path: [anyElement] });
  if (
    node.type === 'CallExpression' &&
    node.callee.type === 'MemberExpression' &&
    node.callee.object.type === 'Identifier' &&
    node.callee.property.type === 'Identifier' &&
    /^(?:push|unshift|append|add)$/.test(node.callee.property.name)
  ) {
    const binding = resolve(node.callee.object);
    for (const argument of node.arguments)
      binding?.members.set(anyElement, [...(binding.members.get(anyElement) ?? []), argument]);
  }
};

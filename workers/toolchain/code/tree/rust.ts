import type { Node } from 'web-tree-sitter';
import type { CodeImport } from '../../../../shared/domain/code/facts.ts';
import { childrenOf, field, literalText, type Declaration, type Grammar } from './grammar.ts';

const kinds: Readonly<Record<string, Declaration['kind']>> = {
  struct_item: 'class',
  union_item: 'class',
  enum_item: 'enum',
  trait_item: 'interface',
  type_item: 'type',
  const_item: 'constant',
  static_item: 'variable',
  mod_item: 'module',
  macro_definition: 'function',
  field_declaration: 'field',
  enum_variant: 'field',
};

/** Members of an `impl` block belong to its type. */
const implType = (node: Node): string | undefined => {
  for (let { parent } = node; parent !== null; { parent } = parent) {
    if (parent.type === 'impl_item') return field(parent, 'type')?.text.replace(/<[^]*$/, '');
    if (parent.type === 'function_item' || parent.type === 'mod_item') return undefined;
  }
  return undefined;
};

const declaration = (node: Node, inType: boolean): Declaration | undefined => {
  const name = field(node, 'name');
  if (name === undefined) return undefined;
  if (node.type === 'function_item' || node.type === 'function_signature_item') {
    const container = implType(node);
    const kind = inType || container !== undefined ? 'method' : 'function';
    return { kind, name, ...(container === undefined ? {} : { container }) };
  }
  const kind = kinds[node.type];
  return kind === undefined ? undefined : { kind, name };
};

interface Use {
  readonly path: string;
  readonly local: string;
}

/** Every path of a `use`, with braces spread out. */
const usesOf = (node: Node, prefix: string): readonly Use[] => {
  const join = (text: string): string => (prefix === '' ? text : `${prefix}::${text}`);
  const last = (text: string): string => text.slice(text.lastIndexOf(':') + 1);
  switch (node.type) {
    case 'use_list':
      return childrenOf(node).flatMap((child) => usesOf(child, prefix));
    case 'scoped_use_list': {
      const path = field(node, 'path')?.text;
      const list = field(node, 'list');
      return list === undefined ? [] : usesOf(list, path === undefined ? prefix : join(path));
    }
    case 'use_as_clause': {
      const path = field(node, 'path')?.text ?? '';
      return [{ path: join(path), local: field(node, 'alias')?.text ?? last(path) }];
    }
    case 'use_wildcard':
      return [{ path: join(childrenOf(node)[0]?.text ?? ''), local: '*' }];
    default:
      return [{ path: node.type === 'self' && prefix !== '' ? prefix : join(node.text), local: last(node.text) }];
  }
};

const imports: Grammar['imports'] = (node) => {
  if (node.type === 'mod_item' && field(node, 'body') === undefined) {
    const specifier = field(node, 'name')?.text ?? '';
    return [{ specifier, kind: 'module', names: [{ imported: '*', local: specifier }] }];
  }
  const argument = node.type === 'use_declaration' ? field(node, 'argument') : undefined;
  if (argument === undefined) return [];
  return usesOf(argument, '').map(({ path, local }): Omit<CodeImport, 'line'> => {
    const imported = local === '*' ? '*' : path.slice(path.lastIndexOf(':') + 1);
    return { specifier: path, kind: 'static', names: [{ imported, local }] };
  });
};

/** `.route("/x", get(handler))` of axum and `#[get("/x")]` of actix and Rocket. */
const endpoint: Grammar['endpoint'] = (node) => {
  if (node.type === 'attribute_item') {
    const [, method, path] = /^#\[(get|post|put|patch|delete|head|options)\("([^"]+)"/.exec(node.text) ?? [];
    return method === undefined || path === undefined ? undefined : { method: method.toUpperCase(), path };
  }
  if (node.type !== 'call_expression' || field(field(node, 'function') ?? node, 'field')?.text !== 'route')
    return undefined;
  const argumentList = field(node, 'arguments');
  const [first, second] = argumentList === undefined ? [] : childrenOf(argumentList);
  const path = literalText(first);
  const method = /^(?:\w+::)*(get|post|put|patch|delete|head|options|any)\(/.exec(second?.text ?? '')?.[1];
  if (path === undefined || method === undefined) return undefined;
  return { method: method === 'any' ? 'ALL' : method.toUpperCase(), path };
};

/** Each arm of a `match` is a decision; `?` is not. */
export const rust: Grammar = {
  language: 'rust',
  declaration,
  isPublic: (node) => childrenOf(node).some(({ type }) => type === 'visibility_modifier'),
  functions: new Set(['function_item', 'closure_expression']),
  decisions: new Set(['if_expression', 'match_arm', 'while_expression', 'for_expression', 'loop_expression']),
  conditionals: new Set(['if_expression']),
  nesting: new Set(['match_expression', 'while_expression', 'for_expression', 'loop_expression']),
  binary: 'binary_expression',
  imports,
  call: (node) => {
    if (node.type === 'macro_invocation') {
      const name = field(node, 'macro');
      return name === undefined ? undefined : { name };
    }
    const callee = node.type === 'call_expression' ? field(node, 'function') : undefined;
    if (callee?.type === 'identifier') return { name: callee };
    if (callee?.type === 'scoped_identifier' || callee?.type === 'field_expression') {
      const name = field(callee, callee.type === 'field_expression' ? 'field' : 'name');
      const receiver = field(callee, callee.type === 'field_expression' ? 'value' : 'path');
      const isPlain = receiver?.type === 'identifier' || receiver?.type === 'self';
      return name === undefined ? undefined : { name, ...(isPlain ? { receiver } : {}) };
    }
    return undefined;
  },
  endpoint,
};

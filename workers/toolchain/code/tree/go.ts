import type { Node } from 'web-tree-sitter';
import { childrenOf, field, literalText, type Declaration, type Grammar } from './grammar.ts';

const receiverType = (node: Node): string | undefined =>
  /([A-Za-z_]\w*)(?:\[[^\]]*\])?\s*\)$/.exec(field(node, 'receiver')?.text ?? '')?.[1];

const declaration = (node: Node): Declaration | undefined => {
  const name = field(node, 'name');
  if (name === undefined) return undefined;
  switch (node.type) {
    case 'function_declaration':
      return { kind: 'function', name };
    case 'method_declaration': {
      const container = receiverType(node);
      return { kind: 'method', name, ...(container === undefined ? {} : { container }) };
    }
    case 'type_spec': {
      const type = field(node, 'type')?.type;
      return { kind: type === 'struct_type' ? 'class' : type === 'interface_type' ? 'interface' : 'type', name };
    }
    case 'type_alias':
      return { kind: 'type', name };
    case 'const_spec':
      return { kind: 'constant', name };
    case 'var_spec':
      return { kind: 'variable', name };
    case 'field_declaration':
      return { kind: 'field', name };
    case 'method_elem':
      return { kind: 'method', name };
    default:
      return undefined;
  }
};

/** `http.HandleFunc("GET /x", f)`, `r.GET("/x", f)`, `r.Get("/x", f)`. */
const endpoint: Grammar['endpoint'] = (node) => {
  if (node.type !== 'call_expression') return undefined;
  const callee = field(node, 'function');
  const argumentList = field(node, 'arguments');
  const [first, handler] = argumentList === undefined ? [] : childrenOf(argumentList);
  const text = literalText(first);
  if (callee?.type !== 'selector_expression' || text === undefined || handler === undefined) return undefined;
  const called = field(callee, 'field')?.text ?? '';
  const [, method, path] = /^(?:([A-Z]+)\s+)?(\/\S*)$/.exec(text) ?? [];
  if (path === undefined) return undefined;
  if (/^Handle(?:Func)?$/.test(called)) return { method: method ?? 'ALL', path };
  const isVerb = /^(?:get|post|put|patch|delete|head|options)$/i.test(called);
  return isVerb ? { method: called.toUpperCase(), path } : undefined;
};

/** Decisions as gocyclo counts them. */
export const go: Grammar = {
  language: 'go',
  declaration,
  isPublic: (_node, name) => /^\p{Lu}/u.test(name),
  functions: new Set(['function_declaration', 'method_declaration', 'func_literal']),
  decisions: new Set(['if_statement', 'for_statement', 'expression_case', 'type_case', 'communication_case']),
  conditionals: new Set(['if_statement']),
  nesting: new Set(['for_statement', 'expression_switch_statement', 'type_switch_statement', 'select_statement']),
  binary: 'binary_expression',
  imports: (node) => {
    const specifier = node.type === 'import_spec' ? literalText(field(node, 'path')) : undefined;
    if (specifier === undefined) return [];
    const local = field(node, 'name')?.text ?? specifier.slice(specifier.lastIndexOf('/') + 1);
    return [{ specifier, kind: 'static', names: [{ imported: '*', local }] }];
  },
  call: (node) => {
    const callee = node.type === 'call_expression' ? field(node, 'function') : undefined;
    if (callee?.type === 'identifier') return { name: callee };
    if (callee?.type !== 'selector_expression') return undefined;
    const name = field(callee, 'field');
    const receiver = field(callee, 'operand');
    return name === undefined ? undefined : { name, ...(receiver?.type === 'identifier' ? { receiver } : {}) };
  },
  endpoint,
  packageName: (node) => (node.type === 'package_clause' ? childrenOf(node)[0]?.text : undefined),
};

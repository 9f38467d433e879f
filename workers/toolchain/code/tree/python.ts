import type { Node } from 'web-tree-sitter';
import type { CodeImport } from '../../../../shared/domain/code/facts.ts';
import { childrenOf, field, literalText, type Grammar } from './grammar.ts';

const names = (node: Node): CodeImport['names'] =>
  childrenOf(node).flatMap((child) => {
    if (child.type === 'wildcard_import') return [{ imported: '*', local: '*' }];
    if (child.id === field(node, 'module_name')?.id) return [];
    const name = child.type === 'aliased_import' ? field(child, 'name') : child;
    const alias = child.type === 'aliased_import' ? field(child, 'alias') : child;
    return name?.type === 'dotted_name' ? [{ imported: name.text, local: alias?.text ?? name.text }] : [];
  });

const imports = (node: Node): readonly Omit<CodeImport, 'line'>[] => {
  if (node.type === 'import_from_statement')
    return [{ specifier: field(node, 'module_name')?.text ?? '', kind: 'static', names: names(node) }];
  if (node.type !== 'import_statement') return [];
  return names(node).map(({ imported, local }) => ({
    specifier: imported,
    kind: 'static',
    names: [{ imported: '*', local }],
  }));
};

/** `@app.get("/x")` and `@app.route("/x", methods=["POST"])`, as Flask and FastAPI have it. */
const endpoint: Grammar['endpoint'] = (node) => {
  if (node.type !== 'decorator') return undefined;
  const call = childrenOf(node).find(({ type }) => type === 'call');
  const callee = call === undefined ? undefined : field(call, 'function');
  const attribute = callee?.type === 'attribute' ? field(callee, 'attribute')?.text : undefined;
  const argumentList = call === undefined ? undefined : field(call, 'arguments');
  const path = literalText(argumentList === undefined ? undefined : childrenOf(argumentList)[0]);
  if (attribute === undefined || path?.startsWith('/') !== true) return undefined;
  if (/^(?:get|post|put|patch|delete|head|options)$/.test(attribute)) return { method: attribute.toUpperCase(), path };
  if (attribute !== 'route') return undefined;
  return {
    method: /methods\s*=\s*[[(]\s*["'](\w+)["']/.exec(argumentList?.text ?? '')?.[1]?.toUpperCase() ?? 'GET',
    path,
  };
};

/** Decisions as Radon counts them, without assertions. */
export const python: Grammar = {
  language: 'python',
  declaration: (node, inType) => {
    const name = field(node, 'name');
    if (node.type === 'class_definition' && name !== undefined) return { kind: 'class', name };
    if (node.type === 'function_definition' && name !== undefined) {
      const kind = inType ? (name.text === '__init__' ? 'constructor' : 'method') : 'function';
      return { kind, name };
    }
    if (node.type !== 'assignment') return undefined;
    const left = field(node, 'left');
    if (left?.type !== 'identifier') return undefined;
    if (inType) return { kind: 'field', name: left };
    return { kind: /^[A-Z][A-Z0-9_]*$/.test(left.text) ? 'constant' : 'variable', name: left };
  },
  isPublic: (_node, name) => !name.startsWith('_') || /^__\w+__$/.test(name),
  functions: new Set(['function_definition', 'lambda']),
  decisions: new Set([
    'if_statement',
    'elif_clause',
    'for_statement',
    'while_statement',
    'except_clause',
    'conditional_expression',
    'boolean_operator',
    'for_in_clause',
    'if_clause',
    'case_clause',
  ]),
  conditionals: new Set(['if_statement']),
  nesting: new Set(['for_statement', 'while_statement', 'except_clause', 'conditional_expression', 'match_statement']),
  binary: 'boolean_operator',
  imports,
  call: (node) => {
    const callee = node.type === 'call' ? field(node, 'function') : undefined;
    if (callee?.type === 'identifier') return { name: callee };
    if (callee?.type !== 'attribute') return undefined;
    const name = field(callee, 'attribute');
    const receiver = field(callee, 'object');
    return name === undefined ? undefined : { name, ...(receiver?.type === 'identifier' ? { receiver } : {}) };
  },
  endpoint,
};

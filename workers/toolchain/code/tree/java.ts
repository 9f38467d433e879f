import type { Node } from 'web-tree-sitter';
import { childrenOf, field, type Declaration, type Grammar } from './grammar.ts';

const kinds: Readonly<Record<string, Declaration['kind']>> = {
  class_declaration: 'class',
  record_declaration: 'class',
  interface_declaration: 'interface',
  annotation_type_declaration: 'interface',
  enum_declaration: 'enum',
  method_declaration: 'method',
  constructor_declaration: 'constructor',
  enum_constant: 'field',
};

const declaration = (node: Node): Declaration | undefined => {
  if (node.type === 'field_declaration' || node.type === 'constant_declaration') {
    const declarator = field(node, 'declarator');
    const name = declarator === undefined ? undefined : field(declarator, 'name');
    return name === undefined ? undefined : { kind: 'field', name };
  }
  const kind = kinds[node.type];
  const name = field(node, 'name');
  return kind === undefined || name === undefined ? undefined : { kind, name };
};

const imports: Grammar['imports'] = (node) => {
  if (node.type !== 'import_declaration') return [];
  const name = childrenOf(node).find(({ type }) => type === 'scoped_identifier' || type === 'identifier')?.text;
  if (name === undefined) return [];
  const isAll = childrenOf(node).some(({ type }) => type === 'asterisk');
  const last = name.slice(name.lastIndexOf('.') + 1);
  const imported = isAll ? '*' : last;
  return [{ specifier: isAll ? `${name}.*` : name, kind: 'static', names: [{ imported, local: imported }] }];
};

/** `@GetMapping("/x")` and `@RequestMapping("/x")` of Spring; `@Path` of Jakarta without its method. */
const endpoint: Grammar['endpoint'] = (node) => {
  if (node.type !== 'annotation') return undefined;
  const name = field(node, 'name')?.text ?? '';
  const verb = /^(Get|Post|Put|Patch|Delete|Request)Mapping$/.exec(name)?.[1];
  if (verb === undefined && name !== 'Path') return undefined;
  const path = /"([^"]*)"/.exec(field(node, 'arguments')?.text ?? '')?.[1];
  if (path === undefined) return undefined;
  const method = verb === undefined || verb === 'Request' ? 'ALL' : verb.toUpperCase();
  return { method, path: path.startsWith('/') ? path : `/${path}` };
};

const isCaseLabel = (node: Node): boolean => node.type === 'switch_label' && !node.text.startsWith('default');

/** Decisions as PMD's CyclomaticComplexity counts them, each `case` once. */
export const java: Grammar = {
  language: 'java',
  declaration,
  isPublic: (node) => childrenOf(node).some(({ type, text }) => type === 'modifiers' && /\bpublic\b/.test(text)),
  functions: new Set([
    'method_declaration',
    'constructor_declaration',
    'compact_constructor_declaration',
    'lambda_expression',
  ]),
  decisions: new Set([
    'if_statement',
    'for_statement',
    'enhanced_for_statement',
    'while_statement',
    'do_statement',
    'catch_clause',
    'ternary_expression',
  ]),
  isDecision: isCaseLabel,
  conditionals: new Set(['if_statement']),
  nesting: new Set([
    'for_statement',
    'enhanced_for_statement',
    'while_statement',
    'do_statement',
    'catch_clause',
    'ternary_expression',
    'switch_expression',
  ]),
  binary: 'binary_expression',
  imports,
  call: (node) => {
    if (node.type === 'object_creation_expression') {
      const name = field(node, 'type');
      return name === undefined ? undefined : { name };
    }
    const name = node.type === 'method_invocation' ? field(node, 'name') : undefined;
    const receiver = name === undefined ? undefined : field(node, 'object');
    return name === undefined ? undefined : { name, ...(receiver?.type === 'identifier' ? { receiver } : {}) };
  },
  endpoint,
  packageName: (node) => (node.type === 'package_declaration' ? childrenOf(node)[0]?.text : undefined),
};

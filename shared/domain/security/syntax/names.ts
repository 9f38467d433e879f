/**
 * What an expression is called, whatever it was renamed to: `child_process.exec` for `exec` of
 * `import { exec } from 'node:child_process'`; `pg.Pool().query` for `query` of `new pg.Pool()`; `?res.send` where
 * `res` is a parameter or comes from elsewhere in the module.
 */
import type { Node } from '@babel/types';
import { anyElement, type Binding, type Scopes } from './scope.ts';

const deepest = 12;

const bare = (module: string): string => module.replace(/^(?:node|npm):/, '');

/** Modules with their promises apart, and wrappers that keep a function what it is. */
const normalise = (name: string): string =>
  name.replace(/^fs\/promises\b/, 'fs.promises').replace(/\.default(?=\.|$|\()/g, '');

const wrappers = /^(?:util\.)?promisify$|\.bind$|\.promisify$/;

/** Parentheses, types and awaits change nothing of the value. */
export const unwrap = (node: Node): Node => {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
      return unwrap(node.expression);
    case 'AwaitExpression':
      return unwrap(node.argument);
    default:
      return node;
  }
};

/** `id` for `a.id` and `a['id']`; `[]` for what is computed. */
export const propertyOf = (node: Node): string | undefined => {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return undefined;
  const { property } = node;
  if (property.type === 'PrivateName') return `#${property.id.name}`;
  if (property.type === 'Identifier' && !node.computed) return property.name;
  return property.type === 'StringLiteral' || property.type === 'NumericLiteral' ? String(property.value) : anyElement;
};

const join = (name: string, path: readonly string[]): string => [name, ...path].join('.');

export type NameOf = (node: Node) => string;

export const createNames = (scopes: Scopes): NameOf => {
  const ofBinding = (binding: Binding, depth: number): string => {
    if (binding.imported !== undefined) {
      const { module, name } = binding.imported;
      return name === '*' ? module : join(module, [name]);
    }
    const [only, ...others] = binding.values;
    if (only === undefined || others.length > 0 || binding.kind !== 'variable') return `?${binding.name}`;
    const name = of(only.node, depth + 1);
    return name === '' ? `?${binding.name}` : join(name, only.path);
  };
  const ofCall = (callee: Node, first: Node | undefined, depth: number): string => {
    const name = of(callee, depth + 1);
    if (name === 'require' && first?.type === 'StringLiteral') return bare(first.value);
    if (wrappers.test(normalise(name)) && first !== undefined && !name.endsWith('.bind')) return of(first, depth + 1);
    return name.endsWith('.bind') ? name.slice(0, -5) : name === '' ? '' : `${name}()`;
  };
  const of = (wrapped: Node, depth: number): string => {
    if (depth > deepest) return '';
    const node = unwrap(wrapped);
    switch (node.type) {
      case 'Identifier': {
        const binding = scopes.resolve(node);
        return binding === undefined ? node.name : ofBinding(binding, depth);
      }
      case 'ThisExpression':
        return '?this';
      case 'Import':
        return 'import';
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const object = of(node.object, depth + 1);
        const property = propertyOf(node) ?? '';
        if (object !== '') return join(object, [property]);
        return property === '' ? '' : `?.${property}`;
      }
      case 'CallExpression':
      case 'OptionalCallExpression':
        return ofCall(node.callee, node.arguments[0], depth);
      case 'ImportExpression':
        return node.source.type === 'StringLiteral' ? bare(node.source.value) : '';
      case 'NewExpression':
        return `${of(node.callee, depth + 1)}()`;
      default:
        return '';
    }
  };
  return (node) => normalise(of(node, 0));
};

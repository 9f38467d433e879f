/** What the rules about constructs share: options of a call, names that tell of secrets, sites without a flow. */
import type { Node } from '@babel/types';
import type { Call, Module } from '../module.ts';
import { propertyOf, unwrap } from '../syntax/names.ts';

/** The value of an option in an object expression, looked up through names; undefined when it is not there. */
export const optionOf = (module: Module, options: Node | undefined, name: string): Node | undefined => {
  if (options === undefined) return undefined;
  const node = unwrap(options);
  if (node.type === 'Identifier') {
    const value = module.scopes.resolve(node)?.values[0];
    return value === undefined || value.path.length > 0 || value.node === options
      ? undefined
      : optionOf(module, value.node, name);
  }
  if (node.type !== 'ObjectExpression') return undefined;
  for (const property of node.properties) {
    if (property.type !== 'ObjectProperty') continue;
    const key =
      property.key.type === 'Identifier'
        ? property.key.name
        : property.key.type === 'StringLiteral'
          ? property.key.value
          : '';
    if (key === name) return unwrap(property.value);
  }
  return undefined;
};

/** True for an object whose properties all stand there: nothing is spread into it and it is no name. */
export const isWholeObject = (module: Module, node: Node | undefined): boolean => {
  if (node === undefined) return false;
  const object = unwrap(node);
  if (object.type === 'Identifier') {
    const values = module.scopes.resolve(object)?.values ?? [];
    return values.length === 1 && values[0]?.path.length === 0 && values[0].node.type === 'ObjectExpression';
  }
  return object.type === 'ObjectExpression' && object.properties.every(({ type }) => type !== 'SpreadElement');
};

export const isBoolean = (node: Node | undefined, value: boolean): boolean =>
  node?.type === 'BooleanLiteral' && node.value === value;

export const isCallOf = (module: Module, call: Call, name: RegExp): boolean => name.test(module.nameOf(call.callee));

/** Words of a name: `sessionToken2` → `session token 2`. */
const wordsOf = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_\-.$]+/g, ' ')
    .toLowerCase();

const secretWords =
  /\b(?:password|passwd|pwd|passphrase|secret|token|apikey|api key|access key|private key|credential|credentials|session id|sessionid|session key|otp|pin code|nonce|csrf|xsrf|salt|auth key|encryption key|recovery code|reset code|verification code|invite code|session)\b/;

export const namesSecret = (name: string): boolean => secretWords.test(wordsOf(name));

export const namesPassword = (name: string): boolean =>
  /\b(?:password|passwd|pwd|passphrase|passcode)\b/.test(wordsOf(name));

/** What an expression is given to: the variable, property, parameter or function it is for. */
export const destinationOf = (module: Module, node: Node): string => {
  let below = node;
  for (
    let at = module.parentOf(node), depth = 0;
    at !== undefined && depth < 8;
    below = at, at = module.parentOf(at), depth += 1
  ) {
    if (at.type === 'VariableDeclarator') return at.id.type === 'Identifier' ? at.id.name : '';
    if (at.type === 'AssignmentExpression' && at.right === below)
      return at.left.type === 'Identifier' ? at.left.name : (propertyOf(at.left) ?? '');
    if ((at.type === 'ObjectProperty' || at.type === 'ClassProperty') && at.value === below)
      return at.key.type === 'Identifier' ? at.key.name : at.key.type === 'StringLiteral' ? at.key.value : '';
    if (at.type === 'FunctionDeclaration' || at.type === 'FunctionExpression') return at.id?.name ?? '';
    if (at.type === 'ObjectMethod' || at.type === 'ClassMethod') return at.key.type === 'Identifier' ? at.key.name : '';
  }
  return '';
};

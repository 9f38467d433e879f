/**
 * Tests that leave only harmless values: `if (!allowed.has(name)) return;` before the use, `if (allowed.has(name)) …`
 * around it, or `allowed.has(name) ? name : fallback`. What is compared is the text of the reference.
 */
import type { Expression, Node } from '@babel/types';
import { isFunction } from '../syntax/scope.ts';
import { walk } from '../syntax/walk.ts';
import type { SinkKind } from './sanitizers.ts';

export interface GuardParts {
  readonly text: string;
  readonly parentOf: (node: Node) => Node | undefined;
}

const listTests = /^(?:includes|has|hasOwn|hasOwnProperty|get|indexOf|test|match|isArray|every|contains)$/;
const namedTests =
  /(?:^|\.)(?:is|valid|allow|check|ensure|assert|verify|permit|safe|trusted|known|match)[A-Za-z]*|(?:Valid|Allowed|Safe|Trusted|Permitted|Known)[A-Za-z]*$/i;

const sourceOf = (parts: GuardParts, node: Node): string =>
  parts.text.slice(node.start ?? 0, node.end ?? 0).replaceAll(/\s+|\?(?=\.)/g, '');

/** The function’s own name: `has` of `allowed.has`. */
const lastName = (callee: Node): string => {
  if (callee.type === 'Identifier') return callee.name;
  if (
    (callee.type === 'MemberExpression' || callee.type === 'OptionalMemberExpression') &&
    callee.property.type === 'Identifier'
  )
    return callee.property.name;
  return '';
};

const mentions = (text: string, reference: string): boolean => {
  const at = text.indexOf(reference);
  return at !== -1 && !/[\w$.]/.test(text[at - 1] ?? ' ') && !/[\w$]/.test(text[at + reference.length] ?? ' ');
};

/** A regular expression says something about the whole text only when it is anchored at both ends. */
const isAnchored = (callee: Node, text: string): boolean => {
  if (lastName(callee) !== 'test' && lastName(callee) !== 'match') return true;
  const pattern = /\/(\^.*\$)\/[a-z]*/.exec(text);
  return pattern !== null || !text.startsWith('/');
};

const validates = (parts: GuardParts, test: Node, reference: string, kind: SinkKind): boolean => {
  let found = false;
  walk(test, (node) => {
    if (found) return;
    if (node.type === 'CallExpression' || node.type === 'OptionalCallExpression') {
      const name = lastName(node.callee);
      const whole = sourceOf(parts, node);
      if (!mentions(whole, reference)) return;
      if (listTests.test(name) || namedTests.test(name)) found = isAnchored(node.callee, whole);
      if (name === 'startsWith' || name === 'relative' || name === 'isAbsolute')
        found =
          kind === 'path' || ((kind === 'request' || kind === 'redirect') && !/startsWith\(['"]\/?['"]\)/.test(whole));
      if (name === 'startsWith' && kind === 'redirect' && sourceOf(parts, test).includes("startsWith('//')"))
        found = true;
    }
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator)) {
      const sides = [node.left, node.right];
      const constant = sides.some(
        (side) =>
          /^(?:String|Numeric|Boolean)Literal$|^MemberExpression$|^Identifier$|^TemplateLiteral$/.test(side.type) &&
          !mentions(sourceOf(parts, side), reference),
      );
      const asked = sides.find((side) => mentions(sourceOf(parts, side), reference));
      if (asked === undefined || !constant) return;
      const isType = asked.type === 'UnaryExpression' && asked.operator === 'typeof';
      const other = sides.find((side) => side !== asked);
      const isEmpty = other?.type === 'Identifier' && other.name === 'undefined';
      found = isType
        ? other?.type === 'StringLiteral' &&
          (other.value === 'number' || other.value === 'boolean' || (kind === 'nosql' && other.value === 'string'))
        : !isEmpty && !(other?.type === 'StringLiteral' && other.value === '') && asked.type !== 'UnaryExpression';
      if (!isType && sourceOf(parts, asked).endsWith('.length')) found = false;
    }
    if (node.type === 'BinaryExpression' && node.operator === 'in')
      found = mentions(sourceOf(parts, node.left), reference);
  });
  return found;
};

const ends = (statement: Node | null | undefined): boolean => {
  if (statement == null) return false;
  if (
    statement.type === 'ReturnStatement' ||
    statement.type === 'ThrowStatement' ||
    statement.type === 'ContinueStatement' ||
    statement.type === 'BreakStatement'
  )
    return true;
  if (statement.type === 'BlockStatement') return ends(statement.body.at(-1));
  return false;
};

const isEqualityOnly = (test: Expression): boolean => test.type === 'BinaryExpression' && /^===?$/.test(test.operator);

/** True when the reference can only be reached with a value that was tested. */
export const isGuarded = (parts: GuardParts, reference: Node, kind: SinkKind): boolean => {
  const text = sourceOf(parts, reference);
  if (text.length > 200) return false;
  let below: Node = reference;
  for (let at = parts.parentOf(reference); at !== undefined; below = at, at = parts.parentOf(at)) {
    if (at.type === 'ConditionalExpression' && at.test !== below && validates(parts, at.test, text, kind)) return true;
    if (
      at.type === 'LogicalExpression' &&
      at.operator === '&&' &&
      at.right === below &&
      validates(parts, at.left, text, kind)
    )
      return true;
    if (at.type === 'IfStatement' && at.consequent === below && validates(parts, at.test, text, kind)) return true;
    if (at.type === 'SwitchCase') {
      const parent = parts.parentOf(at);
      if (parent?.type === 'SwitchStatement' && at.test !== null && sourceOf(parts, parent.discriminant) === text)
        return true;
    }
    if (at.type === 'BlockStatement' || at.type === 'Program') {
      for (const statement of at.body) {
        if (statement === below) break;
        if (
          statement.type === 'IfStatement' &&
          ends(statement.consequent) &&
          !isEqualityOnly(statement.test) &&
          validates(parts, statement.test, text, kind)
        )
          return true;
        if (statement.type === 'ExpressionStatement' && statement.expression.type === 'CallExpression') {
          const name = lastName(statement.expression.callee);
          if (
            /^(?:assert|ensure|validate|check|verify|require)/i.test(name) &&
            mentions(sourceOf(parts, statement.expression), text)
          )
            return true;
        }
      }
    }
    if (isFunction(at) && at.type !== 'ArrowFunctionExpression') return false;
  }
  return false;
};

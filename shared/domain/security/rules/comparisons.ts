/** Secrets that are compared character by character, so that the time of the answer tells how many were right. */
import type { Node } from '@babel/types';
import { Taint } from '../flow/taint.ts';
import type { Module } from '../module.ts';
import { propertyOf, unwrap } from '../syntax/names.ts';
import { namesSecret } from './construct.ts';
import { site, type Detector, type Rule, type Site } from './rule.ts';

export const comparisonRules = {
  timing: {
    id: 'timing-unsafe-comparison',
    title: 'Secret compared character by character',
    cwe: [208],
    severity: 'medium',
    impact: 'From the time of the answer the secret is found character by character.',
    fix: 'Compare with `crypto.timingSafeEqual` over values of the same length.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

const nameOfSide = (node: Node): string => {
  const side = unwrap(node);
  if (side.type === 'Identifier') return side.name;
  return propertyOf(side) ?? '';
};

const comparedNames = /signature|hmac|digest|api_?key|csrf|password|passwd|secret|token|hash$|passphrase/i;

/** Kinds, names and lengths of secrets are none. */
const noSecret =
  /type|kind|length|name$|count|id$|index|field|confirm|repeat|state|status|again|^is|Type$|Tokens$|position|next|retype|verify/i;

const timing = (module: Module, node: Node): readonly Site[] => {
  if (node.type !== 'BinaryExpression' || !/^[!=]==?$/.test(node.operator) || node.left.type === 'PrivateName')
    return [];
  const sides = [unwrap(node.left), unwrap(node.right)];
  const isPlain = (side: Node): boolean =>
    side.type.endsWith('Literal') ||
    (side.type === 'Identifier' && side.name === 'undefined') ||
    side.type === 'UnaryExpression';
  if (sides.some(isPlain)) return [];
  const isSecret = sides.some((side) => comparedNames.test(nameOfSide(side)) && !noSecret.test(nameOfSide(side)));
  const isMac = sides.some((side) => /createHmac\(\)/.test(module.nameOf(side)));
  if (!isSecret && !isMac) return [];
  const trace = sides
    .map((side) => new Taint(module, 'compare').of(side))
    .find((each) => each !== undefined && each.source.kind !== 'caller');
  if (trace === undefined && !isMac)
    return sides.every((side) => namesSecret(nameOfSide(side)))
      ? []
      : [
          site(comparisonRules.timing, node, `Compared character by character: ${module.codeOf(node)}`, {
            confidence: 'low',
          }),
        ];
  return [
    site(
      comparisonRules.timing,
      node,
      `Compared character by character: ${module.codeOf(node)}`,
      trace === undefined ? {} : { trace, confidence: 'high' },
    ),
  ];
};

export const findComparisons: Detector = (module) => module.nodes.flatMap((node) => timing(module, node));

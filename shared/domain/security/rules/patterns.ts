/** Regular expressions that take exponential time, found by the automata of `scslre`; and those a request can slow down. */
import type { Node, RegExpLiteral } from '@babel/types';
import { analyse } from 'scslre';
import { Taint, type Trace } from '../flow/taint.ts';
import type { Module } from '../module.ts';
import type { Detector, Rule, Site } from './rule.ts';

export const patternRules = {
  exponential: {
    id: 'catastrophic-regex',
    title: 'Regular expression that takes exponential time',
    cwe: [1333],
    severity: 'high',
    impact: 'A text of a few dozen characters keeps the process busy for minutes.',
    fix: 'Make the repeated parts exclude one another, or do without nesting.',
  },
  polynomial: {
    id: 'slow-regex',
    title: 'Regular expression that a long input slows down',
    cwe: [1333],
    severity: 'medium',
    impact: 'The time grows with the square of the input or faster: 100 KB take seconds.',
    fix: 'Bound the length of the input first, or make the repeated parts exclude one another.',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Longer ones are generated tables as a rule, and take the analyser too long. */
const longestPattern = 1_000;
const repetition = /[*+]|\{\d+,\d*\}/g;

interface Verdict {
  readonly exponential: boolean;
  readonly character: string;
}

/** Undefined when it is linear, or when it is no regular expression of this language. */
const judge = (source: string, flags: string): Verdict | undefined => {
  if (source.length > longestPattern || (source.match(repetition)?.length ?? 0) === 0) return undefined;
  try {
    const { reports } = analyse(
      { source, flags: flags.replaceAll(/[^dgimsuvy]/g, '') },
      { maxReports: 4, reportTypes: { Move: true, Self: true, Trade: true } },
    );
    const worst = reports.find(({ exponential }) => exponential) ?? reports[0];
    return worst === undefined ? undefined : { exponential: worst.exponential, character: worst.character.pick };
  } catch {
    // The analyser refuses what the parser of the module refuses as well; the module's own finding tells of it.
    return undefined;
  }
};

/** The text that a literal is applied to, when it stands there. */
const subjectOf = (module: Module, node: Node): Node | undefined => {
  const parent = module.parentOf(node);
  if (parent?.type === 'MemberExpression' && parent.object === node) {
    const call = module.parentOf(parent);
    return call?.type === 'CallExpression' && call.callee === parent ? call.arguments[0] : undefined;
  }
  if (parent?.type === 'CallExpression' && parent.callee.type === 'MemberExpression' && parent.arguments[0] === node)
    return parent.callee.object;
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') {
    const binding = module.scopes.resolve(parent.id);
    const use = module.calls.find(
      ({ callee, arguments: given }) =>
        (callee.type === 'MemberExpression' &&
          callee.object.type === 'Identifier' &&
          module.scopes.resolve(callee.object) === binding) ||
        (given[0]?.type === 'Identifier' && module.scopes.resolve(given[0]) === binding),
    );
    if (use?.callee.type !== 'MemberExpression') return undefined;
    return use.arguments[0]?.type === 'Identifier' && module.scopes.resolve(use.arguments[0]) === binding
      ? use.callee.object
      : use.arguments[0];
  }
  return undefined;
};

const isBounded = (trace: Trace): boolean =>
  trace.steps.some(({ text }) => /\.(?:slice|substring|substr)\(/.test(text));

const siteOf = (module: Module, node: Node, verdict: Verdict): readonly Site[] => {
  const subject = subjectOf(module, node);
  const trace = subject === undefined ? undefined : new Taint(module, 'regex').of(subject);
  const attack = JSON.stringify(verdict.character.repeat(3));
  if (verdict.exponential)
    return [
      {
        rule: patternRules.exponential,
        node,
        confidence: trace === undefined || trace.source.kind === 'caller' ? 'medium' : 'high',
        message: `${module.codeOf(node)} takes exponential time for texts such as ${attack}…`,
        ...(trace === undefined ? {} : { trace }),
      },
    ];
  if (trace === undefined || trace.source.kind !== 'request' || isBounded(trace)) return [];
  return [
    {
      rule: patternRules.polynomial,
      node,
      trace,
      confidence: 'low',
      message: `${trace.source.text} is matched with ${module.codeOf(node)}, slow for many ${JSON.stringify(verdict.character)}`,
    },
  ];
};

const literals = (module: Module, node: RegExpLiteral): readonly Site[] => {
  const verdict = judge(node.pattern, node.flags);
  return verdict === undefined ? [] : siteOf(module, node, verdict);
};

export const findPatterns: Detector = (module) => [
  ...module.nodes.flatMap((node) => (node.type === 'RegExpLiteral' ? literals(module, node) : [])),
  ...module.calls.flatMap((call) => {
    const [pattern, flags] = call.arguments;
    if (module.nameOf(call.callee) !== 'RegExp' || pattern === undefined) return [];
    const text = module.constants.textOf(pattern);
    const verdict =
      text === undefined ? undefined : judge(text, flags === undefined ? '' : (module.constants.textOf(flags) ?? ''));
    return verdict === undefined ? [] : siteOf(module, call, verdict);
  }),
];

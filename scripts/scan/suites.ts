/**
 * Public suites of known-bad and fixed code, as they lie in a folder: Semgrep rules with annotated files (`ruleid:`,
 * `ok:`), rule tests of ESLint plugins (`valid`, `invalid`), and this repository's own `.pairs` files. What a suite says
 * is compared with what the scanner finds; nothing of a suite is run.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Finding } from '../../shared/domain/security/finding.ts';
import { createModule } from '../../shared/domain/security/module.ts';
import { readPairs } from '../../shared/domain/security/pairs.ts';
import { parseSource } from '../../shared/domain/security/syntax/parse.ts';

/** One thing a suite says about one piece of code. */
export interface Expectation {
  readonly suite: string;
  /** The suite's own name for what it looks for. */
  readonly rule: string;
  readonly where: string;
  readonly path: string;
  readonly code: string;
  readonly bad: boolean;
  /** Absent: anywhere in the code. */
  readonly line?: number;
  /** What the finding must be about; absent: anything. */
  readonly cwe?: readonly number[];
  readonly ruleId?: string;
}

/** Numbers that name the same weakness more or less exactly. */
const families: readonly (readonly number[])[] = [
  [89, 564, 943, 74, 1336, 77, 78, 88],
  [79, 80, 83, 87, 116, 96],
  [94, 95, 96, 98, 913, 470, 1336, 693, 829],
  [22, 23, 36, 73, 706, 200, 98],
  [321, 329, 798, 522, 259, 547, 1204],
  [326, 327, 328, 916, 338, 330, 323, 310],
  [1321, 915, 471],
  [1333, 400, 730, 185, 625],
  [614, 1004, 1275, 319, 522],
  [942, 346, 345, 183, 352, 923],
  [347, 345, 287, 294, 798],
  [295, 297, 757, 327],
  [611, 776],
  [918, 441],
  [502, 913],
  [208, 697, 203],
  [601],
  [665, 119, 120],
  [1007, 94],
];

export const isRelated = (finding: Finding, cwe: readonly number[]): boolean =>
  finding.cwe.some(
    (own) =>
      cwe.includes(own) || families.some((family) => family.includes(own) && cwe.some((each) => family.includes(each))),
  );

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Most files of a suite have no rule beside them.
    return undefined;
  }
};

const cweOf = (metadata: unknown): readonly number[] =>
  [...JSON.stringify(metadata ?? '').matchAll(/CWE-(\d+)/g)].map(([, number]) => Number(number));

/** The rules of the YAML file beside an annotated one, with the CWE numbers they claim. */
const semgrepRules = (path: string): ReadonlyMap<string, readonly number[]> => {
  const stem = basename(path).replace(/\.[cm]?[jt]sx?$/, '');
  for (const name of [`${stem}.yaml`, `${stem}.yml`]) {
    const text = readText(join(dirname(path), name));
    if (text === undefined) continue;
    const document: unknown = parse(text);
    if (typeof document !== 'object' || document === null || !('rules' in document) || !Array.isArray(document.rules))
      continue;
    const rules: unknown[] = document.rules;
    return new Map(
      rules.flatMap((rule): readonly (readonly [string, readonly number[]])[] =>
        typeof rule === 'object' && rule !== null && 'id' in rule
          ? [[String(rule.id), cweOf('metadata' in rule ? rule.metadata : '')]]
          : [],
      ),
    );
  }
  return new Map();
};

const annotation = /(?:\/\/|\/\*|\{\/\*|#|<!--)\s*(ruleid|ok|todoruleid|todook)\s*:\s*([\w., -]+)/;

const semgrep = (path: string, code: string): readonly Expectation[] => {
  if (!annotation.test(code)) return [];
  const rules = semgrepRules(path);
  const lines = code.split('\n');
  return lines.flatMap((content, index): readonly Expectation[] => {
    const match = annotation.exec(content);
    if (match === null || match[1] === 'todoruleid' || match[1] === 'todook') return [];
    let next = index + 1;
    while (next < lines.length && (annotation.test(lines[next] ?? '') || (lines[next] ?? '').trim() === '')) next += 1;
    return (match[2] ?? '').split(/[\s,]+/).flatMap((id): readonly Expectation[] => {
      const cwe = rules.get(id);
      if (id === '' || cwe === undefined || cwe.length === 0) return [];
      return [
        {
          suite: 'semgrep',
          rule: id,
          where: `${path}:${next + 1}`,
          path,
          code,
          bad: match[1] === 'ruleid',
          line: next + 1,
          cwe,
        },
      ];
    });
  });
};

/** What the rules of well-known plugins look for. */
const eslintCwe: Readonly<Record<string, readonly number[]>> = {
  'detect-child-process': [78],
  'detect-eval-with-expression': [95],
  'detect-non-literal-fs-filename': [22],
  'detect-non-literal-regexp': [1333],
  'detect-non-literal-require': [98],
  'detect-object-injection': [1321],
  'detect-possible-timing-attacks': [208],
  'detect-pseudoRandomBytes': [338],
  'detect-unsafe-regexp': [1333],
  'detect-unsafe-regex': [1333],
  'detect-bidi-characters': [1007],
  'detect-buffer-noassert': [665],
  'detect-new-buffer': [665],
};

const eslint = (path: string, code: string): readonly Expectation[] => {
  if (!/RuleTester/.test(code)) return [];
  const parsed = parseSource(path, code);
  if (!parsed.ok) return [];
  const module = createModule(path, code, parsed.value);
  const rule = basename(path).replace(/\.[cm]?[jt]sx?$/, '');
  return module.nodes.flatMap((node): readonly Expectation[] => {
    if (
      node.type !== 'ObjectProperty' ||
      node.key.type !== 'Identifier' ||
      !/^(?:valid|invalid)$/.test(node.key.name) ||
      node.value.type !== 'ArrayExpression'
    )
      return [];
    const bad = node.key.name === 'invalid';
    return node.value.elements.flatMap((element): readonly Expectation[] => {
      if (element === null) return [];
      const text =
        element.type === 'ObjectExpression'
          ? element.properties.find(
              (property) =>
                property.type === 'ObjectProperty' &&
                property.key.type === 'Identifier' &&
                property.key.name === 'code',
            )
          : element;
      const value = text?.type === 'ObjectProperty' ? text.value : text;
      const snippet = value === undefined ? undefined : module.constants.textOf(value);
      if (snippet === undefined) return [];
      const cwe = eslintCwe[rule];
      return [
        {
          suite: 'eslint',
          rule,
          where: `${path}:${element.loc?.start.line ?? 1}`,
          path: 'snippet.js',
          code: snippet,
          bad,
          ...(cwe === undefined ? {} : { cwe }),
        },
      ];
    });
  });
};

const own = (path: string, code: string): readonly Expectation[] => {
  const pairs = path.endsWith('.pairs') ? readPairs(code) : [];
  return pairs.map(({ rule, line, bad, path: file, code: snippet }) => ({
    suite: 'own',
    rule,
    where: `${path}:${line}`,
    path: file,
    code: snippet,
    bad,
    ruleId: rule,
  }));
};

/** What a file of a suite expects; none for a file that is no part of one. */
export const expectationsOf = (path: string, code: string): readonly Expectation[] => [
  ...semgrep(path, code),
  ...eslint(path, code),
  ...own(path, code),
];

/** Kinds of seeded mistakes: small changes of a source that are wrong in behaviour and mostly right in form. */

export const faultKinds = [
  'operator',
  'status',
  'off_by_one',
  'missing_validation',
  'lost_update',
  'wrong_field',
  'negated_condition',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** One change that is possible in a text. */
export interface FaultPlace {
  readonly kind: FaultKind;
  readonly at: number;
  readonly length: number;
  readonly replacement: string;
}

type Replace = (match: RegExpMatchArray, source: string) => string | undefined;

interface Turn {
  readonly kind: FaultKind;
  readonly pattern: RegExp;
  /** Undefined when this place is not to be changed. */
  readonly replace: Replace;
}

const always =
  (replacement: string): Replace =>
  () =>
    replacement;

const otherStatus: Readonly<Record<string, string>> = {
  '200': '201',
  '201': '200',
  '204': '200',
  '400': '422',
  '404': '400',
  '409': '422',
  '422': '409',
};

/** The next other property of the same kind of access in the source, so that the name exists. */
const otherField: Replace = (match, source) => {
  const [whole, owner = '', name = ''] = match;
  const names = [...source.matchAll(/\b(?:record|previous|input|row|item)\.([a-z][A-Za-z]*)\b(?!\()/g)].map(
    ([, found = '']) => found,
  );
  const other = [...new Set(names)].find((found) => found !== name);
  return other === undefined ? undefined : whole.replace(`${owner}.${name}`, `${owner}.${other}`);
};

const turns: readonly Turn[] = [
  { kind: 'operator', pattern: / === /g, replace: always(' !== ') },
  { kind: 'operator', pattern: / !== /g, replace: always(' === ') },
  { kind: 'operator', pattern: / >= /g, replace: always(' < ') },
  { kind: 'operator', pattern: / <= /g, replace: always(' > ') },
  { kind: 'operator', pattern: / && /g, replace: always(' || ') },
  { kind: 'status', pattern: /\b(?:200|201|204|400|404|409|422)\b/g, replace: ([code]) => otherStatus[code] },
  { kind: 'off_by_one', pattern: / >= /g, replace: always(' > ') },
  { kind: 'off_by_one', pattern: / <= /g, replace: always(' < ') },
  { kind: 'off_by_one', pattern: / > (?=[\w(])/g, replace: always(' >= ') },
  { kind: 'off_by_one', pattern: / ([+-]) 1\b/g, replace: ([, sign = '']) => ` ${sign} 2` },
  {
    kind: 'off_by_one',
    pattern: /\b(m(?:in|ax)[A-Za-z]*: )(\d+)\b/g,
    replace: ([, name = '', bound = '']) => `${name}${Number(bound) + 1}`,
  },
  { kind: 'missing_validation', pattern: /\brequired: true\b/g, replace: always('required: false') },
  { kind: 'missing_validation', pattern: /^ +if \([^\n]*\) (?:throw|return refuse)[^\n]*;\n/gm, replace: always('') },
  {
    kind: 'lost_update',
    pattern: /^ +[\w.()]+\.(?:insert|update|replace|remove|set|push|run)\([^\n]*\);\n/gm,
    replace: always(''),
  },
  {
    kind: 'wrong_field',
    pattern: /\b(record|previous|input|row|item)\.([a-z][A-Za-z]*)\b(?!\()/g,
    replace: otherField,
  },
  {
    kind: 'negated_condition',
    pattern: /\bif \(([^()\n]+)\)/g,
    replace: ([, condition = '']) => `if (!(${condition}))`,
  },
];

/** Every place of the kinds that a source has, in the order of the kinds. */
export const findFaultPlaces = (source: string, kinds: readonly FaultKind[]): readonly FaultPlace[] =>
  turns
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap(({ kind, pattern, replace }) =>
      [...source.matchAll(pattern)].flatMap((match) => {
        const replacement = replace(match, source);
        return replacement === undefined ? [] : [{ kind, at: match.index, length: match[0].length, replacement }];
      }),
    );

/** Licences as SPDX expressions, judged by a policy that is data. */
import parseExpression from 'spdx-expression-parse';

export interface LicensePolicy {
  /** Fine for every use. */
  readonly allowed: readonly string[];
  /** Never. */
  readonly denied: readonly string[];
  /** What is in neither list: `review` asks a person, `allow` and `deny` decide. */
  readonly others: 'review' | 'allow' | 'deny';
  /** Packages that a person let pass, by name, with the reason. */
  readonly exceptions: Readonly<Record<string, string>>;
}

export type LicenseVerdict = 'allowed' | 'denied' | 'review';

/** For software that is given away or served under terms of one’s own: permissive licences, no copyleft over a network. */
export const defaultLicensePolicy: LicensePolicy = {
  allowed: [
    'MIT',
    'MIT-0',
    'ISC',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'BSD-3-Clause-Clear',
    'Unlicense',
    'CC0-1.0',
    'CC-BY-3.0',
    'CC-BY-4.0',
    'Python-2.0',
    'Zlib',
    'BlueOak-1.0.0',
    'WTFPL',
    'MPL-2.0',
    'Unicode-DFS-2016',
    'Unicode-3.0',
    'BSL-1.0',
    'Artistic-2.0',
    'W3C',
    'X11',
    'OFL-1.1',
  ],
  denied: [
    'AGPL-1.0-only',
    'AGPL-1.0-or-later',
    'AGPL-3.0',
    'AGPL-3.0-only',
    'AGPL-3.0-or-later',
    'GPL-2.0',
    'GPL-2.0-only',
    'GPL-2.0-or-later',
    'GPL-3.0',
    'GPL-3.0-only',
    'GPL-3.0-or-later',
    'SSPL-1.0',
    'BUSL-1.1',
    'CC-BY-NC-4.0',
    'CC-BY-NC-SA-4.0',
    'Elastic-2.0',
  ],
  others: 'review',
  exceptions: {},
};

type Expression = ReturnType<typeof parseExpression>;

const one = (policy: LicensePolicy, license: string): LicenseVerdict => {
  if (policy.allowed.includes(license)) return 'allowed';
  if (policy.denied.includes(license)) return 'denied';
  return policy.others === 'allow' ? 'allowed' : policy.others === 'deny' ? 'denied' : 'review';
};

const best: readonly LicenseVerdict[] = ['allowed', 'review', 'denied'];

/** Of alternatives the best counts, of what holds together the worst. */
const judge = (policy: LicensePolicy, expression: Expression): LicenseVerdict => {
  if ('license' in expression) {
    const name = expression.plus === true ? `${expression.license}-or-later` : expression.license;
    const known = policy.denied.includes(name) || policy.allowed.includes(name) ? name : expression.license;
    // An exception such as that of Classpath takes the reach of the copyleft away: a person looks.
    return 'exception' in expression && expression.exception !== undefined && one(policy, known) === 'denied'
      ? 'review'
      : one(policy, known);
  }
  const verdicts = [judge(policy, expression.left), judge(policy, expression.right)].toSorted(
    (left, right) => best.indexOf(left) - best.indexOf(right),
  );
  return (expression.conjunction === 'or' ? verdicts[0] : verdicts[1]) ?? 'review';
};

/** Whether a text is an identifier of the SPDX list, an expression of several, or something else. */
export const kindOfLicense = (license: string): 'identifier' | 'expression' | 'text' => {
  try {
    const expression = parseExpression(license);
    return 'license' in expression && expression.plus !== true && expression.exception === undefined
      ? 'identifier'
      : 'expression';
  } catch {
    // Not of the grammar: a name that only people read.
    return 'text';
  }
};

/** The verdict about a licence; a text that is no SPDX expression, or none at all, is for a person to look at. */
export const judgeLicense = (policy: LicensePolicy, name: string, license: string | undefined): LicenseVerdict => {
  if (Object.hasOwn(policy.exceptions, name)) return 'allowed';
  if (license === undefined) return 'review';
  try {
    return judge(policy, parseExpression(license));
  } catch {
    // Texts such as “SEE LICENSE IN FILE” are no expressions.
    return 'review';
  }
};

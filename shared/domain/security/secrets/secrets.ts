/** Secrets in any text file, also in those that do not parse. What looks like an example is none. */
import type { Finding, Severity } from '../finding.ts';
import { assignedText, secretName, secretPatterns } from './patterns.ts';

/** Bits per character after Shannon: English words about 2.5 to 3, random base64 above 4. */
export const entropyOf = (text: string): number => {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
};

const placeholder =
  /example|placeholder|change[-_ ]?me|your[-_ ]?|dummy|sample|fake|redacted|xxxx|\*{3,}|\.{3}|<[^>]*>|\$\{|\{\{|%\w|test|lorem|insert|todo|replace|1234567|abcdef|abcd1234|deadbeef|foobar|password|secret|not[-_ ]?real|demo|localhost|undefined|null|none|process\.env|env\(|^(.)\1+$|(.)\2{6,}/i;

/** Folders whose secrets are made up. */
const fixtures =
  /(?:^|\/)(?:tests?|testing|__tests__|fixtures?|__fixtures__|mocks?|__mocks__|examples?|samples?|testdata|snapshots|__snapshots__|docs?|spec)\/|\.(?:test|spec|stories|snap)\.|\.md$|(?:^|\/)package-lock\.json$|-lock\.ya?ml$|\.lock$|\.svg$|\.map$/i;

const isRandom = (secret: string): boolean => {
  if (placeholder.test(secret)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((each) => each.test(secret)).length;
  if (/^[0-9a-f]+$/i.test(secret))
    return secret.length >= 24 && entropyOf(secret) > 3 && /\d/.test(secret) && /[a-f]/i.test(secret);
  // Words joined by dashes, dots or capitals are names, not secrets.
  if (/^[A-Za-z]+(?:[-_./: ][A-Za-z]+)+$/.test(secret) || /^[a-z]+(?:[A-Z][a-z]+)+$/.test(secret)) return false;
  if (/^(?:https?:|\/|\.\/|#)/.test(secret)) return false;
  return classes >= 2 && secret.length >= 12 && entropyOf(secret) >= 3.3 && /\d/.test(secret);
};

interface Match {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly index: number;
  readonly secret: string;
  readonly sure: boolean;
}

/** The first and the last characters: enough to find it, not enough to use it. */
const mask = (secret: string): string => `${secret.slice(0, 4)}…(${secret.length} characters)`;

const known = (text: string): readonly Match[] => {
  const lower = text.toLowerCase();
  return secretPatterns
    .filter(({ hint }) => lower.includes(hint))
    .flatMap(({ id, name, pattern, severity }) =>
      [...text.matchAll(pattern)].flatMap((match): readonly Match[] => {
        const secret = match[1] ?? match[0];
        const index = match.index + match[0].indexOf(secret);
        const isExample =
          id === 'private-key'
            ? /example|dummy|\.\.\.|fake/i.test(match[0])
            : placeholder.test(secret.replace(/^\w{2,10}[-_]/, ''));
        const isWeak =
          id === 'connection-password' ? secret.length < 6 || /^[a-z]+$/.test(secret) : entropyOf(secret) < 2.5;
        return isExample || (isWeak && id !== 'private-key') ? [] : [{ id, name, severity, index, secret, sure: true }];
      }),
    );
};

const named = (text: string): readonly Match[] =>
  [...text.matchAll(assignedText)].flatMap((match): readonly Match[] => {
    const [whole, name = '', secret = ''] = match;
    if (
      !secretName.test(name) ||
      !isRandom(secret) ||
      /(?:type|kind|name|url|path|header|field|label|id|prefix|pattern|regex|length|endpoint|message|title|text|hash)s?$/i.test(
        name,
      )
    )
      return [];
    return [
      {
        id: 'named-secret',
        name: `value of “${name}”`,
        severity: 'high',
        index: match.index + whole.lastIndexOf(secret),
        secret,
        sure: false,
      },
    ];
  });

const placeOf = (text: string, index: number): { readonly line: number; readonly column: number } => {
  const before = text.slice(0, index);
  const line = before.split('\n').length;
  return { line, column: index - before.lastIndexOf('\n') };
};

/** Findings of one file; secrets themselves never stand in them. */
export const findSecrets = (path: string, text: string): readonly Finding[] => {
  const isFixture = fixtures.test(path);
  const taken: Match[] = [];
  for (const match of [...known(text), ...named(text)]) {
    const overlaps = taken.some(
      ({ index, secret }) => match.index < index + secret.length && index < match.index + match.secret.length,
    );
    if (!overlaps) taken.push(match);
  }
  return taken.map(({ id, name, severity, index, secret, sure }): Finding => {
    const place = placeOf(text, index);
    return {
      rule: `secret-${id}`,
      title: 'Secret in the source',
      severity,
      confidence: isFixture ? 'low' : sure ? 'high' : 'medium',
      cwe: [798],
      file: path,
      ...place,
      endLine: place.line,
      endColumn: place.column + (secret.split('\n', 1)[0] ?? '').length,
      message: `A ${name} stands in the source: ${mask(secret)}`,
      impact: 'Everybody who reads the source, now or in its history, acts with it.',
      evidence: [{ ...place, text: mask(secret) }],
      fix: {
        text: 'Replace it at its issuer, keep the new one in the vault or the environment, and take it out of the history.',
      },
    };
  });
};

/**
 * Operations of an OpenAPI document that change something and ask for no credentials, where others of it ask. Often they
 * are meant to, so this is only worth a look.
 */
import { parse } from 'yaml';
import type { Finding } from '../finding.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const changing = ['post', 'put', 'patch', 'delete'] as const;

const open = /(?:log-?in|sign-?(?:in|up)|register|password|callback|webhook|token|oauth|session|health)/i;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly asks: boolean;
}

const asks = (security: unknown, whole: boolean): boolean =>
  Array.isArray(security)
    ? security.length > 0 && security.every((each) => isObject(each) && Object.keys(each).length > 0)
    : whole;

const operationsOf = (document: Readonly<Record<string, unknown>>): readonly Operation[] => {
  const { paths } = document;
  if (!isObject(paths)) return [];
  const whole = asks(document['security'], false);
  return Object.entries(paths).flatMap(([path, item]) =>
    changing.flatMap((method): readonly Operation[] => {
      const operation = isObject(item) ? item[method] : undefined;
      return isObject(operation)
        ? [{ method: method.toUpperCase(), path, asks: asks(operation['security'], whole) }]
        : [];
    }),
  );
};

const read = (path: string, text: string): unknown => {
  try {
    return path.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
  } catch {
    // A document that does not parse has no operations; whoever uses it says what is wrong with it.
    return undefined;
  }
};

export const findOpenOperations = (path: string, text: string): readonly Finding[] => {
  if (!/\.(?:json|ya?ml)$/.test(path) || !/["']?openapi["']?\s*:|["']?swagger["']?\s*:/.test(text.slice(0, 2_000)))
    return [];
  const document = read(path, text);
  const operations = isObject(document) ? operationsOf(document) : [];
  const example = operations.find((operation) => operation.asks);
  if (example === undefined) return [];
  return operations
    .filter((operation) => !operation.asks && !open.test(operation.path))
    .map((operation): Finding => {
      const offset = text.indexOf(operation.path);
      const line = text.slice(0, Math.max(0, offset)).split('\n').length;
      const message = `${operation.method} ${operation.path} asks for no credentials; ${example.method} ${example.path} does`;
      return {
        rule: 'missing-authorisation',
        title: 'Operation that changes without asking who it is',
        severity: 'high',
        confidence: 'low',
        cwe: [862],
        file: path,
        line,
        column: 1,
        endLine: line,
        endColumn: 1,
        message,
        impact: 'Everybody changes what only some may change.',
        evidence: [{ line, column: 1, text: message }],
        fix: { text: 'Give the operation the `security` of the others.' },
      };
    });
};

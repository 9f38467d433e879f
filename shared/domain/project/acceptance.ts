/** Acceptance checks: HTTP exchanges in order, where a later one may use values of the answers before. */
import type { AcceptanceCheck } from '../../rpc/project.ts';
import type { AppResponse } from '../../rpc/sandbox.ts';

export type Captured = Readonly<Record<string, string>>;

const placeholder = /\{([A-Za-z][A-Za-z0-9_]{0,59})\}/g;

/** The text with each `{name}` replaced by its captured value; an unknown name stays as it stands. */
export const fillIn = (text: string, captured: Captured): string =>
  text.replaceAll(placeholder, (whole, name: string) => captured[name] ?? whole);

const readPath = (value: unknown, path: string): unknown => {
  let current = value;
  for (const segment of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined;
    // SAFETY: an own property of an object, found on the line above.
    current = (current as Record<string, unknown>)[segment];
  }
  return current;
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    // An answer that is not JSON has no values to capture; the check then names what is missing.
    return undefined;
  }
};

export interface CheckOutcome {
  /** Undefined when the check passed. */
  readonly failure?: string;
  readonly captured: Captured;
}

const describe = ({ criterion, method, path }: AcceptanceCheck): string => `${criterion} (${method} ${path})`;

const findFailure = (check: AcceptanceCheck, response: AppResponse, captured: Captured): string | undefined => {
  if (response.status !== check.expectStatus) {
    return `answered ${response.status} instead of ${check.expectStatus}: ${response.body.slice(0, 300)}`;
  }
  const expected = check.expectContains === undefined ? undefined : fillIn(check.expectContains, captured);
  return expected === undefined || response.body.includes(expected)
    ? undefined
    : `the answer does not contain “${expected}”: ${response.body.slice(0, 300)}`;
};

/** Compares an answer with its check and takes the values that later checks need. */
export const judgeCheck = (check: AcceptanceCheck, response: AppResponse, before: Captured): CheckOutcome => {
  const failure = findFailure(check, response, before);
  if (failure !== undefined) return { failure: `${describe(check)}: ${failure}`, captured: before };
  const body = parse(response.body);
  const captured: Record<string, string> = { ...before };
  for (const [name, path] of Object.entries(check.capture ?? {})) {
    const value = readPath(body, path);
    if (typeof value !== 'string' && typeof value !== 'number') {
      return { failure: `${describe(check)}: the answer has no value at ${path}`, captured };
    }
    captured[name] = String(value);
  }
  return { captured };
};

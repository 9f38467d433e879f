/** The steps that are understood: what a sentence after Given, When or Then asks for. Pure text work, no expressions. */
import { err, ok, type Result } from '../../../errors/result.ts';
import { camelCase, kebabCase, pluralOf } from './words.ts';
import type { Json, Relation, StepAction } from './scenario.ts';

export type StepMode = 'given' | 'when' | 'then';

/** A step as the Gherkin parser gives it. */
export interface RawStep {
  readonly text: string;
  readonly mode: StepMode;
  /** Text between three quotes below the step. */
  readonly docString?: string;
  /** Rows of a table below the step. */
  readonly table?: readonly (readonly string[])[];
}

const methods = 'GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS';
const keep = String.raw`(?:\s+as\s+([a-z][A-Za-z0-9]{0,39}))?`;
const request = new RegExp(
  String.raw`^(?:(?:I|we|they|somebody|someone|a client|the client|a user|the user)\s+)?(?:sends?\s+|makes?\s+|calls?\s+)?(?:an?\s+)?(${methods})(?:\s+request)?(?:\s+(?:to|of|for))?\s+(/\S*)(?:\s+with(?:\s+(?:the\s+)?body)?(?:\s+([[{].*[\]}]))?:?)?${keep}$`,
);
const record = new RegExp(
  String.raw`^(?:there is |there are )?an? ([a-z][a-z -]{0,60}?)(?: (?:with|whose) (.+?))?${keep}$`,
);
const sentHeader = /^the(?: request)? header ([A-Za-z][\w-]*) is "([^"]*)"$/;
const status =
  /^(?:the )?(?:answer|response|status|it)(?:'s)?(?: status)?(?: code)? (?:is|answers|should be|has status) (\d{3})$/;
const refused = /^(?:the (?:request|answer)|it) is refused(?: with(?: status)? (\d{3}))?$/;
const accepted = /^(?:the request|it) (?:succeeds|is accepted)$/;
const text = /^the (?:answer|response|body) (contains|does not contain) "([^"]+)"$/;
const header = /^the(?: answer| response)? header ([A-Za-z][\w-]*) (is|contains) "([^"]*)"$/;
const length = /^(?:the )?(?:field )?(.+?) has (\d{1,9}) (?:entries|entry|items?|elements?|characters?)$/;
const presence = /^(?:the )?(?:field )?(.+?) (is there|is present|is missing|is absent|is empty)$/;
const compared =
  /^(?:the )?(?:field )?(.+?) (is not|is at least|is at most|is greater than|is less than|does not contain|contains|is|equals) (.+)$/;
const fieldPath = /^[A-Za-z_$][\w$ -]*(?:\.[\w$-]+)*$/;

/** A JSON value, a text in single quotes, or `{name.path}`; undefined for anything else. */
const valueOf = (written: string): Json | undefined => {
  const trimmed = written.trim();
  if (/^\{[A-Za-z][\w.]*\}$/.test(trimmed)) return trimmed;
  const single = /^'([^']*)'$/.exec(trimmed);
  if (single !== null) return single[1] ?? '';
  try {
    // SAFETY: what JSON.parse gives is JSON.
    return JSON.parse(trimmed) as Json;
  } catch {
    return undefined;
  }
};

const pairPattern =
  /^\s*([A-Za-z][\w ]*?)\s+(?:is |of )?("(?:[^"\\]|\\.)*"|'[^']*'|-?\d+(?:\.\d+)?|true|false|null|\{[A-Za-z][\w.]*\}|\[[^\]]*\])\s*(?:,\s*and\s+|,\s*|\s+and\s+|$)/;

/** `title "Dune" and copies 1` as an object; names in several words become camelCase. */
const readPairs = (written: string): Result<Json, string> => {
  const found: Record<string, Json> = {};
  let rest = written;
  while (rest.trim() !== '') {
    const match = pairPattern.exec(rest);
    const value = match === null ? undefined : valueOf(match[2] ?? '');
    if (match === null || value === undefined)
      return err(`“${rest.trim()}” is no list of fields with values, such as: title "Dune" and copies 1`);
    found[camelCase(match[1] ?? '')] = value;
    rest = rest.slice(match[0].length);
  }
  return ok(found);
};

const readTable = (rows: readonly (readonly string[])[]): Result<Json, string> => {
  const found: Record<string, Json> = {};
  for (const row of rows) {
    const [name, written] = row;
    if (row.length !== 2 || name === undefined || written === undefined || name === '')
      return err('a table of a body has two columns, the field and its value');
    found[camelCase(name)] = valueOf(written) ?? written;
  }
  return ok(found);
};

/** The body of a request: written in the sentence, between quotes below it, or as a table below it. */
const readBody = (inline: string | undefined, { docString, table }: RawStep): Result<Json | undefined, string> => {
  const written = inline ?? docString;
  if (written === undefined) return table === undefined ? ok(undefined) : readTable(table);
  try {
    // SAFETY: what JSON.parse gives is JSON.
    return ok(JSON.parse(written) as Json);
  } catch {
    return err('its body is no JSON');
  }
};

const readRequest = (step: RawStep): Result<StepAction, string> | undefined => {
  const match = request.exec(step.text);
  if (match === null) return undefined;
  const [, method = '', path = '', inline, keepAs] = match;
  const body = readBody(inline, step);
  if (!body.ok) return body;
  return ok({
    kind: 'request',
    method,
    path,
    ...(body.value === undefined ? {} : { body: body.value }),
    ...(keepAs === undefined ? {} : { keepAs }),
    mustSucceed: step.mode === 'given',
  });
};

const readRecord = (step: RawStep): Result<StepAction, string> | undefined => {
  const match = record.exec(step.text);
  if (match === null) return undefined;
  const [, noun = '', written, keepAs] = match;
  const body = written === undefined ? readBody(undefined, step) : readPairs(written);
  if (!body.ok) return body;
  return ok({
    kind: 'request',
    method: 'POST',
    path: `/${kebabCase(pluralOf(noun))}`,
    body: body.value ?? {},
    keepAs: keepAs ?? camelCase(noun),
    mustSucceed: true,
  });
};

const readArrangement = (step: RawStep): Result<StepAction, string> => {
  const sent = sentHeader.exec(step.text);
  if (sent !== null) return ok({ kind: 'send_header', name: (sent[1] ?? '').toLowerCase(), value: sent[2] ?? '' });
  const found = readRequest(step) ?? (step.mode === 'given' ? readRecord(step) : undefined);
  return found ?? err(`“${step.text}” is no request, such as: POST /books with {"title": "Dune"}`);
};

const readStatus = (written: string): StepAction | undefined => {
  const exact = status.exec(written);
  if (exact !== null) return { kind: 'status', from: Number(exact[1]), to: Number(exact[1]) };
  const refusal = refused.exec(written);
  if (refusal !== null) {
    const [, code] = refusal;
    return { kind: 'status', from: Number(code ?? 400), to: Number(code ?? 499) };
  }
  return accepted.test(written) ? { kind: 'status', from: 200, to: 299 } : undefined;
};

const toField = (path: string, relation: Relation, value: Json): Result<StepAction, string> =>
  fieldPath.test(path)
    ? ok({ kind: 'field', path, relation, value })
    : err(`“${path}” is no field of an answer, such as: title, or items.0.title`);

const readComparison = (written: string): Result<StepAction, string> | undefined => {
  const counted = length.exec(written);
  if (counted !== null) return toField(counted[1] ?? '', 'has length', Number(counted[2]));
  const present = presence.exec(written);
  if (present !== null) {
    const path = present[1] ?? '';
    if (present[2] === 'is empty') return toField(path, 'has length', 0);
    return toField(path, /there|present/.test(present[2] ?? '') ? 'is there' : 'is missing', null);
  }
  const match = compared.exec(written);
  if (match === null) return undefined;
  const [, path = '', verb = '', right = ''] = match;
  const value = valueOf(right);
  if (value === undefined) return err(`${right} is no value: write texts in quotes, as in: ${path} is "${right}"`);
  // SAFETY: the pattern lets only relations and `equals` through.
  return toField(path, verb === 'equals' ? 'is' : (verb as Relation), value);
};

const readExpectation = (step: RawStep): Result<StepAction, string> => {
  const state = readStatus(step.text);
  if (state !== undefined) return ok(state);
  const said = text.exec(step.text);
  if (said !== null) return ok({ kind: 'text', text: said[2] ?? '', isThere: said[1] === 'contains' });
  const named = header.exec(step.text);
  if (named !== null) {
    const relation = named[2] === 'is' ? 'is' : 'contains';
    return ok({ kind: 'header', name: (named[1] ?? '').toLowerCase(), relation, value: named[3] ?? '' });
  }
  return readComparison(step.text) ?? err(`“${step.text}” is nothing that can be compared, such as: the status is 201`);
};

/** What a step asks for, or why it is not understood. */
export const readStep = (step: RawStep): Result<StepAction, string> =>
  step.mode === 'then' ? readExpectation(step) : readArrangement(step);

/**
 * Sentences that allow a deed once: `a loan cannot be returned twice`, `an invoice can be paid only once`, `returning a
 * loan a second time is an error`. What tells that it was done before is what its action sets.
 */

import type { Endpoint, Expression } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import { allOf, literal } from '../draft/expressions.ts';
import type { Rules, Sentence } from './context.ts';
import { beforeChange, forbid } from './context.ts';
import { forbidding } from './forbidding.ts';
import { findAction } from './happenings.ts';
import { readSubject, subjectConditions } from './subjects.ts';

const AGAIN = '(?:again|twice|a second time|another time|once more|more than once|repeatedly|multiple times)';
const ONCE = '(?:at most once|at most one time|exactly once|a single time|one time|once)';

const REPEATED = new RegExp(`^(.+?) be ([a-z]+(?: (?:in|out|up|off|back))?) ${AGAIN}$`);
const LIMITED: readonly RegExp[] = [
  new RegExp(`^(.+?) (?:can|may|must) only be ([a-z]+(?: (?:in|out|up|off|back))?) ${ONCE}$`),
  new RegExp(
    `^(.+?) (?:can|may|must) be ([a-z]+(?: (?:in|out|up|off|back))?) (?:only ${ONCE}|${ONCE} only|at most once)$`,
  ),
];
const DONE_AGAIN = new RegExp(`^([a-z]+)(?: (?:to|of))? (.+?) ${AGAIN}$`);

interface Deed {
  readonly subject: string;
  readonly verb: string;
}

/** Who may not suffer what once more, in every way that the sentence can be read. */
const deedsOf = (text: string): readonly Deed[] => {
  const found: Deed[] = [];
  for (const pattern of LIMITED) {
    const match = pattern.exec(text);
    if (match !== null) found.push({ subject: match[1] ?? '', verb: match[2] ?? '' });
  }
  for (const [subject, predicate] of forbidding(text)) {
    const suffered = REPEATED.exec(`${subject} ${predicate}`);
    if (suffered !== null) found.push({ subject: suffered[1] ?? '', verb: suffered[2] ?? '' });
    const done = DONE_AGAIN.exec(predicate);
    if (done !== null && !predicate.startsWith('be ')) found.push({ subject: done[2] ?? '', verb: done[1] ?? '' });
  }
  return found;
};

type Action = Extract<Endpoint, { kind: 'action' }>;

/** What holds of a record to which the action was done; undefined when the action leaves nothing that tells. */
const traceOf = (resource: DraftResource, { assign }: Action): Expression | undefined => {
  const traces = assign.flatMap(({ field, value }): readonly Expression[] => {
    const left: Expression = { kind: 'field', of: 'record', path: [field] };
    if (value.kind === 'now' || value.kind === 'today')
      return [{ kind: 'binary', operator: '!=', left, right: literal(null) }];
    return value.kind === 'literal' && value.value !== null && resource.fields.some(({ name }) => name === field)
      ? [{ kind: 'binary', operator: '==', left, right: value }]
      : [];
  });
  // One trace tells enough: a status, where there is one, rather than the time at which it was entered.
  return traces.find((trace) => trace.kind === 'binary' && trace.operator === '==') ?? traces[0];
};

const withoutTwins = (conditions: readonly Expression[]): readonly Expression[] =>
  conditions.filter(
    (condition, index) =>
      conditions.findIndex((other) => JSON.stringify(other) === JSON.stringify(condition)) === index,
  );

const refuseAgain = (rules: Rules, sentence: Sentence, { subject, verb }: Deed): boolean => {
  const read = readSubject(rules, sentence, subject);
  const name = read === undefined ? undefined : findAction(rules.draft, read.resource, verb);
  if (read === undefined || name === undefined) return false;
  const { resource } = read;
  const action = rules.draft.endpoints.find(
    (endpoint): endpoint is Action =>
      endpoint.kind === 'action' && endpoint.resource === resource.name && endpoint.name === name,
  );
  const own = subjectConditions(rules, read, recordOf(resource), resource);
  if (action === undefined || own === undefined) return false;
  // Whoever says `a returned loan` has said what tells; otherwise it is what the action leaves behind.
  const trace = own.length > 0 ? undefined : traceOf(resource, action);
  const when = allOf(withoutTwins(trace === undefined ? own : [...own, trace]).map(beforeChange));
  return when !== undefined && forbid(rules, sentence, { resource, on: [name], when, status: 409 });
};

/** Reads the sentence as one that forbids to do something a second time. */
export const readRepetition = (rules: Rules, sentence: Sentence): boolean =>
  deedsOf(sentence.text).some((deed) => refuseAgain(rules, sentence, deed));

/** Sentences that demand: `the due date must be after the start date`, `a closed issue must have a resolution`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { fieldOf, recordOf } from '../draft/draft.ts';
import { allOf, binary, different, literal, negate } from '../draft/expressions.ts';
import { applyDescription } from '../fields/constraints.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { opposite } from '../phrases/comparison.ts';
import { entityPredicate, fieldPredicate } from '../phrases/predicates.ts';
import { findResource, linkTo, referenceFields, statusField } from '../phrases/vocabulary.ts';
import type { Surrounded } from './clauses.ts';
import { surroundings, withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { firstField, forbid, frameFor, frameOf } from './context.ts';
import { readHappening } from './happenings.ts';
import { conditionsAround, fieldHomes, qualifiedField, readSubject, subjectConditions } from './subjects.ts';
import { refuse } from './refusals.ts';

/** The violation of a demand: comparisons turn around, so that a missing optional value violates nothing. */
const violation = (demand: Expression): Expression => {
  if (demand.kind === 'binary') {
    switch (demand.operator) {
      case 'and':
        return binary('or', violation(demand.left), violation(demand.right));
      case 'or':
        return binary('and', violation(demand.left), violation(demand.right));
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return { ...demand, operator: opposite(demand.operator) };
      case '+':
      case '-':
      case '*':
      case '/':
        return negate(demand);
    }
  }
  return negate(demand);
};

const isComparison = (expression: Expression): boolean =>
  expression.kind === 'binary' && ['<', '<=', '>', '>='].includes(expression.operator);

const demandField = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => {
  for (const home of fieldHomes(rules, sentence, subjectText)) {
    const frame = frameOf(home);
    const field = rules.phrases.field(subjectText, frame);
    if (field === undefined) continue;
    const around = surrounded === undefined ? [] : conditionsAround(rules, home, surrounded);
    if (around === undefined) continue;
    if (around.length === 0 && field.entity.path.length === 0) {
      const own = home.fields.find((candidate) => candidate.name === field.field.name);
      if (own !== undefined && applyDescription(rules.draft, own, predicate.replace(/^be /, '')).length === 0)
        return true;
    }
    const said = fieldPredicate(rules.phrases, field, predicate.replace(/^be /, 'is '), frame);
    if (said === undefined) continue;
    const when = allOf([...around, violation(said)]) ?? said;
    return forbid(rules, sentence, {
      resource: home,
      on: ['create', 'update'],
      when,
      status: 422,
      field: firstField(field.expression),
    });
  }
  return false;
};

const demandQualified = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => {
  const qualified = qualifiedField(rules, subjectText);
  if (qualified === undefined) return false;
  const { home, field, conditions } = qualified;
  const said = fieldPredicate(rules.phrases, field, predicate.replace(/^be /, 'is '), frameOf(home));
  const around = surrounded === undefined ? [] : conditionsAround(rules, home, surrounded);
  if (said === undefined || around === undefined) return false;
  return forbid(rules, sentence, {
    resource: home,
    on: ['create', 'update'],
    when: allOf([...conditions, ...around, violation(said)]) ?? said,
    status: 422,
    field: firstField(field.expression),
  });
};

const hasChildren = (expression: Expression): boolean =>
  expression.kind === 'binary' &&
  expression.left.kind === 'aggregate' &&
  expression.left.function === 'count' &&
  (expression.operator === '>' || expression.operator === '>=');

/** A record cannot have children when it is created, so the demand counts once it leaves its first status. */
const afterFirstStatus = (resource: DraftResource): Expression | undefined => {
  const status = statusField(resource);
  const first = status?.defaultText ?? status?.values?.[0];
  return status === undefined || first === undefined
    ? undefined
    : different(fieldOf(recordOf(resource), status.name), literal(first.replace(/[`"']/g, '')));
};

const demandRecord = (
  rules: Rules,
  sentence: Sentence,
  subjectText: string,
  predicate: string,
  surrounded: Surrounded | undefined,
): boolean => {
  const subject = readSubject(rules, sentence, subjectText);
  if (subject === undefined) return false;
  const { resource } = subject;
  const record = recordOf(resource);
  const own = subjectConditions(rules, subject, record, resource);
  const said = entityPredicate(
    rules.phrases,
    record,
    predicate.replace(/^be /, 'is ').replace(/^(?:have|contain|include) /, 'has '),
    frameOf(resource),
  );
  const around = surrounded === undefined ? [] : conditionsAround(rules, resource, surrounded);
  if (own === undefined || said === undefined || around === undefined) return false;
  const conditions = [...own, ...around];
  if (hasChildren(said) && conditions.length === 0) {
    const later = afterFirstStatus(resource);
    if (later === undefined) return false;
    conditions.push(later);
  }
  if (conditions.length === 0 && requireField(resource, said)) return true;
  const when = allOf([...conditions, isComparison(said) ? violation(said) : negate(said)]) ?? said;
  return forbid(rules, sentence, {
    resource,
    on: ['create', 'update'],
    when,
    status: conditions.length > 0 ? 409 : 422,
    field: firstField(said),
  });
};

/** `must have a title` without a condition is a required field. */
const requireField = (resource: DraftResource, said: Expression): boolean => {
  if (said.kind !== 'binary' || said.operator !== '!=' || said.right.kind !== 'literal' || said.right.value !== null)
    return false;
  const name = said.left.kind === 'field' && said.left.path.length === 1 ? said.left.path[0] : undefined;
  const field = resource.fields.find((candidate) => candidate.name === name);
  if (field === undefined) return false;
  field.required = true;
  return true;
};

/** `the member must be active to borrow a book`, `to borrow a book, a member must be active`. */
const demandForHappening = (rules: Rules, sentence: Sentence): boolean => {
  const parts =
    /^(?:in order )?(?:to|before|when|for) ([a-z]+(?: out)?(?:ing)?) (.+?) ?, (?:the |a |an )?(.+?) must (.+)$/.exec(
      sentence.text,
    ) ??
    rotate(
      /^(.+?) must (.+?) (?:in order to|to|before|when) (be [a-z]+(?: out)?|[a-z]+(?:ing)?(?: out)?) ?(.*)$/.exec(
        sentence.text,
      ),
    );
  if (parts === null) return false;
  const [, verb = '', objectText = '', subjectText = '', predicate = ''] = parts;
  const object = readSubject(rules, sentence, objectText === '' ? subjectText : objectText);
  const happening = object === undefined ? undefined : readHappening(rules.draft, object.resource, verb);
  const subject = readSubject(rules, sentence, subjectText);
  if (happening === undefined || subject === undefined) return false;
  const record = recordOf(happening.resource);
  const doer = subject.resource.name === record.resource.name ? record : linkTo(rules.draft, record, subject.resource);
  if (doer === undefined) return false;
  const said = entityPredicate(
    rules.phrases,
    doer,
    predicate.replace(/^be /, 'is ').replace(/^have /, 'has '),
    frameFor(record, doer),
  );
  return said === undefined ? false : refuse(rules, sentence, happening, [said], true);
};

const rotate = (match: RegExpExecArray | null): readonly string[] | null =>
  match === null ? null : [match[0], match[3] ?? '', match[4] ?? '', match[1] ?? '', match[2] ?? ''];

/** `the option must belong to the poll`: of a vote, which names both. */
const demandBelonging = (rules: Rules, sentence: Sentence): boolean => {
  const match =
    /^(?:the )?(.+?) must (?:belong to|be (?:an? [a-z]+ of|one of|from|in|of|part of)) (?:the |its |that )?(?:same )?(.+?)(?: as .+)?$/.exec(
      sentence.text,
    );
  const owned = match === null ? undefined : findResource(rules.draft, (match[1] ?? '').split(' '));
  const owner = match === null ? undefined : findResource(rules.draft, withoutArticles(match[2] ?? '').split(' '));
  if (owned === undefined || owner === undefined) return false;
  for (const resource of rules.draft.resources) {
    const record = recordOf(resource);
    const direct = referenceFields(resource).find((field) => field.reference?.resource === owner.name);
    const other = referenceFields(resource).find((field) => field.reference?.resource === owned.name);
    const inner = referenceFields(owned).find((field) => field.reference?.resource === owner.name);
    if (direct === undefined || other === undefined || inner === undefined) continue;
    const when = different(
      { kind: 'field', of: 'record', path: [other.name, inner.name] },
      fieldOf(record, direct.name),
    );
    return forbid(rules, sentence, { resource, on: ['create', 'update'], when, status: 422, field: other.name });
  }
  return false;
};

/** Demands that every generated application meets by itself. */
const MET_ANYWAY =
  /^(?:(?:refer|point|belong) to (?:an? )?(?:existing|valid|known)\b.*|exist|be (?:valid|an existing .+|a valid .+|existing))$/;

const FIELD_BE =
  /^(.+?) (?:is|are) ((?:required|mandatory|optional|compulsory|needed|obligatory|unique|read only|immutable)\b.*|(?:at least|at most|between|one of|either|positive|always) .*|positive|greater than .*|not (?:negative|empty|required|in the future|in the past).*)$/;

const INVARIANT_COMPARISON =
  /^(.+?) (?:is|are|lies|comes|must lie|must come|starts?|ends?) ((?:after|before|not before|not after|on or after|later than|earlier than|greater than|less than|at least|at most|within|between) .+)$/;

/** `the quantity must be at least 1`: what must hold, and of what. */
const demands = (text: string): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  const must = /^(.+?) must (.+)$/.exec(text);
  if (must !== null) found.push([must[1] ?? '', must[2] ?? '']);
  const plain = FIELD_BE.exec(text);
  if (plain !== null) found.push([plain[1] ?? '', `be ${plain[2] ?? ''}`]);
  const compared = INVARIANT_COMPARISON.exec(text);
  if (compared !== null) found.push([compared[1] ?? '', `be ${compared[2] ?? ''}`]);
  const needs = /^(.+?) (?:needs?|requires?) (.+)$/.exec(text);
  if (needs !== null) found.push([needs[1] ?? '', `have ${needs[2] ?? ''}`]);
  const always =
    /^(?:every|each|all) (.+?) (?:has|have) (.+)$/.exec(text) ??
    /^(.+?) (?:has|have) (exactly one|at least one) (.+)$/.exec(text);
  if (always !== null) found.push([always[1] ?? '', `have ${always.slice(2).join(' ')}`]);
  const symbol = /^([a-z ]+?) ((?:>=|<=|!=|<|>|==) .+)$/.exec(text);
  if (symbol !== null) found.push([symbol[1] ?? '', `be ${symbol[2] ?? ''}`]);
  return found;
};

/** Reads the sentence as a demand; false when it is none or is not understood. */
export const readRequirement = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text);
  if (demandForHappening(rules, sentence) || demandBelonging(rules, sentence)) return true;
  for (const surrounded of [undefined, ...surroundings(text)]) {
    for (const [subject, predicate] of demands(surrounded?.main ?? text)) {
      if (surrounded === undefined && MET_ANYWAY.test(predicate)) return true;
      const bare = withoutArticles(subject);
      if (
        demandField(rules, sentence, bare, predicate, surrounded) ||
        demandQualified(rules, sentence, bare, predicate, surrounded)
      )
        return true;
      if (demandRecord(rules, sentence, subject, predicate, surrounded)) return true;
    }
  }
  return false;
};

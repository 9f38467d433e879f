/** Sentences that define: computed values, named states, defaults. */

import type { Expression, FieldType } from '../../app-model.ts';
import type { DraftField, DraftResource } from '../draft/draft.ts';
import { mergeField, newField, recordOf } from '../draft/draft.ts';
import { different, literal } from '../draft/expressions.ts';
import { wordsOf } from '../lexicon/names.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { findEnumState, findField, findResource, findValue, statusField } from '../phrases/vocabulary.ts';
import { withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { forbid, frameOf } from './context.ts';
import { homes } from './prohibitions.ts';

/** The type of a computed value. */
export const typeOf = (rules: Rules, resource: DraftResource, expression: Expression): FieldType => {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'boolean' ? 'boolean' : typeof expression.value === 'number' ? 'number' : 'string';
    case 'now':
      return 'datetime';
    case 'today':
      return 'date';
    case 'length':
      return 'integer';
    case 'not':
    case 'one_of':
      return 'boolean';
    case 'date_add':
      return typeOf(rules, resource, expression.base);
    case 'field':
      return typeOfPath(rules, resource, expression.path);
    case 'aggregate': {
      if (expression.function === 'count') return 'integer';
      const item = rules.draft.resources.find((candidate) => candidate.name === expression.resource);
      const value = item === undefined || expression.value === undefined ? 'number' : typeOf(rules, item, expression.value);
      return expression.function === 'average' ? 'number' : value;
    }
    case 'binary': {
      if (!['+', '-', '*', '/'].includes(expression.operator)) return 'boolean';
      const parts = [typeOf(rules, resource, expression.left), typeOf(rules, resource, expression.right)];
      if (expression.operator === '+' && parts.includes('string')) return 'string';
      return expression.operator !== '/' && parts.every((part) => part === 'integer') ? 'integer' : 'number';
    }
  }
};

const typeOfPath = (rules: Rules, resource: DraftResource, path: readonly string[]): FieldType => {
  const [name, ...rest] = path;
  const field = resource.fields.find((candidate) => candidate.name === name);
  if (rest.length === 0) return field?.type ?? (name === 'createdAt' || name === 'updatedAt' ? 'datetime' : 'string');
  const target = rules.draft.resources.find((candidate) => candidate.name === field?.reference?.resource);
  return target === undefined ? 'string' : typeOfPath(rules, target, rest);
};

/** Puts a computed field on the resource, or makes the declared one computed. */
export const compute = (rules: Rules, resource: DraftResource, words: readonly string[], expression: Expression, source: string): true => {
  const declared = findField(resource, words);
  const field = declared ?? mergeField(resource, newField(words, source, resource.line));
  const inferred = typeOf(rules, resource, expression);
  field.computed = expression;
  field.readOnly = true;
  field.required = false;
  if (field.type === undefined || declared === undefined || field.type === 'string' || field.type === 'text' || inferred === 'boolean') field.type = literalInteger(expression) ? 'integer' : inferred;
  return true;
};

const literalInteger = (expression: Expression): boolean => expression.kind === 'aggregate' && expression.function === 'count';

interface Definition {
  readonly name: string;
  readonly owner: string | undefined;
  readonly value: string;
}

const VALUE_SHAPES: readonly RegExp[] = [
  /^(.+?) (?:is|are|equals|must equal|must be|must be equal to|must always be|is computed as|is calculated as|is calculated from|is derived from|is computed from|is defined as|is the result of|is given by|means|shows|tells|gives|corresponds to|reflects|must match|is :|results from|adds up|is made of) (.+)$/,
  /^(.+?) = (.+)$/,
  /^(.+?) : (.+)$/,
];

const definitionsOf = (text: string): readonly Definition[] => {
  const found: Definition[] = [];
  for (const shape of VALUE_SHAPES) {
    const match = shape.exec(text);
    if (match === null) continue;
    const value = (match[2] ?? '').replace(/^(?:computed|calculated|derived|always|equal to|defined) (?:as |from |by )?/, '');
    const possessive = /^(.+?) 's (.+)$/.exec(match[1] ?? '');
    const of = /^(.+?) (?:of|for|on|in|per) (?:an? |the |each |every |any )?([a-z ]+)$/.exec(match[1] ?? '');
    if (possessive !== null) found.push({ name: possessive[2] ?? '', owner: possessive[1], value });
    if (of !== null) found.push({ name: of[1] ?? '', owner: of[2], value });
    found.push({ name: match[1] ?? '', owner: undefined, value });
  }
  const shows = /^(?:show|display|include|list|return|provide|compute|calculate|expose) (?:the |a )?((?:number|count|sum|total|average) of .+?) (?:of|for|on|with|per) (?:each|every|an?|the) (.+)$/.exec(text);
  if (shows !== null) found.push({ name: shows[1] ?? '', owner: shows[2], value: shows[1] ?? '' });
  const has = /^(?:each|every|an?|the) (.+?) (?:has|shows|also has|carries|knows|should show|must show|displays|also shows|includes|also includes) (?:an? |the |its )?(.+?) ?(?:,|:|which is|that is|computed as|, computed as|calculated as|being|i e) ?(?:which is |computed as |calculated as |that is )?((?:the )?(?:sum|number|count|total|average|highest|lowest|difference|product) .+)$/.exec(text);
  if (has !== null) found.push({ name: has[2] ?? '', owner: has[1], value: has[3] ?? '' });
  const showsPlain = /^(?:each|every|an?|the) (.+?) (?:shows|has|displays|should show|must show|knows|lists|must have|reports) (?:the |its |an? )?((?:number|count|sum|total|average) (?:of )?.+)$/.exec(text);
  if (showsPlain !== null) found.push({ name: showsPlain[2] ?? '', owner: showsPlain[1], value: showsPlain[2] ?? '' });
  return found;
};

const NOT_A_VALUE = /^(?:not|a|an|required|optional|unique|mandatory|set|be|in|by|for|possible|allowed|done)\b/;

const isFigure = (expression: Expression): boolean => expression.kind === 'aggregate' || expression.kind === 'date_add' || (expression.kind === 'binary' && ['+', '-', '*', '/'].includes(expression.operator));

const trimName = (name: string): readonly string[] => wordsOf(withoutArticles(name.replace(/ (?:of|for|in|per) (?:an? |the |each |every )?[a-z ]+$/, '').replace(/^(?:also|and) /, '')));

/** `the total of an invoice is the sum of its line totals`. */
const computedValue = (rules: Rules, sentence: Sentence, text: string): boolean => {
  for (const { name, owner, value } of definitionsOf(text)) {
    if (NOT_A_VALUE.test(value) && !/^(?:a|an) (?:sum|product|difference)/.test(value)) continue;
    const named = owner === undefined ? undefined : findResource(rules.draft, wordsOf(withoutArticles(owner)));
    if (owner !== undefined && named === undefined) continue;
    for (const home of named === undefined ? [...prefixOwners(rules, name), ...fieldOwners(rules, name), ...homes(rules, sentence, name), ...homes(rules, sentence, value), ...rules.draft.resources] : [named]) {
      const expression = concatenation(rules, home, value) ?? rules.phrases.value(value, frameOf(home));
      if (expression === undefined || (!isFigure(expression) && !/comput|calculat|derive/.test(text))) continue;
      const words = named === undefined ? nameOn(home, name) : trimName(name);
      if (words.length === 0 || words.length > 7) continue;
      const declared = findField(home, words);
      if (declared !== undefined && JSON.stringify(expression).includes(`"path":["${declared.name}"]`) && named === undefined && expression.kind !== 'aggregate') continue;
      return compute(rules, home, words, expression, sentence.source);
    }
  }
  return false;
};

const nameOn = (home: DraftResource, name: string): readonly string[] => {
  const words = wordsOf(withoutArticles(name));
  const prefix = home.words.join(' ');
  return words.join(' ').startsWith(`${prefix} `) && words.length > home.words.length ? words.slice(home.words.length) : words;
};

/** `line total` is the `total` of a line. */
const prefixOwners = (rules: Rules, name: string): readonly DraftResource[] => {
  const words = wordsOf(withoutArticles(name));
  return words.length > 1 ? [findResource(rules.draft, words.slice(0, 1)), findResource(rules.draft, words.slice(0, 2))].filter((resource) => resource !== undefined) : [];
};

const fieldOwners = (rules: Rules, name: string): readonly DraftResource[] => rules.draft.resources.filter((resource) => findField(resource, wordsOf(withoutArticles(name))) !== undefined);

/** `the first name and the last name separated by a space`. */
const concatenation = (rules: Rules, home: DraftResource, value: string): Expression | undefined => {
  const match = /^(?:the )?(.+?) (?:and|followed by|plus|\+) (?:the )?(.+?)(?: (?:,)? ?(?:separated by|joined by|joined with|with) a (space|comma|dash).*)?$/.exec(value);
  if (match === null) return undefined;
  const [left, right] = [rules.phrases.field(match[1] ?? '', frameOf(home)), rules.phrases.field(match[2] ?? '', frameOf(home))];
  if (left === undefined || right === undefined || ![left, right].every((side) => side.field.type === 'string' || side.field.type === 'text')) return undefined;
  const glue = { space: ' ', comma: ', ', dash: '-' }[match[3] ?? 'space'] ?? ' ';
  return { kind: 'binary', operator: '+', left: { kind: 'binary', operator: '+', left: left.expression, right: literal(glue) }, right: right.expression };
};

/** `a loan is overdue when …`, `a product needs reordering when …`, `an order is large if its total is above 100`. */
const namedState = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const match =
    /^(?:an? |the |each |every )?(.+?) (?:is|are|counts as|count as|is considered|are considered|is called|is said to be|is regarded as|is marked as|is flagged as|is shown as|appears as|is treated as) ((?:not )?[a-z ]+?) (?:,)? ?(?:when|if|while|once|as long as|whenever|only when|until|as soon as|exactly when|if and only if|where) (.+)$/.exec(text) ??
    /^(?:an? |the |each |every )?(.+?) ((?:needs?|requires?|has|lacks?) [a-z ]+?) (?:when|if|while|once|as long as|whenever|as soon as) (.+)$/.exec(text) ??
    reversed(/^(?:an? |the )?([a-z]+) (.+?) (?:is|are|means) (?:an? |one |any )?(?:.+? )?(?:that|which|whose|with|without|where) (.+)$/.exec(text));
  if (match === null) return false;
  const [, subjectText = '', stateText = '', conditionText = ''] = match;
  const resource = /^(?:it|they)$/.test(subjectText) ? sentence.about : findResource(rules.draft, wordsOf(subjectText));
  const words = withoutArticles(stateText.trim());
  if (resource === undefined || words.split(' ').length > 4 || /^(?:deleted|created|changed|allowed|possible|required|permitted)$/.test(words)) return false;
  const until = / until /.test(text) && !text.includes(` when `);
  const conditionClause = /^(?:an? |the )?[a-z]+ .+ (?:is|are|means) .*(?:whose|without|with) /.test(text) && match.length === 5 ? (match[4] ?? '') : conditionText;
  const condition = rules.phrases.condition(conditionClause, frameOf(resource)) ?? rules.phrases.condition(`it ${conditionClause}`, frameOf(resource));
  if (condition === undefined) return false;
  const known = findEnumState(resource, words.split(' '));
  if (known !== undefined) return false;
  return compute(rules, resource, wordsOf(words), until ? { kind: 'not', operand: condition } : condition, sentence.source);
};

const reversed = (match: RegExpExecArray | null): readonly string[] | null => {
  if (match === null) return null;
  const clause = /\b(whose|with|without) .+$/.exec(match[0]);
  const condition = clause === null ? (match[3] ?? '') : clause[1] === 'whose' ? `its ${match[3] ?? ''}` : `it has ${clause[1] === 'without' ? 'no ' : ''}${match[3] ?? ''}`;
  return [match[0], match[2] ?? '', match[1] ?? '', condition, condition];
};

/** The default as an expression; undefined when the words fit nothing. */
export const readDefault = (rules: Rules, resource: DraftResource, field: DraftField, text: string): Expression | undefined => {
  const quoted = /^["'`](.*)["'`]$/.exec(text.trim())?.[1];
  const bare = withoutArticles((quoted ?? text).trim().toLowerCase().replace(/[`"']/g, ''));
  if (field.values !== undefined) {
    const value = findValue(field, wordsOf(quoted ?? text)) ?? findValue(field, wordsOf(bare));
    return value === undefined ? undefined : literal(value);
  }
  if (field.type === 'boolean') return /^(?:true|yes|on|1|active|enabled)$/.test(bare) ? literal(true) : /^(?:false|no|off|0)$/.test(bare) ? literal(false) : undefined;
  if (/^(?:null|none|empty|nothing|-|an empty (?:string|list|text)|\[\]|empty (?:string|list|text)|blank|unset)$/.test(bare)) return field.type === 'string' || field.type === 'text' ? undefined : undefined;
  if (field.type === 'string' || field.type === 'text' || field.type === 'email' || field.type === 'url') return literal(quoted ?? text.trim().replace(/[`"']/g, ''));
  return rules.phrases.value(text.toLowerCase().includes('after') || / /.test(text) ? normaliseCase(text) : bare, frameOf(resource), field);
};

const normaliseCase = (text: string): string => withoutArticles(wordsOf(text).join(' '));

const DEFAULTS: readonly RegExp[] = [
  /^(.+?) (?:defaults?|is defaulted|will default|must default) to (.+)$/,
  /^(?:the )?default (?:value )?(?:of|for) (.+?) is (.+)$/,
  /^(?:the )?default (.+?) is (.+)$/,
  /^(.+?) (?:is|are) (.+?) (?:by default|unless (?:said|stated|specified|given|set) otherwise|initially|at first|if (?:not given|nothing is given|omitted|not specified|none is given|it is missing|left out|not provided))$/,
  /^(?:by default|initially|at first) ?,? (.+?) (?:is|are) (.+)$/,
  /^(.+?) (?:starts?|begins?) (?:at|as|with|from|out as|off as) (.+)$/,
  /^if no (.+?) is (?:given|set|provided|specified) ?,? (?:it is|the \w+ is|it defaults to|it becomes|use|then it is) (.+)$/,
];

const fieldDefault = (rules: Rules, sentence: Sentence, text: string): boolean => {
  for (const shape of DEFAULTS) {
    const match = shape.exec(text);
    if (match === null) continue;
    for (const home of homes(rules, sentence, match[1] ?? '')) {
      const reference = rules.phrases.field(withoutArticles((match[1] ?? '').replace(/\bnew /, '')), frameOf(home));
      const field = reference === undefined || reference.entity.path.length > 0 ? undefined : home.fields.find((candidate) => candidate.name === reference.field.name);
      const value = field === undefined ? undefined : readDefault(rules, home, field, match[2] ?? '') ?? rules.phrases.value(match[2] ?? '', frameOf(home), field);
      if (field === undefined || value === undefined) continue;
      field.default = value;
      return true;
    }
  }
  return false;
};

const NEW = /^(?:an? |the |all |every |each |any )?(?:newly created |new |freshly created )(.+?) (?:is|are|starts?(?: out)?|begins?|gets?|has|have|must be|must have|always starts?)(?: always)?(?: as| in| out as| with| at| the)? (?:an? |the )?(?:status |state )?(?:of )?(.+)$/;
const CREATED = /^(?:an? |every |each |all )?(.+?) (?:starts?(?: out| off)?|begins?|is created|are created|is always created|is initially|are initially) (?:as|in|with|at)? ?(?:an? |the )?(?:status |state )?(?:of )?(.+?)(?: (?:status|state))?$/;

/** `new events are drafts`, `an order starts as pending`, `a new ticket has no agent`. */
const newRecord = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const match = NEW.exec(text) ?? CREATED.exec(text);
  const resource = match === null ? undefined : findResource(rules.draft, wordsOf((match[1] ?? '').replace(/^new /, '')));
  if (match === null || resource === undefined) return false;
  const rest = (match[2] ?? '').replace(/ (?:by default|when created|status|state)$/, '');
  const none = /^(?:no|without(?: an?| any)?) (.+)$/.exec(rest);
  const absent = none === null ? undefined : findField(resource, (none[1] ?? '').split(' '));
  if (absent !== undefined) return forbid(rules, sentence, { resource, on: ['create'], when: different({ kind: 'field', of: 'record', path: [absent.name] }, literal(null)), status: 422, field: absent.name });
  const state = findEnumState(resource, withoutArticles(rest).split(' ')) ?? findEnumState(resource, wordsOf(rest).slice(-1));
  if (state !== undefined) {
    state.field.default = literal(state.value);
    delete state.field.defaultText;
    if (state.field === statusField(resource)) rules.chains.push({ resource: resource.name, field: state.field.name, first: state.value });
    return true;
  }
  const negative = /^(?:not |in|un)(.+)$/.exec(rest);
  const flag = findField(resource, rest.split(' ')) ?? findField(resource, (negative?.[1] ?? '').split(' '));
  if (flag?.type !== 'boolean') return false;
  flag.default = literal(findField(resource, rest.split(' ')) !== undefined);
  return true;
};

/** Reads the sentence as a definition; false when it is none or is not understood. */
export const readDefinition = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text);
  return newRecord(rules, sentence, text) || fieldDefault(rules, sentence, text) || namedState(rules, sentence, text) || computedValue(rules, sentence, text);
};

export { recordOf };

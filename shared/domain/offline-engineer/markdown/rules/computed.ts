/** Computed values: `the total of an invoice is the sum of its line totals`. */

import type { Expression, FieldType } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { mergeField, newField } from '../draft/draft.ts';
import { literal } from '../draft/expressions.ts';
import { wordsOf } from '../lexicon/names.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { findField, findResource } from '../phrases/vocabulary.ts';
import type { Rules, Sentence } from './context.ts';
import { frameOf } from './context.ts';
import { homes } from './subjects.ts';

/** The type of a computed value. */
const typeOf = (rules: Rules, resource: DraftResource, expression: Expression): FieldType => {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'boolean'
        ? 'boolean'
        : typeof expression.value === 'number'
          ? 'number'
          : 'string';
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
      const value =
        item === undefined || expression.value === undefined ? 'number' : typeOf(rules, item, expression.value);
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
export const compute = (
  rules: Rules,
  resource: DraftResource,
  words: readonly string[],
  expression: Expression,
  source: string,
): true => {
  const near = findField(resource, words);
  const isSame =
    near !== undefined &&
    (near.words.join(' ') === words.join(' ') ||
      near.computedText !== undefined ||
      (near.readOnly === true && near.default === undefined));
  const declared = isSame ? near : undefined;
  const field = declared ?? mergeField(resource, newField(words, source, resource.line));
  const inferred = typeOf(rules, resource, expression);
  field.computed = expression;
  field.readOnly = true;
  field.required = false;
  if (
    field.type === undefined ||
    declared === undefined ||
    field.type === 'string' ||
    field.type === 'text' ||
    inferred === 'boolean'
  )
    field.type = literalInteger(expression) ? 'integer' : inferred;
  return true;
};

const literalInteger = (expression: Expression): boolean =>
  expression.kind === 'aggregate' && expression.function === 'count';

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
    const value = (match[2] ?? '').replace(
      /^(?:computed|calculated|derived|always|equal to|defined) (?:as |from |by )?/,
      '',
    );
    const possessive = /^(.+?) 's (.+)$/.exec(match[1] ?? '');
    const of = /^(.+?) (?:of|for|on|in|per) (?:an? |the |each |every |any )?([a-z ]+)$/.exec(match[1] ?? '');
    if (possessive !== null) found.push({ name: possessive[2] ?? '', owner: possessive[1], value });
    if (of !== null) found.push({ name: of[1] ?? '', owner: of[2], value });
    found.push({ name: match[1] ?? '', owner: undefined, value });
  }
  const shows =
    /^(?:show|display|include|list|return|provide|compute|calculate|expose) (?:the |a )?((?:number|count|sum|total|average) of .+?) (?:of|for|on|with|per) (?:each|every|an?|the) (.+)$/.exec(
      text,
    );
  if (shows !== null) found.push({ name: shows[1] ?? '', owner: shows[2], value: shows[1] ?? '' });
  const has =
    /^(?:each|every|an?|the) (.+?) (?:has|shows|also has|carries|knows|should show|must show|displays|also shows|includes|also includes) (?:an? |the |its )?(.+?) ?(?:,|:|which is|that is|computed as|, computed as|calculated as|being|i e) ?(?:which is |computed as |calculated as |that is )?((?:the )?(?:sum|number|count|total|average|highest|lowest|difference|product) .+)$/.exec(
      text,
    );
  if (has !== null) found.push({ name: has[2] ?? '', owner: has[1], value: has[3] ?? '' });
  const showsPlain =
    /^(?:each|every|an?|the) (.+?) (?:shows|has|displays|should show|must show|knows|lists|must have|reports) (?:the |its |an? )?((?:number|count|sum|total|average) (?:of )?.+)$/.exec(
      text,
    );
  if (showsPlain !== null) found.push({ name: showsPlain[2] ?? '', owner: showsPlain[1], value: showsPlain[2] ?? '' });
  return found;
};

const NOT_A_VALUE = /^(?:not|a|an|required|optional|unique|mandatory|set|be|in|by|for|possible|allowed|done)\b/;

const isFigure = (expression: Expression): boolean =>
  expression.kind === 'aggregate' ||
  expression.kind === 'date_add' ||
  (expression.kind === 'binary' && ['+', '-', '*', '/'].includes(expression.operator));

const trimName = (name: string): readonly string[] => {
  const bare = withoutArticles(name.replace(/^(?:also|and) /, ''));
  if (/^(?:total |average )?(?:number|count|sum|total|average) of /.test(bare)) return wordsOf(bare);
  return wordsOf(bare.replace(/ (?:of|for|in|per) (?:an? |the |each |every )?[a-z ]+$/, ''));
};

/** `the total of an invoice is the sum of its line totals`. */
export const computedValue = (rules: Rules, sentence: Sentence, text: string): boolean => {
  for (const { name, owner, value } of definitionsOf(text)) {
    if (/^(?:there|it|they|this|these|that|here|we|you)$/.test(name)) continue;
    if (NOT_A_VALUE.test(value) && !/^(?:a|an) (?:sum|product|difference)/.test(value)) continue;
    const named = owner === undefined ? undefined : findResource(rules.draft, wordsOf(withoutArticles(owner)));
    if (owner !== undefined && named === undefined) continue;
    for (const home of named === undefined
      ? [
          ...prefixOwners(rules, name),
          ...fieldOwners(rules, name),
          ...homes(rules, sentence, name),
          ...homes(rules, sentence, value),
          ...rules.draft.resources,
        ]
      : [named]) {
      const expression = concatenation(rules, home, value) ?? rules.phrases.value(value, frameOf(home));
      if (expression === undefined || (!isFigure(expression) && !/comput|calculat|derive/.test(text))) continue;
      const words = named === undefined ? nameOn(home, name) : trimName(name);
      if (words.length === 0 || words.length > 7) continue;
      const declared = findField(home, words);
      if (
        declared !== undefined &&
        declared.words.join(' ') !== words.join(' ') &&
        !/^(?:comput|calculat)/.test(text) &&
        declared.computedText === undefined &&
        declared.readOnly !== true &&
        words.length === declared.words.length
      )
        continue;
      if (
        declared !== undefined &&
        JSON.stringify(expression).includes(`"path":["${declared.name}"]`) &&
        named === undefined &&
        expression.kind !== 'aggregate'
      )
        continue;
      return compute(rules, home, words, expression, sentence.source);
    }
  }
  return false;
};

const nameOn = (home: DraftResource, name: string): readonly string[] => {
  const words = wordsOf(withoutArticles(name));
  const prefix = home.words.join(' ');
  return words.join(' ').startsWith(`${prefix} `) && words.length > home.words.length
    ? words.slice(home.words.length)
    : words;
};

/** `line total` is the `total` of a line. */
const prefixOwners = (rules: Rules, name: string): readonly DraftResource[] => {
  const words = wordsOf(withoutArticles(name));
  return words.length > 1
    ? [findResource(rules.draft, words.slice(0, 1)), findResource(rules.draft, words.slice(0, 2))].filter(
        (resource) => resource !== undefined,
      )
    : [];
};

const fieldOwners = (rules: Rules, name: string): readonly DraftResource[] =>
  rules.draft.resources.filter((resource) => findField(resource, wordsOf(withoutArticles(name))) !== undefined);

/** `the first name and the last name separated by a space`. */
const concatenation = (rules: Rules, home: DraftResource, value: string): Expression | undefined => {
  const match =
    /^(?:the )?(.+?) (?:and|followed by|plus|\+) (?:the )?(.+?)(?: (?:,)? ?(?:separated by|joined by|joined with|with) a (space|comma|dash).*)?$/.exec(
      value,
    );
  if (match === null) return undefined;
  const [left, right] = [
    rules.phrases.field(match[1] ?? '', frameOf(home)),
    rules.phrases.field(match[2] ?? '', frameOf(home)),
  ];
  if (
    left === undefined ||
    right === undefined ||
    ![left, right].every((side) => side.field.type === 'string' || side.field.type === 'text')
  )
    return undefined;
  const glue = { space: ' ', comma: ', ', dash: '-' }[match[3] ?? 'space'] ?? ' ';
  return {
    kind: 'binary',
    operator: '+',
    left: { kind: 'binary', operator: '+', left: left.expression, right: literal(glue) },
    right: right.expression,
  };
};

/** Takes a sentence apart: verbs joined by "or", what follows the verb, and the conditions around the main clause. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource, Entity } from '../draft/draft.ts';
import { negate } from '../draft/expressions.ts';
import type { Frame, Phrases } from '../phrases/context.ts';
import { deeper } from '../phrases/context.ts';
import { fieldPredicate } from '../phrases/predicates.ts';

const PARTICLE = '(?: (?:out|in|up|off|back|down|over|on)(?= |$))?';
const ONE_VERB = `[a-z]+${PARTICLE}`;
const VERB_GROUP = new RegExp(
  `^(${ONE_VERB}(?: ?(?:,|or|nor|and|, or|, and|\\/) (?:be )?[a-z]+(?:ed|en|t|e|id|d)${PARTICLE}(?= |$))*)(?: (.*))?$`,
);

interface Predicate {
  readonly verbs: readonly string[];
  readonly rest: string;
}

/** Verbs at the beginning of a predicate and what follows them: `changed or deleted once paid`. */
export const readVerbs = (predicate: string): readonly Predicate[] => {
  const found: Predicate[] = [];
  const bare = predicate.replace(/^(?:neither|either) /, '');
  const group = VERB_GROUP.exec(bare);
  if (group !== null) {
    const verbs = (group[1] ?? '')
      .split(/ ?(?:, or|, and|,|\bor\b|\bnor\b|\band\b|\/) (?:be )?/)
      .map((verb) => verb.trim())
      .filter((verb) => verb !== '');
    found.push({ verbs, rest: (group[2] ?? '').trim() });
  }
  const words = bare.split(' ');
  for (const length of [3, 2, 1]) {
    if (words.length >= length)
      found.push({ verbs: [words.slice(0, length).join(' ')], rest: words.slice(length).join(' ') });
  }
  return found;
};

const AFTER_CREATION =
  /^(?:after|once) (?:(?:they|it|the [a-z]+) (?:was|were|is|are|has been|have been|had been) (?:written|created|posted|made|placed|added|saved|recorded|entered|given|stored|cast|registered)|creation|being created|it exists|they exist|having been (?:created|written|posted))$/;
const POSITIVE =
  /^(?:while|if|when|as long as|whenever|in case|provided(?: that)?|once|after|as soon as|because|where|given that|during|only if|only when|only while|for as long as|since|so long as|on condition that|that) (.+)$/;
const NEGATIVE = /^(?:unless|until|before|except(?: if| when)?|except while|as long as not) (.+)$/;
const PURPOSE =
  / (?:so that|in order to|because|to avoid|to prevent|, so |which means|, as |for example|e g|i e|, for ).*$/;

/** Drops what only explains: `so that …`, `because …`. */
export const withoutPurpose = (text: string): string => text.replace(PURPOSE, '');

/**
 * What follows the verb, as a condition on the record: `while the book is on loan`, `in an archived project`,
 * `without lines`. An empty text is no condition.
 */
export const readRest = (
  phrases: Phrases,
  text: string,
  frame: Frame,
  object: { readonly resource: DraftResource; readonly entity: Entity },
): readonly Expression[] | undefined => {
  const rest = withoutPurpose(text.trim())
    .replace(/^(?:again|anew|directly|by (?:a |the )?(?:client|user|anyone|anybody|people)s?)(?= |$)/, '')
    .replace(/^, /, '')
    .replace(/(?:^| )(?:either|too|anyway|then)$/, '')
    .trim();
  if (rest === '' || /^(?:later|afterwards|after(?:wards)?|at all|in any way|later on)$/.test(rest)) return [];
  const positive = POSITIVE.exec(rest);
  if (positive !== null) {
    const condition = phrases.condition(tense(positive[1] ?? ''), frame);
    if (condition !== undefined) return [condition];
  }
  const negative = NEGATIVE.exec(rest);
  if (negative !== null) {
    const condition = phrases.condition(tense(negative[1] ?? ''), frame);
    if (condition !== undefined) return [negate(condition)];
  }
  const noun = phrases.noun(`${object.resource.words.join(' ')} ${rest}`, deeper(frame), (resource) =>
    resource.name === object.resource.name ? object.entity : { resource, of: 'item', path: [] },
  );
  if (noun !== undefined && noun.entity === object.entity && noun.conditions.length > 0) return noun.conditions;
  const valued = fieldInPhrase(phrases, rest, frame);
  if (valued !== undefined) return [valued];
  if (AFTER_CREATION.test(rest)) return [];
  return splitRest(phrases, rest, frame, object);
};

/** `for a future day`, `with a negative amount`: a field and what is said of it. */
const fieldInPhrase = (phrases: Phrases, text: string, frame: Frame): Expression | undefined => {
  const match = /^(?:for|on|with|at|in) (?:an? |the )?(future|past|negative|empty|missing|zero) (.+)$/.exec(text);
  const field = match === null ? undefined : phrases.field(match[2] ?? '', frame);
  if (match === null || field === undefined) return undefined;
  const said = /^(?:future|past)$/.test(match[1] ?? '') ? `in the ${match[1] ?? ''}` : (match[1] ?? '');
  return fieldPredicate(phrases, field, `is ${said}`, frame);
};

const splitRest = (
  phrases: Phrases,
  rest: string,
  frame: Frame,
  object: { readonly resource: DraftResource; readonly entity: Entity },
): readonly Expression[] | undefined => {
  for (const match of rest.matchAll(
    / (?=(?:while|if|when|unless|until|once|as long as|after|before|for|in|of|to|on|without|with|that|which|whose) )/g,
  )) {
    if (frame.depth > 3) return undefined;
    const left = readRest(phrases, rest.slice(0, match.index), deeper(frame), object);
    const right =
      left === undefined || left.length === 0
        ? undefined
        : readRest(phrases, rest.slice(match.index + 1), deeper(frame), object);
    if (left !== undefined && right !== undefined) return [...left, ...right];
  }
  return undefined;
};

const tense = (text: string): string =>
  text
    .replace(/\b(?:it|they) (?:is|are|was|were) not (?=[a-z]+ed\b)/, (match) => match)
    .replace(/^(?:being|having been) /, 'it is ')
    .replace(
      /^(?:creation|it was written|they were written|being created|it exists|they exist|it has been created|it was created|they were created|they have been created)$/,
      'creation',
    );

export interface Surrounded {
  readonly main: string;
  /** Conditions before or after the main clause, each with whether it must not hold. */
  readonly condition: string;
  readonly negated: boolean;
}

const LEADING =
  /^(while|if|when|once|as long as|whenever|in case|after|as soon as|unless|until|before|for as long as|given that) (.+)$/;
const TRAILING =
  / (while|if|when|once|as long as|whenever|in case|unless|until|provided that|as soon as|except when|except if|only if|only when|only while|for as long as) /g;

/** The main clause without a condition that stands before or after it; every way to cut, the likeliest first. */
export const surroundings = (text: string): readonly Surrounded[] => {
  const found: Surrounded[] = [];
  for (const match of withoutPurpose(text).matchAll(TRAILING)) {
    const word = match[1] ?? '';
    found.push({
      main: text.slice(0, match.index).replace(/ ,$/, ''),
      condition: withoutPurpose(text).slice(match.index + match[0].length),
      negated: /unless|until|except/.test(word),
    });
  }
  const parts = LEADING.exec(text);
  if (parts !== null) {
    for (const match of text.matchAll(/ , (?:then )?| then | (?=(?:it|they|its|their|no|nobody|nothing|the) )/g)) {
      const condition = text.slice((parts[1] ?? '').length + 1, match.index);
      const subject = /^((?:an? |the |any )?.{1,40}?) (?:is|are|has|have|was|were) /.exec(condition)?.[1];
      const clause = text.slice(match.index + match[0].length);
      const main =
        subject === undefined || /^(?:it|they|its)$/.test(subject)
          ? clause
          : clause.replace(/^(?:it|they) /, `${subject} `);
      found.push({ main, condition, negated: /unless|until|before/.test(parts[1] ?? '') });
    }
  }
  return found;
};

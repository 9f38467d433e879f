/** Sentences that define: computed values, named states, defaults. */

import { wordsOf } from '../lexicon/names.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { findEnumState, findResource } from '../phrases/vocabulary.ts';
import { withoutPurpose } from './clauses.ts';
import { compute, computedValue } from './computed.ts';
import type { Rules, Sentence } from './context.ts';
import { frameOf } from './context.ts';
import { fieldDefault, newRecord } from './defaults.ts';

/** `a loan is overdue when …`, `a product needs reordering when …`, `an order is large if its total is above 100`. */
const namedState = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const match =
    /^(?:an? |the |each |every )?(.+?) (?:is|are|counts as|count as|is considered|are considered|is called|is said to be|is regarded as|is marked as|is flagged as|is shown as|appears as|is treated as) ((?:not )?[a-z ]+?) (?:,)? ?(?:when|if|while|once|as long as|whenever|only when|until|as soon as|exactly when|if and only if|where) (.+)$/.exec(
      text,
    ) ??
    /^(?:an? |the |each |every )?(.+?) ((?:needs?|requires?|has|lacks?) [a-z ]+?) (?:when|if|while|once|as long as|whenever|as soon as) (.+)$/.exec(
      text,
    ) ??
    reversed(
      /^(?:an? |the )?([a-z]+) (.+?) (?:is|are|means) (?:an? |one |any )?(?:.+? )?(?:that|which|whose|with|without|where) (.+)$/.exec(
        text,
      ),
    );
  if (match === null) return false;
  const [, subjectText = '', stateText = '', conditionText = ''] = match;
  const resource = /^(?:it|they)$/.test(subjectText) ? sentence.about : findResource(rules.draft, wordsOf(subjectText));
  const words = withoutArticles(stateText.trim());
  if (
    resource === undefined ||
    words.split(' ').length > 4 ||
    /^(?:deleted|created|changed|allowed|possible|required|permitted)$/.test(words)
  )
    return false;
  const until = / until /.test(text) && !text.includes(` when `);
  const conditionClause =
    /^(?:an? |the )?[a-z]+ .+ (?:is|are|means) .*(?:whose|without|with) /.test(text) && match.length === 5
      ? (match[4] ?? '')
      : conditionText;
  const condition =
    rules.phrases.condition(conditionClause, frameOf(resource)) ??
    rules.phrases.condition(`it ${conditionClause}`, frameOf(resource));
  if (condition === undefined) return false;
  const known = findEnumState(resource, words.split(' '));
  if (known !== undefined) return false;
  return compute(
    rules,
    resource,
    wordsOf(words),
    until ? { kind: 'not', operand: condition } : condition,
    sentence.source,
  );
};

const reversed = (match: RegExpExecArray | null): readonly string[] | null => {
  if (match === null) return null;
  const clause = /\b(whose|with|without) .+$/.exec(match[0]);
  const condition =
    clause === null
      ? (match[3] ?? '')
      : clause[1] === 'whose'
        ? `its ${match[3] ?? ''}`
        : `it has ${clause[1] === 'without' ? 'no ' : ''}${match[3] ?? ''}`;
  return [match[0], match[2] ?? '', match[1] ?? '', condition, condition];
};

/** Reads the sentence as a definition; false when it is none or is not understood. */
export const readDefinition = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text);
  return (
    newRecord(rules, sentence, text) ||
    fieldDefault(rules, sentence, text) ||
    namedState(rules, sentence, text) ||
    computedValue(rules, sentence, text)
  );
};

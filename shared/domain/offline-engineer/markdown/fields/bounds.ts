/** Reads limits of a field: `at most 200 characters`, `1 to 5`, `> 0`, `not negative`, `13 digits`. */

import type { DraftField } from '../draft/draft.ts';
import { readComparison } from '../phrases/comparison.ts';
import { readNumber } from '../lexicon/numbers.ts';

const LENGTH_UNIT = /\b(?:characters?|chars?|letters?|symbols?|signs|long|length|digits?)\b/;
const TEXTUAL = new Set(['string', 'text', 'email', 'url']);

interface Limits {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
}

const NUMBER =
  '(-?[\\d.,]+k?|zero|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|fifty|hundred)';
const UNIT =
  '(?: ?(?:characters?|chars?|letters?|symbols?|signs|digits?|minutes?|hours?|days?|weeks?|months?|years?|points?|stars?|euros?|dollars?|eur|usd|gbp|percent|%|kg|km|g|ml|l|cm|m|people|persons?|pages?|items?|pieces?|units?|seats?|credits?|guests?|participants?|long|in length|inclusive|each|only))*';
const RANGE = new RegExp(
  `^(?:(?:of |with )?(?:a )?(?:range|length|value|values|size|number|integer)?(?: is| of| :|:)? ?(?:from |between |in |in the range |within )?(?:of )?)${NUMBER}${UNIT} ?(?:to|and|through|\\.\\.|-|–) ?${NUMBER}${UNIT}$`,
);
const LOW = new RegExp(
  `^(?:min(?:imum)?(?: value| length| size| amount)?|lower limit|minlength|min length|at least|from|starting (?:at|from)|>=)(?: is| of| :|:|=)? ?(?:= ?|: ?)?${NUMBER}${UNIT}$`,
);
const HIGH = new RegExp(
  `^(?:max(?:imum)?(?: value| length| size| amount)?|upper limit|limit|limited to|maxlength|max length|at most|up to|not exceeding|no longer than|cut off at|length|<=)(?: is| of| :|:|=)? ?(?:= ?|: ?)?${NUMBER}${UNIT}$`,
);
const EXACT = new RegExp(
  `^(?:exactly |of |has |length )?${NUMBER} ?(?:characters?|chars?|letters?|symbols?)(?: long| exactly)?$`,
);
const DIGITS = new RegExp(
  `^(?:exactly |of |has |a )?${NUMBER}(?: to ${NUMBER})? digits?(?: long| only| code| number)?$`,
);
const TRAILING = new RegExp(`^${NUMBER}${UNIT} (?:max|maximum|or less|or fewer|at most|tops|or lower)$`);
const TRAILING_LOW = new RegExp(`^${NUMBER}${UNIT} (?:min|minimum|or more|at least|or higher|or above)$`);

const numeric = (text: string | undefined): number | undefined => (text === undefined ? undefined : readNumber(text));

const readLimits = (text: string): Limits | undefined => {
  const range = RANGE.exec(text);
  const [low, high] = [numeric(range?.[1]), numeric(range?.[2])];
  if (low !== undefined && high !== undefined) return { minimum: low, maximum: high };
  const least = numeric((LOW.exec(text) ?? TRAILING_LOW.exec(text))?.[1]);
  if (least !== undefined) return { minimum: least };
  const most = numeric((HIGH.exec(text) ?? TRAILING.exec(text))?.[1]);
  if (most !== undefined) return { maximum: most };
  if (/^(?:strictly )?positive(?: number| only| values?)?$/.test(text)) return { minimum: 0, exclusiveMinimum: true };
  if (
    /^(?:(?:be )?(?:never|not|cannot be|non) (?:be )?negative|nonnegative|zero or (?:more|greater|positive|above)|positive or zero|0 or more)(?: number)?$/.test(
      text,
    )
  )
    return { minimum: 0 };
  return readCompared(text);
};

const readCompared = (text: string): Limits | undefined => {
  const bounded =
    /^(?:never|cannot be|must never be|not|cannot) (above|over|more than|greater than|exceed|exceeds|below|under|less than|smaller than|go below|go above|be above|be below|be more than|be less than|drop below|fall below) (.+)$/.exec(
      text,
    );
  if (bounded !== null) {
    const value = numeric(stripUnits(bounded[2] ?? ''));
    if (value === undefined) return undefined;
    return /above|over|more|greater|exceed/.test(bounded[1] ?? '') ? { maximum: value } : { minimum: value };
  }
  const comparison = readComparison(text);
  const value = comparison === undefined ? undefined : numeric(stripUnits(comparison.rest));
  if (comparison === undefined || value === undefined) return undefined;
  switch (comparison.operator) {
    case '>':
      return { minimum: value, exclusiveMinimum: true };
    case '>=':
      return { minimum: value };
    case '<':
      return { maximum: value, exclusiveMaximum: true };
    case '<=':
      return { maximum: value };
    case '==':
    case '!=':
      return undefined;
  }
};

const stripUnits = (text: string): string => text.replace(new RegExp(`^${NUMBER}${UNIT}$`), '$1');

const asLength = (field: DraftField, limits: Limits): void => {
  if (limits.minimum !== undefined)
    field.minLength ??= limits.exclusiveMinimum === true ? limits.minimum + 1 : limits.minimum;
  if (limits.maximum !== undefined)
    field.maxLength ??= limits.exclusiveMaximum === true ? limits.maximum - 1 : limits.maximum;
};

const asValue = (field: DraftField, limits: Limits): void => {
  if (limits.minimum !== undefined) field.minimum ??= limits.minimum;
  if (limits.maximum !== undefined) field.maximum ??= limits.maximum;
  if (limits.exclusiveMinimum === true) field.exclusiveMinimum = true;
  if (limits.exclusiveMaximum === true) field.exclusiveMaximum = true;
};

/** Puts the limit that the normalised text states onto the field; false when it states none. */
export const applyBounds = (field: DraftField, raw: string, textual: boolean): boolean => {
  const text = raw
    .replace(/^(?:must be|be|is|has|of|with|value|a number|contains|and|must have|having) /, '')
    .replace(/^(?:a |an )/, '');
  const digits = DIGITS.exec(text);
  if (digits !== null) {
    const [low, high] = [numeric(digits[1]), numeric(digits[2])];
    field.pattern ??= `^[0-9]{${String(low)}${high === undefined ? '' : `,${String(high)}`}}$`;
    field.type ??= 'string';
    return low !== undefined;
  }
  if (/^(?:digits only|only digits|numeric only|numbers only|consisting (?:only )?of digits)$/.test(text)) {
    field.pattern ??= '^[0-9]+$';
    return true;
  }
  const exact = numeric(EXACT.exec(text)?.[1]);
  if (exact !== undefined && !/^(?:at|max|min)/.test(text)) {
    field.minLength ??= exact;
    field.maxLength ??= exact;
    return true;
  }
  const limits = readLimits(text);
  if (limits === undefined) return false;
  const speaksOfLength = LENGTH_UNIT.test(text);
  if (speaksOfLength || textual || TEXTUAL.has(field.type ?? '')) asLength(field, limits);
  else asValue(field, limits);
  return true;
};

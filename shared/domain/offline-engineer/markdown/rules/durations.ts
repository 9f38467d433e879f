/** Sentences about how long something may take: `a booking cannot last longer than 8 hours`. */

import type { Expression } from '../../app-model.ts';
import type { DraftField, DraftResource } from '../draft/draft.ts';
import { fieldOf, recordOf } from '../draft/draft.ts';
import { binary, literal } from '../draft/expressions.ts';
import { readNumber, readTimeUnit } from '../lexicon/numbers.ts';
import type { Rules, Sentence } from './context.ts';
import { forbid } from './context.ts';
import { homes } from './subjects.ts';

const SHAPES: readonly (readonly [RegExp, 'most' | 'least'])[] = [
  [
    /^(.+?) cannot (?:last|take|be|run|go on|be made for|be booked for)(?: for)? (?:longer than|more than|over) ([\w.]+) (\w+)(?: .*)?$/,
    'most',
  ],
  [
    /^(.+?) (?:lasts?|takes?|can last|may last|must last|can be|may take|can take|may run|runs?|must be|is)(?: for)? (?:at most|within) ([\w.]+) (\w+)(?: long)?$/,
    'most',
  ],
  [/^(.+?) cannot (?:last|take|be|run)(?: for)? (?:shorter than|less than|under) ([\w.]+) (\w+)(?: .*)?$/, 'least'],
  [
    /^(.+?) (?:lasts?|takes?|must last|must take|must be|is|runs?)(?: for)? at least ([\w.]+) (\w+)(?: long)?$/,
    'least',
  ],
  [
    /^(?:the )?(?:maximum|longest|max) (?:duration|length|time|period)(?: of (?:an? |the )?(.+?))? is ([\w.]+) (\w+)$/,
    'most',
  ],
  [
    /^(?:the )?(?:minimum|shortest|min) (?:duration|length|time|period)(?: of (?:an? |the )?(.+?))? is ([\w.]+) (\w+)$/,
    'least',
  ],
];

const bounds = (resource: DraftResource): readonly [DraftField, DraftField] | undefined => {
  const times = resource.fields.filter((field) => field.type === 'date' || field.type === 'datetime');
  const start = times.find((field) =>
    field.words.some((word) => /^(?:start|starts|begin|begins|from|arrival|pickup|in)$/.test(word)),
  );
  const end = times.find(
    (field) =>
      field !== start &&
      field.words.some((word) => /^(?:end|ends|until|to|due|departure|return|finish|out|till)$/.test(word)),
  );
  return start === undefined || end === undefined ? undefined : [start, end];
};

/** Reads the sentence as a limit of a duration; false when it is none or is not understood. */
export const readDuration = (rules: Rules, sentence: Sentence): boolean => {
  for (const [shape, kind] of SHAPES) {
    const match = shape.exec(sentence.text);
    const [amount, unit] = [readNumber(match?.[2] ?? ''), readTimeUnit(match?.[3] ?? '')];
    if (match === null || amount === undefined || unit === undefined) continue;
    for (const home of homes(rules, sentence, match[1] ?? '')) {
      const pair = bounds(home);
      if (pair === undefined) continue;
      const [start, end] = pair;
      const limit: Expression = {
        kind: 'date_add',
        base: fieldOf(recordOf(home), start.name),
        amount: literal(amount),
        unit,
      };
      return forbid(rules, sentence, {
        resource: home,
        on: ['create', 'update'],
        when: binary(kind === 'most' ? '>' : '<', fieldOf(recordOf(home), end.name), limit),
        status: 422,
        field: end.name,
      });
    }
  }
  return false;
};

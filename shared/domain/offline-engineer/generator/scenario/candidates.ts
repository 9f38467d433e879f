/** Values worth trying for a field when a situation is sought in which a condition holds. */
import type { Expression } from '../../app-model.ts';
import type { FieldDesign } from '../design.ts';
import { acceptsValue } from '../simulation/accepts.ts';
import { addTime } from '../simulation/time.ts';
import type { Value } from '../simulation/world.ts';
import { sampleDay, sampleMoment, sampleValue } from '../sample/values.ts';

/** What the conditions speak of literally. */
export interface Hints {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  readonly spans: readonly {
    readonly amount: number;
    readonly unit: 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';
  }[];
}

const noHints: Hints = { numbers: [], texts: [], spans: [] };

/** The hints of several conditions together. */
export const mergeHints = (...all: readonly Hints[]): Hints => ({
  numbers: [...new Set(all.flatMap(({ numbers }) => numbers))],
  texts: [...new Set(all.flatMap(({ texts }) => texts))],
  spans: all.flatMap(({ spans }) => spans),
});

/** Collects the literals of an expression. */
export const readHints = (expression: Expression | undefined): Hints => {
  if (!expression) return noHints;
  switch (expression.kind) {
    case 'literal':
      if (typeof expression.value === 'number') return { ...noHints, numbers: [expression.value] };
      return typeof expression.value === 'string' ? { ...noHints, texts: [expression.value] } : noHints;
    case 'binary':
      return mergeHints(readHints(expression.left), readHints(expression.right));
    case 'not':
    case 'length':
      return readHints(expression.operand);
    case 'one_of':
      return mergeHints(readHints(expression.operand), {
        numbers: expression.values.filter((value) => typeof value === 'number'),
        texts: expression.values.filter((value) => typeof value === 'string'),
        spans: [],
      });
    case 'date_add': {
      const { amount, unit } = expression;
      const spans =
        amount.kind === 'literal' && typeof amount.value === 'number' ? [{ amount: amount.value, unit }] : [];
      return mergeHints(readHints(expression.base), { ...noHints, spans });
    }
    case 'aggregate':
      return mergeHints(readHints(expression.where), readHints(expression.value));
    case 'field':
    case 'now':
    case 'today':
      return noHints;
  }
};

const numbers = (hints: Hints, { field }: FieldDesign): readonly number[] => {
  const literals = hints.numbers.flatMap((number) => [number, number - 1, number + 1]);
  const bounds = [field.minimum, field.maximum].filter((bound) => bound !== undefined);
  const spans = hints.spans.flatMap(({ amount }) => [amount, amount + 1]);
  return [...literals, 0, 1, 2, 3, ...bounds, ...bounds.map((bound) => bound + 1), ...spans, 10, 100, 1000, -1];
};

const days = (hints: Hints, now: string): readonly string[] => {
  const today = now.slice(0, 10);
  const bases = [sampleDay, today, '2020-02-01'];
  const around = bases.flatMap((base) => [base, addTime(base, 1, 'days'), addTime(base, -1, 'days')]);
  const spans = hints.spans.flatMap(({ amount, unit }) =>
    bases.flatMap((base) =>
      [amount, -amount].flatMap((step) => {
        const end = addTime(base, step, unit);
        return [end, addTime(end, 1, 'days'), addTime(end, -1, 'days')];
      }),
    ),
  );
  const differences = hints.numbers
    .flatMap((number) => [number, number + 1])
    .map((step) => addTime(sampleDay, step, 'days'));
  return [...around, addTime(sampleDay, 2, 'days'), ...spans, ...differences, '2041-02-01', '2019-02-01'];
};

const moments = (hints: Hints, now: string): readonly string[] => {
  const bases = [sampleMoment, now, '2020-02-01T09:00:00.000Z'];
  const around = bases.flatMap((base) => [0, -1, 1].map((step) => addTime(base, step, 'hours')));
  const spans = hints.spans.flatMap(({ amount, unit }) =>
    bases.flatMap((base) =>
      [amount, -amount].flatMap((step) => {
        const end = addTime(base, step, unit);
        return [end, addTime(end, 1, 'minutes'), addTime(end, -1, 'minutes')];
      }),
    ),
  );
  const differences = hints.numbers
    .flatMap((number) => [number, number + 1])
    .map((step) => addTime(sampleMoment, step, 'hours'));
  return [
    ...around,
    addTime(sampleMoment, 1, 'days'),
    addTime(now, 1, 'days'),
    addTime(now, -1, 'days'),
    ...spans,
    ...differences,
    '2041-02-01T09:00:00.000Z',
  ];
};

const texts = (hints: Hints, field: FieldDesign): readonly string[] =>
  [
    sampleValue(field, 1),
    sampleValue(field, 2),
    ...hints.texts,
    ...hints.numbers.flatMap((length) =>
      [length, length + 1, length - 1].filter((size) => size > 0 && size < 2000).map((size) => 'x'.repeat(size)),
    ),
  ].map(String);

const lists = (hints: Hints): readonly (readonly string[])[] =>
  [0, 1, 2, ...hints.numbers.flatMap((size) => [size, size + 1])]
    .filter((size) => size >= 0 && size < 50)
    .map((size) => Array.from({ length: size }, (_, index) => `item-${index + 1}`));

const valuesFor = (field: FieldDesign, hints: Hints, now: string): readonly Value[] => {
  switch (field.type) {
    case 'integer':
    case 'number':
      return numbers(hints, field);
    case 'boolean':
      return [true, false];
    case 'enum':
      return field.field.values ?? [];
    case 'date':
      return days(hints, now);
    case 'datetime':
      return moments(hints, now);
    case 'string_list':
      return lists(hints);
    case 'reference':
      return [];
    case 'string':
    case 'text':
    case 'email':
    case 'url':
    case 'uuid':
      return texts(hints, field);
  }
};

/** Values for a field that it accepts, likely ones first; null among them where the field may be empty. */
export const candidateValues = (field: FieldDesign, hints: Hints, now: string): readonly Value[] => {
  const values = valuesFor(field, hints, now).filter((value) => acceptsValue(field, value));
  const seen = new Map<string, Value>();
  for (const value of [...values, ...(field.isNullable ? [null] : [])]) seen.set(JSON.stringify(value), value);
  return [...seen.values()];
};

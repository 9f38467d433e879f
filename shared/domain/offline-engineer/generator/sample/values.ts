/** Sample values that satisfy a field's constraints. The number makes values of unique fields differ. */
import { isDemanded } from '../emit/fields.ts';
import type { FieldDesign, ResourceDesign } from '../design.ts';
import { kebabCase } from '../names.ts';
import { acceptsValue } from '../simulation/accepts.ts';
import { addTime } from '../simulation/time.ts';
import { simulatedId } from '../simulation/world.ts';
import type { Value } from '../simulation/world.ts';
import { samplePattern } from './pattern.ts';

/** Samples lie in a future that stays one for long, so that they suit rules about dates under any clock. */
export const sampleDay = '2040-02-01';
export const sampleMoment = '2040-02-01T09:00:00.000Z';

const fitText = ({ field, label }: FieldDesign, number: number): string => {
  const { minLength = 0, maxLength = Infinity } = field;
  const suffix = String(number);
  const text = `${label} ${suffix}`;
  if (text.length > maxLength)
    return `${label.slice(0, Math.max(0, maxLength - suffix.length))}${suffix}`.slice(-maxLength);
  return text.length < minLength ? `${text} ${'x'.repeat(minLength - text.length - 1)}` : text;
};

const fitNumber = ({ field }: FieldDesign, number: number): number => {
  const { minimum = -Infinity, maximum = Infinity } = field;
  const step = field.type === 'integer' ? 1 : 0.5;
  const lowest = field.exclusiveMinimum === true ? minimum + step : Math.ceil(minimum);
  const start = Math.max(lowest, Math.min(1, maximum));
  const value = start + number - 1;
  if (value <= maximum && !(field.exclusiveMaximum === true && value >= maximum)) return value;
  return field.type === 'number' && Number.isFinite(lowest) ? lowest + (maximum - lowest) / (number + 1) : start;
};

const sampleText = (design: FieldDesign, number: number): string => {
  const { pattern } = design.field;
  const isMatch = (text: string): boolean => acceptsValue(design, text);
  return (pattern === undefined ? undefined : samplePattern(pattern, number, isMatch)) ?? fitText(design, number);
};

const sampleList = ({ field }: FieldDesign): readonly string[] =>
  Array.from({ length: Math.max(1, field.minLength ?? 0) }, (_, index) => `item-${index + 1}`);

/** The nth sample. References are filled in by whoever knows the records. */
export const sampleValue = (design: FieldDesign, number: number): Value => {
  const name = kebabCase(design.name);
  switch (design.type) {
    case 'integer':
    case 'number':
      return fitNumber(design, number);
    case 'boolean':
      return number % 2 === 0;
    case 'date':
      return addTime(sampleDay, number - 1, 'days');
    case 'datetime':
      return addTime(sampleMoment, number - 1, 'hours');
    case 'email':
      return `${name}${number}@example.com`;
    case 'url':
      return `https://example.com/${name}/${number}`;
    case 'uuid':
    case 'reference':
      return simulatedId(900_000 + number);
    case 'enum': {
      const values = design.field.values ?? [];
      return values[(number - 1) % Math.max(1, values.length)] ?? '';
    }
    case 'string_list':
      return sampleList(design);
    case 'string':
    case 'text':
      return sampleText(design, number);
  }
};

/** Whether a sample satisfies the field, so that tests can be written with it. */
export const canBeSampled = (design: FieldDesign): boolean =>
  design.type === 'reference' || [1, 2, 3].every((number) => acceptsValue(design, sampleValue(design, number)));

const varietyOrder: readonly FieldDesign['type'][] = [
  'string',
  'text',
  'email',
  'url',
  'uuid',
  'integer',
  'number',
  'date',
  'datetime',
  'string_list',
  'enum',
  'boolean',
];

const variety = (field: FieldDesign): number =>
  varietyOrder.indexOf(field.type) + (field.field.pattern === undefined ? 0 : 0.5);

/** The field of a unique set that has most values to choose from; references differ by themselves. */
const mostVaried = (resource: ResourceDesign, names: readonly string[]): FieldDesign | undefined =>
  resource.stored
    .filter((field) => names.includes(field.name) && field.type !== 'reference')
    .sort((left, right) => variety(left) - variety(right))[0];

/** Whether samples of this field must differ from record to record, because it is unique alone or with others. */
export const isUnique = (resource: ResourceDesign, name: string): boolean =>
  resource.resource.unique.some((names) => mostVaried(resource, names)?.name === name);

/** The number that a field's sample takes in the nth record: always the first, unless values must differ. */
export const sampleNumber = (resource: ResourceDesign, field: FieldDesign, number: number): number => {
  if (isUnique(resource, field.name)) return number;
  const sameKind = resource.stored.filter(({ type }) => type === field.type && isTimeType(type));
  return 1 + Math.max(0, sameKind.indexOf(field));
};

const isTimeType = (type: FieldDesign['type']): boolean => type === 'date' || type === 'datetime';

/** Fields that a new record must be sent with. */
export const demandedFields = (resource: ResourceDesign): readonly FieldDesign[] => resource.stored.filter(isDemanded);

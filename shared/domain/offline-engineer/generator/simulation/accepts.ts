/** Whether a field accepts a value, by the same rules as the generated validation. */
import type { FieldDesign } from '../design.ts';
import { wholePattern } from '../emit/fields.ts';
import { isDay, isMoment } from './time.ts';
import type { Value } from './world.ts';

const acceptsNumber = ({ field }: FieldDesign, value: number): boolean => {
  const { minimum = -Infinity, maximum = Infinity } = field;
  const isHighEnough = field.exclusiveMinimum === true ? value > minimum : value >= minimum;
  const isLowEnough = field.exclusiveMaximum === true ? value < maximum : value <= maximum;
  const isKind = field.type === 'number' || Number.isSafeInteger(value);
  return isKind && isHighEnough && isLowEnough;
};

const acceptsLength = ({ field }: FieldDesign, length: number): boolean =>
  length >= (field.minLength ?? 0) && length <= (field.maxLength ?? Infinity);

const acceptsText = (design: FieldDesign, value: string): boolean => {
  const { field } = design;
  if (!acceptsLength(design, Array.from(value).length)) return false;
  if (field.type === 'email') return /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/u.test(value);
  if (field.type === 'url') return /^https?:\/\/[^\s/]+/u.test(value);
  if (field.pattern !== undefined) return wholePattern(field.pattern)?.test(value) ?? true;
  return !(field.required && value.trim() === '');
};

/** Whether a client may send this value for the field. */
export const acceptsValue = (design: FieldDesign, value: Value): boolean => {
  if (value === null) return design.isNullable;
  switch (design.type) {
    case 'integer':
    case 'number':
      return typeof value === 'number' && acceptsNumber(design, value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return design.field.values?.some((word) => word === value) ?? false;
    case 'string_list':
      return Array.isArray(value) && acceptsLength(design, value.length);
    case 'date':
      return isDay(value);
    case 'datetime':
      return isMoment(value);
    case 'uuid':
    case 'reference':
      return typeof value === 'string' && value.length === 36;
    case 'string':
    case 'text':
    case 'email':
    case 'url':
      return typeof value === 'string' && acceptsText(design, value);
  }
};

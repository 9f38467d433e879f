/** What a schema says of strings and numbers. */

import { hasNumberFormat, hasStringFormat } from './formats.ts';
import type { SchemaObject } from './schema.ts';

const patterns = new Map<string, RegExp | undefined>();

/** The compiled pattern; undefined when the document holds one that this engine cannot read. */
export const compilePattern = (source: string): RegExp | undefined => {
  if (!patterns.has(source)) patterns.set(source, tryCompile(source));
  return patterns.get(source);
};

const tryCompile = (source: string): RegExp | undefined => {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags);
    } catch {
      // The next set of flags is more lenient; after the last one the pattern counts as absent.
      continue;
    }
  }
  return undefined;
};

/** Reasons why a string is refused. */
export const stringIssues = (schema: SchemaObject, value: string): readonly string[] => {
  const reasons: string[] = [];
  const length = schema.minLength === undefined && schema.maxLength === undefined ? 0 : Array.from(value).length;
  if (schema.minLength !== undefined && length < schema.minLength) {
    reasons.push(`must have at least ${schema.minLength} characters`);
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    reasons.push(`must have at most ${schema.maxLength} characters`);
  }
  if (schema.pattern !== undefined && compilePattern(schema.pattern)?.test(value) === false) {
    reasons.push(`must match the pattern ${schema.pattern}`);
  }
  if (schema.format !== undefined && !hasStringFormat(schema.format, value)) {
    reasons.push(`must have the format ${schema.format}`);
  }
  return reasons;
};

/** Reasons why a number is refused. */
export const numberIssues = (schema: SchemaObject, value: number): readonly string[] => {
  const reasons: string[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (minimum !== undefined && value < minimum) reasons.push(`must be at least ${minimum}`);
  if (maximum !== undefined && value > maximum) reasons.push(`must be at most ${maximum}`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    reasons.push(`must be greater than ${exclusiveMinimum}`);
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    reasons.push(`must be less than ${exclusiveMaximum}`);
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) reasons.push(`must be a multiple of ${multipleOf}`);
  if (schema.format !== undefined && !hasNumberFormat(schema.format, value)) {
    reasons.push(`must have the format ${schema.format}`);
  }
  return reasons;
};

/** Decimal fractions are not exact in binary, so the quotient may miss a whole number by a rounding error. */
const isMultiple = (value: number, step: number): boolean => {
  if (step <= 0) return true;
  const quotient = value / step;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
};

/** JSON objects that a person gives: as an argument, in a file, or on standard input. */
import { readFileSync } from 'node:fs';
import { usageFailure } from './exit-codes.ts';

/** A text, or with `@` or `-` what a file or the input holds. */
export const readText = (text: string): string => {
  if (text === '-') return readFileSync(0, 'utf8');
  return text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text;
};

/** @param option what the person gave, as a refusal names it. */
export const readObject = (text: string, option: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usageFailure(`${option}: not JSON (${error instanceof Error ? error.message : 'unreadable'})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usageFailure(`${option}: must be a JSON object`);
  }
  return { ...value };
};

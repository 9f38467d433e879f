import { usageFailure } from './exit-codes.ts';

/** The whole number, 0 to 999,999,999,999,999, that was given as an option or argument. Throws a usage failure naming it. */
export const wholeNumber = (name: string, text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usageFailure(`${name}: "${text}" is not a whole number`);
};

/** Between the words of a sentence and the identifiers of a program, in both directions. */

import { plural, singular } from './nouns.ts';

/** `dueDate`, `due_date`, `Due date` and `due-date` are all `['due', 'date']`. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/['’]s\b/g, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]{2,})([A-Z][a-z])/g, '$1 $2')
    .replace(/e-mail/gi, 'email')
    .normalize('NFD')
    .replace(/[\u0300-\u036F]/g, '')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');

/** `['due', 'date']` → `dueDate`. A leading digit gets a letter before it. */
export const camelCase = (words: readonly string[]): string => {
  const joined = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  return /^\d/.test(joined) ? `n${joined}` : joined;
};

export const kebabCase = (words: readonly string[]): string => words.join('-');

/** The words with the last one in the singular. */
export const singularWords = (words: readonly string[]): readonly string[] =>
  words.map((word, index) => (index === words.length - 1 ? singular(word) : word));

/** The words with the last one in the plural. */
export const pluralWords = (words: readonly string[]): readonly string[] =>
  words.map((word, index) => (index === words.length - 1 ? plural(singular(word)) : word));

/** `order line` → `Order line`. */
export const titleOf = (words: readonly string[]): string => {
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** Words of a specification as names: of fields, of paths, and of criteria. */

const wordsOf = (text: string): readonly string[] => text.match(/[A-Za-z0-9]+/g) ?? [];

/** `published year` → `publishedYear`; what is one word already stays as it is. */
export const camelCase = (text: string): string => {
  const [first = '', ...rest] = wordsOf(text);
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
};

/** `Order lines` → `order-lines`. */
export const kebabCase = (text: string): string => wordsOf(text).join('-').toLowerCase();

/** The regular English plural of a noun’s last word; irregular ones are written as a request. */
export const pluralOf = (noun: string): string => {
  const trimmed = noun.trim();
  if (/(?:s|x|z|ch|sh)$/.test(trimmed)) return `${trimmed}es`;
  return /[^aeiou]y$/.test(trimmed) ? `${trimmed.slice(0, -1)}ies` : `${trimmed}s`;
};

/** The same for two sentences that differ in case, punctuation and space alone. */
export const bareText = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const longestSlug = 60;

/** A short name made of a sentence. */
export const slugOf = (text: string): string => {
  const slug = bareText(text)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestSlug)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'criterion' : slug;
};

/** Gives each name once: the second of the same name gets `-2`. */
export const uniqueNames = (): ((name: string) => string) => {
  const counts = new Map<string, number>();
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  };
};

/** Which known names somebody may have meant. */

const most = 3;

/** Edits between two texts (Levenshtein), with one row in memory. */
const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let index = 0; index < left.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (left.charAt(index) === right.charAt(column - 1) ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

const withoutProvider = (name: string): string => name.slice(name.indexOf('/') + 1);

const differenceOf = (asked: string, name: string): number =>
  Math.min(distance(asked, name), distance(withoutProvider(asked), withoutProvider(name)));

/** At most three names, the nearest first; a name without its provider is as near as one with it. */
export const nearNames = (asked: string, names: readonly string[]): readonly string[] => {
  const text = asked.toLowerCase().slice(0, 100);
  return names
    .filter((name) => name !== asked)
    .map((name) => ({ name, difference: differenceOf(text, name) }))
    .filter(({ name, difference }) => difference <= Math.max(2, Math.floor(withoutProvider(name).length / 3)))
    .toSorted((left, right) => left.difference - right.difference)
    .slice(0, most)
    .map(({ name }) => name);
};

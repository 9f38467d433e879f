/** Names for files, types and functions, made from what strangers wrote. */

const words = (text: string): readonly string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/([A-Z]{2,})s\b/g, (plural) => plural.toLowerCase())
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const cut = (parts: readonly string[]): readonly string[] => parts.slice(0, 10).map((part) => part.slice(0, 40));

/** `Find pet by ID` → `find-pet-by-id`; the fallback when nothing usable is left. */
export const kebabCase = (text: string, fallback: string): string => cut(words(text)).join('-') || fallback;

const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield ' +
    'string number boolean object symbol unknown never any'
  ).split(' '),
);

/** `get-pet by id` → `getPetById`; never a reserved word, never beginning with a digit. */
export const camelCase = (text: string, fallback: string): string => {
  const parts = cut(words(text));
  const name = parts.map((part, index) => (index === 0 ? part : capitalise(part))).join('') || fallback;
  if (/^\d/.test(name)) return `_${name}`.replace('_', 'operation');
  return reserved.has(name) ? `${name}Operation` : name;
};

const globalTypes = new Set([
  'Array',
  'Boolean',
  'Date',
  'Error',
  'Function',
  'Map',
  'Number',
  'Object',
  'Promise',
  'Record',
  'Set',
  'String',
  'Symbol',
  'Schema',
  'JsonObject',
  'JsonValue',
]);

/** `order line` → `OrderLine`; never the name of a type that the language or this application has. */
export const pascalCase = (text: string, fallback: string): string => {
  const name = cut(words(text)).map(capitalise).join('') || fallback;
  if (/^\d/.test(name)) return `Model${name}`;
  return globalTypes.has(name) ? `${name}Model` : name;
};

/** Makes names unique by appending numbers; comparison ignores case, as some file systems do. */
export const uniqueNames = (): ((wanted: string) => string) => {
  const taken = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wanted}${number}`;
    taken.add(name.toLowerCase());
    return name;
  };
};

const irregular: Readonly<Record<string, string>> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  data: 'data',
  series: 'series',
  news: 'news',
  status: 'status',
};

/** The singular of an English word, by rule: `categories` → `category`. */
export const singular = (word: string): string => {
  const known = irregular[word.toLowerCase()];
  if (known !== undefined) return known;
  if (/(ss|us|is)$/i.test(word)) return word;
  if (/ies$/i.test(word) && word.length > 4) return word.replace(/ies$/i, 'y');
  if (/(x|ch|sh|ss|z)es$/i.test(word)) return word.replace(/es$/i, '');
  return word.replace(/s$/i, '');
};

/** The plural of an English word, by rule: `category` → `categories`. */
export const plural = (word: string): string => {
  const back = Object.entries(irregular).find(([, one]) => one === word.toLowerCase());
  if (back !== undefined) return back[0];
  if (/[^aeiou]y$/i.test(word)) return word.replace(/y$/i, 'ies');
  if (/(s|x|ch|sh|z)$/i.test(word)) return `${word}es`;
  return `${word}s`;
};

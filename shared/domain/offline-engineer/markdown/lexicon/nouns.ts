/** English noun inflection, as far as names of things in specifications need it. */

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  persons: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  mice: 'mouse',
  geese: 'goose',
  feet: 'foot',
  teeth: 'tooth',
  oxen: 'ox',
  criteria: 'criterion',
  phenomena: 'phenomenon',
  indices: 'index',
  indexes: 'index',
  matrices: 'matrix',
  vertices: 'vertex',
  analyses: 'analysis',
  bases: 'basis',
  crises: 'crisis',
  theses: 'thesis',
  diagnoses: 'diagnosis',
  leaves: 'leaf',
  lives: 'life',
  wives: 'wife',
  knives: 'knife',
  shelves: 'shelf',
  bookshelves: 'bookshelf',
  halves: 'half',
  wolves: 'wolf',
  loaves: 'loaf',
  thieves: 'thief',
  scarves: 'scarf',
  calves: 'calf',
  potatoes: 'potato',
  tomatoes: 'tomato',
  heroes: 'hero',
  echoes: 'echo',
  cargoes: 'cargo',
  quizzes: 'quiz',
  buses: 'bus',
  statuses: 'status',
  campuses: 'campus',
  bonuses: 'bonus',
  viruses: 'virus',
  menus: 'menu',
  caches: 'cache',
  axes: 'axis',
  movies: 'movie',
  cookies: 'cookie',
  calories: 'calorie',
  selfies: 'selfie',
  ties: 'tie',
  pies: 'pie',
  zombies: 'zombie',
  hobbies: 'hobby',
  lenses: 'lens',
  gases: 'gas',
  aliases: 'alias',
  canvases: 'canvas',
  atlases: 'atlas',
  responses: 'response',
  licences: 'licence',
  leavers: 'leaver',
};

const PLURALS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(IRREGULAR)
      .filter(([plural]) => plural !== 'persons' && plural !== 'indices')
      .map(([plural, singular]) => [singular, plural]),
  ),
  person: 'people',
};

/** The same word in both numbers. */
const INVARIANT = new Set(
  `series species news equipment information furniture software hardware staff sheep fish deer aircraft data media
  feedback money stock inventory merchandise luggage status address class process business access progress
  bus gas lens canvas atlas alias campus bonus virus analysis basis crisis thesis diagnosis axis
  its this is was has does less always plus minus us previous various gross yes as pass loss boss glass mass dress
  press express success excess discuss across unless address wireless fitness illness witness harness kindness
  sales goods mathematics physics economics logistics statistics maintenance homework`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** `libraries` → `library`; a singular stays as it is. */
export const singular = (word: string): string => {
  const known = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined;
  if (known !== undefined) return known;
  if (INVARIANT.has(word) || word.length < 3 || !word.endsWith('s') || word.endsWith('ss')) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  if (/(?:us|is)$/.test(word)) return word;
  return word.slice(0, -1);
};

const UNCOUNTABLE = new Set(
  'series species news equipment information furniture software hardware staff sheep fish deer aircraft data media feedback money inventory merchandise luggage homework'.split(
    ' ',
  ),
);

/** `library` → `libraries`. */
export const plural = (word: string): string => {
  const known = Object.hasOwn(PLURALS, word) ? PLURALS[word] : undefined;
  if (known !== undefined) return known;
  if (UNCOUNTABLE.has(word)) return word;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return `${word}s`;
};

/** Whether the word looks like a plural. */
export const isPlural = (word: string): boolean => singular(word) !== word || UNCOUNTABLE.has(word);

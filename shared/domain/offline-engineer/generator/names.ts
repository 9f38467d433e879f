/** Names of things in generated code, made from the kebab-case and camelCase names of the model. */

const splitAnew = (name: string): readonly string[] =>
  name
    .replaceAll(/(?<lower>[\p{Ll}\d])(?<upper>\p{Lu})/gu, '$<lower> $<upper>')
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');

const rememberedLimit = 2000;
const remembered = new Map<string, readonly string[]>();

/** The words of a name. The same names come up again and again, so they are remembered. */
const splitWords = (name: string): readonly string[] => {
  const known = remembered.get(name);
  if (known) return known;
  const words = splitAnew(name);
  if (remembered.size < rememberedLimit) remembered.set(name, words);
  return words;
};

const capitalize = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const uncapitalize = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);

/** `order-line` → `OrderLine`. */
export const pascalCase = (name: string): string => splitWords(name).map(capitalize).join('');

/** `order-line` → `orderLine`. */
export const camelCase = (name: string): string => uncapitalize(pascalCase(name));

/** `dueDate` → `due-date`. */
export const kebabCase = (name: string): string => splitWords(name).join('-').toLowerCase();

/** `order-line`, `dueDate` → `order line`, `due date`. */
export const inWords = (name: string): string => splitWords(name).join(' ').toLowerCase();

/** `due date` → `Due date`. */
export const sentenceCase = (text: string): string => capitalize(text);

/** `dueDate` → `Due date`; `bookId` → `Book`. */
export const fieldLabel = (name: string, isReference = false): string =>
  capitalize(inWords(isReference && name.length > 2 ? name.replace(/Id$/u, '') : name));

/** Types that generated modules take from the language or from each other; a resource must not hide them. */
const takenTypes = new Set(
  (
    'Array ArrayBuffer Boolean Checked Clock Column Context Condition Database Date Document Element Environment Error ' +
    'Event Exchange Field FieldError Fields File Function Handler Headers History Identity Image Infinity Intl JSON ' +
    'Kind ListShape Location Map Math Node Notification Number Object Omit Option OwnField Page PageRequest Partial ' +
    'Pick Plugin Problem Promise Proxy Readonly Record Reference Reflect RegExp Reply Report Request Response Route ' +
    'Row Screen Selection Set SqlValue Storage Store Stores String Symbol Table Text Uint Vote Worker Answer Html'
  ).split(' '),
);

/** The type of a resource's records. */
export const entityName = (resource: string): string => {
  const name = pascalCase(resource);
  return takenTypes.has(name) ? `${name}Record` : name;
};

const takenVariables = new Set(
  (
    'abstract any applies arguments as assert async await body boolean break call case catch changed changes class clock ' +
    'const constructor context continue copy count current database debugger declare default delete do document else ' +
    'enum environment error eval export extends false file finally for from function get given global html if ' +
    'implements import in input instanceof interface item json keyof let list match module moment name namespace never ' +
    'new null number object of package page parent path previous private process prompt protected public query raw ' +
    'readonly record reply request require response result return route schema send sent set settled site static status ' +
    'store string submit super switch symbol table test text this throw times true try type typeof undefined unique ' +
    'unknown url values var void wanted while window with word yield afterEach beforeEach describe it'
  ).split(' '),
);

/** A variable for one record of a resource: `book`, or `theClass` where the plain name means something else. */
export const variableName = (resource: string): string => {
  const name = camelCase(resource);
  return takenVariables.has(name) ? camelCase(`the-${resource}`) : name;
};

const skippedWords = new Set(
  (
    'a an the is are was were be been being can cannot may must shall should will would has have had do does not no of to ' +
    'in on at by for from with as it its that this than then there when if and or only'
  ).split(' '),
);

/** A short name from a sentence: its first weighty words, in PascalCase. */
export const nameFromSentence = (sentence: string, wordLimit = 6): string =>
  sentence
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z\d]+/u)
    .filter((word) => word !== '' && !skippedWords.has(word))
    .slice(0, wordLimit)
    .map(capitalize)
    .join('');

/** `a book`, `an author`. */
export const withArticle = (words: string): string => `${/^[aeiou]/u.test(words) ? 'an' : 'a'} ${words}`;

/** A name that is not taken yet: itself, or with a number behind it. Takes it. */
export const takeName = (taken: Set<string>, name: string): string => {
  let candidate = name;
  for (let suffix = 2; taken.has(candidate); suffix += 1) candidate = `${name}${suffix}`;
  taken.add(candidate);
  return candidate;
};

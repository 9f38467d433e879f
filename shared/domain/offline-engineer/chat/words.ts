/** Words as they are compared: without case, endings and the words that stand in every sentence. */

const ordinary = new Set(
  `a an the is are was were be been being am of to in on for and or it its this that these those me my mine i we us our you
  your he she they them their with from by at as into about do does did done how what which who whom when where why whose
  please can could would should will shall may might must there here have has had not no if then so just only also very
  some any all more most other than too up out over under again like let lets want need tell give show s t re ll ve d m`.split(
    /\s+/,
  ),
);

/** Endings of English words that do not tell things apart, longest first. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/ies$/, 'y'],
  [/(?<=ss|sh|ch|x|z)es$/, ''],
  [/(?<=[^su])s$/, ''],
  [/(?<=[a-z]{3})ing$/, ''],
  [/(?<=[a-z]{3})ed$/, ''],
  [/(?<=[a-z]{4})y$/, ''],
];

const withoutEnding = (word: string): string => {
  const ending = endings.find(([pattern]) => pattern.test(word));
  return ending === undefined ? word : word.replace(ending[0], ending[1]);
};

/** The word without its ending: `cities` and `city`, `orders` and `order` are one. */
export const stemOf = (word: string): string => {
  const lower = word.toLowerCase();
  if (lower.length < 4) return lower;
  const stem = withoutEnding(withoutEnding(lower));
  return stem.length > 3 ? stem.replace(/e$/, '') : stem;
};

/** Signs between numbers, in the words that tools are described by. */
const signs: Readonly<Record<string, string>> = {
  '+': 'add plus sum addition',
  '-': 'subtract minus difference subtraction',
  '*': 'multiply times product multiplication',
  '×': 'multiply times product multiplication',
  '/': 'divide quotient division',
  '÷': 'divide quotient division',
};

const anySign = 'calculate mathematical expression';

const withSigns = (text: string): string =>
  text.replaceAll(/(?<=\d\s?)([-+*×/÷])(?=\s?\d)/g, (sign) => ` ${signs[sign] ?? ''} ${anySign} `);

/** The parts of a name: `getWeather`, `get_weather` and `get-weather` are two words. */
export const nameWords = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map(stemOf);

const longestText = 20_000;

/** The distinct words of a text that say something. */
export const wordsOf = (text: string): readonly string[] => [
  ...new Set(
    withSigns(text.slice(-longestText))
      .replaceAll(/['’](?:s|re|ll|ve|d|m)\b/g, '')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '' && !ordinary.has(word))
      .map(stemOf),
  ),
];

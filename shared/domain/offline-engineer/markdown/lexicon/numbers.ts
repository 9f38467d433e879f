/** Numbers as people write them: digits, words, thousands separators, and units of time. */

const WORDS: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  hundred: 100,
  thousand: 1000,
  dozen: 12,
  once: 1,
  twice: 2,
  single: 1,
};

/** `5`, `1,000`, `2.5`, `-3`, `five`, `5k`. Undefined for anything else. */
export const readNumber = (text: string): number | undefined => {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(WORDS, word)) return WORDS[word];
  const money = word.replace(/^[$€£]\s?/, '').replace(/\s?(?:[$€£%]|eur|usd|gbp|euros?|dollars?)$/, '');
  if (!/^[+-]?\d{1,15}(?:,\d{3})*(?:\.\d{1,10})?k?$/.test(money)) return undefined;
  const factor = money.endsWith('k') ? 1000 : 1;
  return Number(money.replace(/,/g, '').replace(/k$/, '')) * factor;
};

type TimeUnit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';

const UNITS: Readonly<Record<string, TimeUnit>> = {
  minute: 'minutes',
  min: 'minutes',
  hour: 'hours',
  day: 'days',
  night: 'days',
  week: 'weeks',
  month: 'months',
  year: 'years',
};

/** `day` and `days` → `days`. */
export const readTimeUnit = (word: string): TimeUnit | undefined => {
  const key = word.replace(/s$/, '');
  return Object.hasOwn(UNITS, key) ? UNITS[key] : undefined;
};

/**
 * The normal form of a sentence: lower case, identifiers as words, contractions opened, the many ways to say
 * "cannot", "must" and "at least" brought to one each, filler words dropped. Rules are matched against it, while
 * the person's own words are kept for quoting.
 */

type Rewrite = readonly [RegExp, string];

const SYMBOLS: readonly Rewrite[] = [
  [/[“”«»„]/g, '"'],
  [/[‘’]/g, "'"],
  [/≥|=>(?=\s*\d)/g, ' >= '],
  [/≤/g, ' <= '],
  [/≠/g, ' != '],
  [/[×∗]/g, ' * '],
  [/÷/g, ' / '],
  [/(\d)\s?(?:[–—]|\.\.\.?|…)\s?(\d)/g, '$1 to $2'],
  [/(\s)(\d+)-(\d+)(?=[\s).,;]|$)/g, '$1$2 to $3'],
  [/\s[–—]\s|—/g, ' - '],
  [/(?:→|⇒|->|=>|➔|➜)/g, ' -> '],
  [/["`]/g, ''],
];

const IDENTIFIERS: readonly Rewrite[] = [
  [/([a-z\d])([A-Z])/g, '$1 $2'],
  [/([A-Za-z\d])_(?=[A-Za-z\d])/g, '$1 '],
  [/\be-mail/gi, 'email'],
  [/([A-Za-z]{2})-(?=[A-Za-z])/g, '$1 '],
  [/\b([A-Za-z])-(?=[A-Za-z]{2})/g, '$1 '],
  [/\b([a-z]+)\.([a-z]+)\b(?!\.)/gi, '$1 $2'],
  [/\b(\d+)-(?=[a-z])/gi, '$1 '],
];

const CONTRACTIONS: readonly Rewrite[] = [
  [/\bcan't\b|\bcan not\b|\bcant\b/g, 'cannot'],
  [/\bwon't\b/g, 'will not'],
  [/\bmustn't\b/g, 'must not'],
  [/\b(is|are|was|were|does|do|did|has|have|had|should|would|could|need)n't\b/g, '$1 not'],
  [/\b(it|that|there|what|who)'s\b/g, '$1 is'],
  [/\b(they|you|we)'re\b/g, '$1 are'],
  [/\b(they|you|we)'ve\b/g, '$1 have'],
  [/s'(?=\s)/g, "s 's"],
  [/([a-z])'s\b/g, "$1 's"],
];

const MODALITY: readonly Rewrite[] = [
  [/\bunder no circumstances\b|\bby no means\b/g, 'never'],
  [/\b(?:is|are|be) not (?:allowed|permitted|able|supposed|meant) to\b/g, 'cannot'],
  [/\b(?:is|are) (?:never|no longer) (?:allowed|permitted|able) to\b/g, 'cannot'],
  [/\b(?:is|are) (?:forbidden|prohibited|prevented|barred) (?:to|from)\b/g, 'cannot'],
  [/\b(?:must|may|can|shall|should|will|could|might) (?:also )?(?:not|never|no longer|not ever)\b/g, 'cannot'],
  [/\bcannot (?:ever|never|longer)\b/g, 'cannot'],
  [/\bcannot be allowed to\b/g, 'cannot'],
  [/\bis not possible to\b/g, 'is impossible to'],
  [/\bcannot be possible to\b/g, 'is impossible to'],
  [/\b(?:does|do) not (?:have|need) to\b/g, 'need not'],
  [
    /\b(?:shall|should|has to|have to|needs to|need to|ought to|is required to|are required to|is to|are to)\b/g,
    'must',
  ],
  [/\bmust always\b/g, 'must'],
  [/\b(?:is|are|be) (?:only )?(?:allowed|permitted|able) to\b/g, 'may'],
  [/\bit is possible to\b/g, 'one may'],
];

const COMPARISON: readonly Rewrite[] = [
  [/\b(?:no|not) (?:less|fewer|lower|smaller) than\b/g, 'at least'],
  [/\b(?:no|not) (?:more|greater|higher|larger|longer|later) than\b/g, 'at most'],
  [/\b(?:a )?minimum of\b/g, 'at least'],
  [/\b(?:a )?maximum of\b/g, 'at most'],
  [
    /\bup to(?: and including)?\b(?= (?:an? )?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty))/g,
    'at most',
  ],
  [/\bgreater than or equal(?:s)?(?: to)?\b|\bequal to or greater than\b|\bnot (?:below|under)\b/g, 'at least'],
  [/\bless than or equal(?:s)?(?: to)?\b|\bequal to or less than\b|\bnot (?:above|over|exceeding)\b/g, 'at most'],
  [/\b(\d+)\s?(?:%|percent)(?=\s|$|[.,;)])/g, '$1'],
  [/[$€£]\s?(?=\d)/g, ''],
  [/\b(\d+)\+/g, 'at least $1'],
];

const FILLERS =
  /\b(?:already|also|currently|simply|just|always|anymore|any more|any longer|at any time|at any moment|of course|however|therefore|additionally|furthermore|please|obviously|automatically|immediately|thereby|note that|actually|basically|still|ever|usually|yet|as well|per se|by itself|in addition|moreover|generally|respectively|system shall ensure that|we must make sure that|make sure that|ensure that|we must ensure that|in total|altogether|instead|themselves|itself|at all)\b/g;

const apply = (text: string, rewrites: readonly Rewrite[]): string =>
  rewrites.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);

/** Longest sentence that is read; a longer one is not understood. */
export const LONGEST_SENTENCE = 700;

/** The normal form; punctuation that matters (`, ; : ( ) = < > + - * /`) stands apart from the words. */
export const normalise = (text: string): string => {
  let current = apply(text.slice(0, LONGEST_SENTENCE), SYMBOLS);
  current = apply(current, IDENTIFIERS).toLowerCase();
  current = current.normalize('NFD').replace(/[\u0300-\u036F]/g, '');
  current = apply(current, CONTRACTIONS).replace(/\s+/g, ' ');
  current = apply(current, MODALITY);
  current = apply(current, COMPARISON);
  return current
    .replace(FILLERS, ' ')
    .replace(/[.!?]+(?=\s|$)/g, ' ')
    .replace(/([,;:()=<>+*/[\]{}])/g, ' $1 ')
    .replace(/([<>!=]) {2}=/g, '$1=')
    .replace(/ {2}(=)/g, ' $1')
    .replace(/! =/g, '!=')
    .replace(/< {1,2}=/g, '<=')
    .replace(/> {1,2}=/g, '>=')
    .replace(/= {1,2}=/g, '==')
    .replace(/- >/g, '->')
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;:-]+|[\s,;:]+$/g, '')
    .trim();
};

/** Words that stand before a noun without changing what it means. */
const ARTICLES = new Set(
  'a an the this that these those its their his her our your my any some each every all one given same own respective corresponding own such it s certain particular related associated'.split(
    ' ',
  ),
);

export const isArticle = (word: string): boolean => ARTICLES.has(word);

/** Drops leading articles and pronouns that own: `the same room` → `room`. */
export const withoutArticles = (text: string): string => {
  const words = text.trim().split(' ');
  let index = 0;
  while (index < words.length - 1 && (isArticle(words[index] ?? '') || words[index] === 'of')) index += 1;
  return words.slice(index).join(' ');
};

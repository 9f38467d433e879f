/**
 * Embeddings without a model and without a network: words and the groups of letters in them, hashed into a vector
 * (feature hashing with signs, https://arxiv.org/abs/0902.2206). Texts with words in common, also inflected or misspelt
 * ones, come out near each other; what they mean is not known to it. Vectors are kept and compared with later ones, so
 * that the same text gives the same vector for ever: another way of making them is another model with another name.
 */

export const defaultDimensions = 1_024;
export const mostDimensions = 1_536;

/** A whole word says more than its letters. */
const wordWeight = 1;
const gramWeight = 0.4;
const gramSizes = [3, 4, 5] as const;
/** Of longer words, which are no words, only so many letters are looked at. */
const longestWord = 40;

const wordPattern = /[\p{L}\p{N}_]+/gu;

/** `parseHTTPBody` is also `parse http body`. */
const partsOf = (word: string): readonly string[] => {
  const parts = word.replaceAll(/(\p{Ll}|\p{N})(\p{Lu})|(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1$3 $2$4').split(/[\s_]+/);
  return parts.length > 1 ? parts.filter((part) => part !== '') : [];
};

const wordsOf = (text: string): readonly string[] => {
  const words = text.normalize('NFKC').match(wordPattern) ?? [];
  const all = words.flatMap((word) => [word, ...partsOf(word)]).map((word) => word.toLowerCase().slice(0, longestWord));
  return all.length > 0 ? all : [text];
};

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over UTF-16 units, mixed at the end so that all bits tell. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

const featuresOf = (text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  const add = (feature: string): void => {
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  };
  for (const word of wordsOf(text)) {
    add(`w${word}`);
    const framed = `<${word}>`;
    for (const size of gramSizes) {
      for (let start = 0; start + size <= framed.length; start += 1) add(`g${framed.slice(start, start + size)}`);
    }
  }
  return counts;
};

/** A vector of length 1. `dimensions` is 1 to `mostDimensions`. */
export const embedText = (text: string, dimensions: number = defaultDimensions): Float32Array<ArrayBuffer> => {
  const sums = new Float64Array(dimensions);
  for (const [feature, count] of featuresOf(text)) {
    const weight = (feature.startsWith('w') ? wordWeight : gramWeight) * (1 + Math.log(count));
    const hash = hashOf(feature);
    const place = (hash >>> 1) % dimensions;
    sums[place] = (sums[place] ?? 0) + (hash % 2 === 0 ? weight : -weight);
  }
  const length = Math.hypot(...sums);
  // Everything may cancel out where there are few dimensions.
  if (length === 0) return Float32Array.from(sums, (_, index) => (index === 0 ? 1 : 0));
  return Float32Array.from(sums, (sum) => sum / length);
};

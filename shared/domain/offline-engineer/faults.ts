/**
 * Seeded mistakes, so that tests, reviewers and the judge can be seen to catch them: with a given rate an item's
 * source is handed in with one operator turned round. The same seed makes the same mistakes.
 */
import type { BlueprintFile } from './blueprint.ts';

export interface Faults {
  /** Share of items that get a mistake, 0 to 1. */
  readonly rate: number;
  readonly seed: number;
}

/** FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/), scaled to 0 ≤ x < 1. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  return (value >>> 0) / 2 ** 32;
};

const turns: readonly (readonly [RegExp, string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ >= /g, ' < '],
  [/ <= /g, ' > '],
  [/ && /g, ' || '],
];

const turnOne = (content: string, pick: number): string | undefined => {
  const places = turns.flatMap(([pattern, replacement]) =>
    [...content.matchAll(pattern)].map((match) => ({ at: match.index, length: match[0].length, replacement })),
  );
  const place = places[Math.floor(pick * places.length)];
  return place === undefined
    ? undefined
    : content.slice(0, place.at) + place.replacement + content.slice(place.at + place.length);
};

/** The files with one mistake in one of them, or undefined when this item is spared or has no place for one. */
export const injectFault = (
  files: readonly BlueprintFile[],
  key: string,
  faults: Faults,
): readonly BlueprintFile[] | undefined => {
  if (hash(`${faults.seed}/${key}/rate`) >= faults.rate) return undefined;
  const sources = files.filter(({ kind }) => kind === 'source');
  const chosen = sources[Math.floor(hash(`${faults.seed}/${key}/file`) * sources.length)];
  const content = chosen === undefined ? undefined : turnOne(chosen.content, hash(`${faults.seed}/${key}/place`));
  return content === undefined || chosen === undefined
    ? undefined
    : files.map((file) => (file === chosen ? { ...file, content } : file));
};

/** Reads `engineer?faults=0.2&seed=7`; anything unreadable means no faults. */
export const parseFaults = (model: string): Faults => {
  const values = new Map(
    (model.split('?')[1] ?? '').split('&').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, Number(value)] as const;
    }),
  );
  const rate = values.get('faults') ?? 0;
  const seed = values.get('seed') ?? 1;
  return {
    rate: Number.isFinite(rate) ? Math.min(1, Math.max(0, rate)) : 0,
    seed: Number.isFinite(seed) ? seed : 1,
  };
};

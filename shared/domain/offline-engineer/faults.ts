/**
 * Seeded mistakes, so that tests, reviewers and the judge can be seen to catch them: with a given rate an item's
 * source is handed in with one mistake in it. The same seed makes the same mistakes.
 */
import type { BlueprintFile } from './blueprint.ts';
import { faultKinds, findFaultPlaces, type FaultKind } from './fault-kinds.ts';

export interface Faults {
  /** Share of items that get a mistake, 0 to 1. */
  readonly rate: number;
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  /** Hands in without running anything, whatever it claims. */
  readonly isCareless: boolean;
  /** Writes tests that pass and show nothing. */
  readonly hasHollowTests: boolean;
}

/** One mistake as it was made. */
export interface Fault {
  readonly kind: FaultKind;
  readonly path: string;
  /** One-based. */
  readonly line: number;
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

const pick = <Item>(items: readonly Item[], share: number): Item | undefined => items[Math.floor(share * items.length)];

/** The files with one mistake in one of them, or undefined when this item is spared or has no place for one. */
export const injectFault = (
  files: readonly BlueprintFile[],
  key: string,
  { rate, seed, kinds }: Faults,
): { readonly files: readonly BlueprintFile[]; readonly fault: Fault } | undefined => {
  if (hash(`${seed}/${key}/rate`) >= rate) return undefined;
  const chosen = pick(
    files.filter(({ kind }) => kind === 'source'),
    hash(`${seed}/${key}/file`),
  );
  if (chosen === undefined) return undefined;
  const { content, path } = chosen;
  const places = findFaultPlaces(content, kinds);
  // Kinds have the same chance, however often each has a place.
  const present = kinds.filter((kind) => places.some((place) => place.kind === kind));
  const kind = pick(present, hash(`${seed}/${key}/kind`));
  const place = pick(
    places.filter((each) => each.kind === kind),
    hash(`${seed}/${key}/place`),
  );
  if (place === undefined) return undefined;
  const wrong = content.slice(0, place.at) + place.replacement + content.slice(place.at + place.length);
  return {
    files: files.map((file) => (file === chosen ? { ...file, content: wrong } : file)),
    fault: { kind: place.kind, path, line: content.slice(0, place.at).split('\n').length },
  };
};

const hollowTest = `import assert from 'node:assert/strict';
import { it } from 'node:test';

it('works', () => {
  assert.ok(true);
});
`;

/** Tests in the place of those of an item that pass whatever the code does. */
export const hollowTests = (tests: readonly BlueprintFile[]): readonly BlueprintFile[] =>
  tests.map((file) => (file.path.endsWith('.test.ts') ? { ...file, content: hollowTest } : file));

/** Reads `engineer?faults=0.2&seed=7&kinds=all&careless=1&hollow=1`; anything unreadable means no faults. */
export const parseFaults = (model: string): Faults => {
  const values = new Map(
    (model.split('?')[1] ?? '').split('&').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value] as const;
    }),
  );
  const numberOf = (name: string, fallback: number): number => {
    const value = Number(values.get(name) ?? fallback);
    return Number.isFinite(value) ? value : fallback;
  };
  return {
    rate: Math.min(1, Math.max(0, numberOf('faults', 0))),
    seed: numberOf('seed', 1),
    kinds: values.get('kinds') === 'all' ? faultKinds : ['operator'],
    isCareless: values.get('careless') === '1',
    hasHollowTests: values.get('hollow') === '1',
  };
};

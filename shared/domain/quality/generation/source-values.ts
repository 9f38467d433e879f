/**
 * Values as source text. Inputs are made for a shape, spread over its ordinary values, its bounds, and the constants of
 * the code; the same seed makes the same ones.
 */
import type { FunctionSignature, Shape } from './signature.ts';

/** Numbers from 0 up to 1, the same row for the same seed (mulberry32, public domain, Tommy Ettinger). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

const isName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

const usualNumbers = ['0', '1', '-1', '2', '3', '7', '10', '100', '0.5', '-2.5', '1000000'];
const usualTexts = ['', 'a', 'b', 'abc', 'Hello World', ' a b ', '0', '12', 'a,b', 'a-b', 'ä€😀', 'A'];

export interface Pools {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

/** What is worth trying besides the usual: each constant of the code, and numbers on both sides of it. */
export const poolsOf = (constants: FunctionSignature['constants']): Pools => {
  const near = constants.flatMap((value) =>
    typeof value === 'number'
      ? [value, value - 1, value + 1].map((each) => String(Object.is(each, -0) ? 0 : each))
      : [],
  );
  const said = constants.filter((value) => typeof value === 'string');
  return {
    numbers: [...new Set([...near, ...usualNumbers])],
    texts: [...new Set([...said, ...said.map((text) => `${text}x`), ...usualTexts])].map(quoted),
  };
};

type Random = () => number;

const pick = <Item>(items: readonly Item[], random: Random): Item | undefined =>
  items[Math.floor(random() * items.length)];

const lengthOf = (random: Random): number => Math.floor(random() * 4);

const makeNumber = ({ numbers }: Pools, random: Random): string => {
  const roll = random();
  if (roll < 0.75) return pick(numbers, random) ?? '0';
  return roll < 0.9 ? String(Math.floor(random() * 200) - 100) : String(Math.round(random() * 10_000) / 100);
};

const makeText = ({ texts }: Pools, random: Random): string => {
  if (random() < 0.8) return pick(texts, random) ?? '""';
  const joined = `${pick(texts, random) ?? '""'}${pick(texts, random) ?? '""'}`;
  return joined.replace('""', '');
};

/** One value of a shape as source text; undefined when none can be made. */
export const makeValue = (shape: Shape, pools: Pools, random: Random): string | undefined => {
  switch (shape.kind) {
    case 'number':
      return makeNumber(pools, random);
    case 'string':
      return makeText(pools, random);
    case 'boolean':
      return random() < 0.5 ? 'true' : 'false';
    case 'bigint':
      return `${Math.floor(random() * 20) - 5}n`;
    case 'null':
    case 'undefined':
      return shape.kind;
    case 'literal':
      return typeof shape.value === 'string' ? quoted(shape.value) : String(shape.value);
    case 'date':
      return `new Date(${pick(['0', '86400000', '1700000000000', '951782400000'], random) ?? '0'})`;
    case 'unknown':
      return pick(['null', '0', '""', '"a"', 'true', '[]', '{}', '[1, "a"]', '{ "a": 1 }', 'undefined'], random);
    case 'array':
      return makeList(
        Array.from({ length: lengthOf(random) }, () => shape.item),
        pools,
        random,
      );
    case 'tuple':
      return makeList(shape.items, pools, random);
    case 'dictionary': {
      const entries = Array.from({ length: lengthOf(random) }, () => [
        makeText(pools, random),
        makeValue(shape.value, pools, random),
      ]);
      return entries.some(([, value]) => value === undefined)
        ? undefined
        : `{ ${entries.map(([name, value]) => `[${name ?? ''}]: ${value ?? ''}`).join(', ')} }`;
    }
    case 'union':
      return makeValue(pick(shape.members, random) ?? { kind: 'undefined' }, pools, random);
    case 'object':
      return makeObject(shape, pools, random);
    case 'opaque':
      return undefined;
  }
};

const makeList = (items: readonly Shape[], pools: Pools, random: Random): string | undefined => {
  const values = items.map((item) => makeValue(item, pools, random));
  return values.includes(undefined) ? undefined : `[${values.join(', ')}]`;
};

const makeObject = (
  { fields }: Extract<Shape, { kind: 'object' }>,
  pools: Pools,
  random: Random,
): string | undefined => {
  const written: string[] = [];
  for (const { name, shape, isOptional } of fields) {
    if (isOptional && random() < 0.4) continue;
    const value = makeValue(shape, pools, random);
    if (value === undefined) {
      if (isOptional) continue;
      return undefined;
    }
    // What is optional is left out; `undefined` itself is refused by exact optional properties.
    if (value !== 'undefined' || !isOptional) written.push(`${isName(name) ? name : quoted(name)}: ${value}`);
  }
  return written.length === 0 ? '{}' : `{ ${written.join(', ')} }`;
};

/** Different rows of arguments, at most `count`, as they stand between the brackets of a call. */
export const makeCalls = (
  { parameters, constants }: FunctionSignature,
  count: number,
  seed: number,
): readonly string[] => {
  const random = randomOf(seed);
  const pools = poolsOf(constants);
  const found = new Set<string>();
  for (let tries = 0; tries < count * 4 && found.size < count; tries += 1) {
    const row: string[] = [];
    for (const { shape, isOptional, isRest } of parameters) {
      if (isOptional && random() < 0.3) break;
      const value = makeValue(shape, pools, random);
      if (value === undefined) {
        if (isOptional) break;
        return [];
      }
      row.push(isRest ? `...${value}` : value);
    }
    found.add(row.join(', '));
    if (parameters.length === 0) break;
  }
  return [...found];
};

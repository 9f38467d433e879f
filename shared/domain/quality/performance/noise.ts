/**
 * Times as machines give them, made by a seeded generator: to find out how often the verdict is wrong, and how often it
 * sees what is there. Deterministic, so that the figures in the documents can be computed anew.
 */
import type { Pair } from './compare-pairs.ts';

/** The generator mulberry32: 32 bits of state, enough for simulations. From 0 up to, and without, 1. */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const noises = ['quiet', 'outliers', 'drift', 'modes'] as const;
/**
 * `quiet`: each time is off by about 3 %. `outliers`: besides, one in ten is up to four times as long, as when
 * another program takes the processor. `drift`: besides, the machine slows down and recovers over many pairs.
 * `modes`: each isolate is by chance of a slower or a faster sort, 8 % apart, as compiled code is.
 */
export type Noise = (typeof noises)[number];

const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Pairs of a benchmark whose change takes `ratio` times as long. */
export const simulatePairs = (noise: Noise, ratio: number, count: number, random: () => number): readonly Pair[] => {
  let level = 0;
  const time = (): number => {
    const outlier = noise === 'quiet' || random() >= 0.1 ? 1 : 1 + 3 * random();
    const mode = noise === 'modes' && random() < 0.5 ? 1.08 : 1;
    return Math.exp(level + 0.03 * gaussian(random)) * outlier * mode;
  };
  return Array.from({ length: count }, (): Pair => {
    if (noise === 'drift') level = 0.95 * level + 0.1 * gaussian(random);
    return [time(), time() * ratio];
  });
};

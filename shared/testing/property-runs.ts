/** The part of a Vitest configuration that gives every property of a ring its seed; see `property-seed.ts`. */
import { join } from 'node:path';

const usualSeed = 20_261_127;

const readSeed = (text: string | undefined): number => {
  if (text === undefined || text === '') return usualSeed;
  if (text === 'random') return Date.now() % 2 ** 31;
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new Error('AIDEVOS_PROPERTY_SEED must be a whole number or "random".');
  return seed;
};

export const propertyRuns = () => ({
  setupFiles: [join(import.meta.dirname, 'property-seed.ts')],
  provide: { propertySeed: readSeed(process.env['AIDEVOS_PROPERTY_SEED']) },
});

/**
 * Properties start from the same seed in every run, so that a run can be repeated and a change is not blamed for what chance
 * found. `AIDEVOS_PROPERTY_SEED=random` (or a number) looks elsewhere; a failure prints the seed it needs.
 */
import fc from 'fast-check';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly propertySeed: number;
  }
}

fc.configureGlobal({ seed: inject('propertySeed') });

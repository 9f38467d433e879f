/** What `import … from '@jest/globals'` gives to guest code. */
import { expect } from './expect.ts';
import { freeze } from './primordials.ts';
import { replacing } from './replace.ts';
import { testApi } from './test-api.ts';

export { expect };

export const { describe, test, it, beforeAll, afterAll, beforeEach, afterEach, fdescribe, xdescribe, fit, xit, xtest } =
  testApi('callback');

export const jest: Readonly<Record<string, unknown>> = freeze(replacing('jest'));
/** As `bun:test` has them. */
export const mock = jest['fn'];
export const spyOn = jest['spyOn'];
export default expect;

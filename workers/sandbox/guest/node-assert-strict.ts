/** `node:assert/strict`, with its calls counted. */
import { strict } from './node-assert.ts';
import { freeze } from './primordials.ts';

export default strict;
export { strict };
export const {
  AssertionError,
  deepEqual,
  deepStrictEqual,
  doesNotMatch,
  doesNotReject,
  doesNotThrow,
  equal,
  fail,
  ifError,
  match,
  notDeepEqual,
  notDeepStrictEqual,
  notEqual,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
  throws,
} = freeze({ ...strict });

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChanges, type Listing } from './listing.ts';
import { mergeListings } from './tree-merge.ts';

const names = { base: '1234567', ours: 'main', theirs: 'task' };
const path = fc.constantFrom('a', 'b', 'c', 'dir/a', 'dir/b');
const file = fc.record({ oid: fc.constantFrom('1', '2', '3'), executable: fc.boolean() });
const listing: fc.Arbitrary<Listing> = fc.dictionary(path, file).map((files) => new Map(Object.entries(files)));

it('decides every path as the book says', () => {
  const property = fc.property(listing, listing, listing, (base, ours, theirs) => {
    const { changes, contentMerges, conflicts } = mergeListings(base, ours, theirs, names);
    const merged = applyChanges(ours, changes);
    for (const name of ['a', 'b', 'c', 'dir/a', 'dir/b']) {
      const [before, mine, their] = [base, ours, theirs].map((files) => JSON.stringify(files.get(name)));
      const conflict = conflicts.some((issue) => issue.field === name);
      const content = contentMerges.some((merge) => merge.path === name);
      const result = JSON.stringify(merged.get(name));
      if (mine === their || before === their) expect([result, conflict, content]).toEqual([mine, false, false]);
      else if (before === mine) expect([result, conflict, content]).toEqual([their, false, false]);
      else if (before === undefined || mine === undefined || their === undefined) expect(conflict).toBe(true);
      else expect(conflict).toBe(false);
    }
  });
  fc.assert(property, { numRuns: 1000 });
});

it('merges the permission and the content of a file apart', () => {
  const of = (oid: string, executable: boolean): Listing => new Map([['a', { oid, executable }]]);
  const merge = mergeListings(of('1', false), of('2', false), of('1', true), names);
  expect(merge.changes).toEqual(of('2', true));
  expect(merge.conflicts).toEqual([]);
});

it('refuses a file where the other side made a directory', () => {
  const one = { oid: '1', executable: false };
  const merge = mergeListings(new Map(), new Map([['a', one]]), new Map([['a/b', one]]), names);
  expect(merge.conflicts).toEqual([{ field: 'a/b', reason: 'needs the directory "a", which is a file' }]);
});

import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDiff } from './apply-diff.ts';
import { parseDiff } from './parse-diff.ts';
import { unifiedDiff } from './unified-diff.ts';

const apply = (diff: string, files: Readonly<Record<string, string>>) => {
  const parsed = parseDiff(diff);
  return parsed.ok ? applyDiff(parsed.value, (path) => files[path]) : parsed;
};

const text = 'one\ntwo\nthree\nfour\nfive\nsix\n';

describe('applyDiff', () => {
  it('brings any text to any other by the diff that the platform itself writes', () => {
    const lines = array(constantFrom('a', 'b', 'c', '', '- x', '+ y', '@@'), { maxLength: 25 });
    assert(
      property(lines, lines, (left, right) => {
        const before = left.map((line) => `${line}\n`).join('');
        const after = right.map((line) => `${line}\n`).join('');
        const diff = unifiedDiff('src/a.ts', before, after);
        if (before === after) return;
        expect(apply(diff, { 'src/a.ts': before })).toEqual({
          ok: true,
          value: [{ path: 'src/a.ts', content: after }],
        });
      }),
    );
  });

  it('finds the one place of a hunk whose line numbers are wrong or missing', () => {
    for (const header of ['@@ -40,3 +40,3 @@', '@@ ... @@', '@@']) {
      expect(apply(`--- a/x\n+++ b/x\n${header}\n three\n-four\n+FOUR\n five\n`, { x: text })).toEqual({
        ok: true,
        value: [{ path: 'x', content: text.replace('four', 'FOUR') }],
      });
    }
  });

  it('says which hunk does not fit, where, what was expected and what is there', () => {
    const diff = '--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-one\n+ONE\n@@ -3,3 +3,3 @@\n three\n-vier\n+FOUR\n five\n';
    expect(apply(diff, { x: text })).toEqual({
      ok: false,
      error: 'Hunk 2 of 2 for x (line 6 of the diff): line 4 of the file: expected "vier", found "four".',
    });
    expect(apply('--- a/x\n+++ b/x\n@@ -6 +6 @@\n six\n-seven\n', { x: text })).toEqual({
      ok: false,
      error: 'Hunk 1 of 1 for x (line 3 of the diff): line 7 of the file: expected "seven", found the end of the file.',
    });
  });

  it('does not guess between several places', () => {
    const diff = '--- a/x\n+++ b/x\n@@ -9 +9 @@\n-same\n+other\n';
    expect(apply(diff, { x: 'same\nother\nsame\n' })).toMatchObject({
      ok: false,
      error: expect.stringContaining('stand at 2 places (lines 1, 3)'),
    });
  });

  it('makes, deletes and moves files, and refuses what is not as it says', () => {
    expect(apply('--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+hello\n', {})).toEqual({
      ok: true,
      value: [{ path: 'new', content: 'hello\n' }],
    });
    expect(apply('--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n', { x: 'one\n' })).toEqual({
      ok: true,
      value: [{ path: 'x', content: null }],
    });
    expect(apply('--- a/x\n+++ b/y\n@@ -1 +1 @@\n-one\n+two\n', { x: 'one\n' })).toEqual({
      ok: true,
      value: [
        { path: 'x', content: null },
        { path: 'y', content: 'two\n' },
      ],
    });
    expect(apply('--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+hello\n', { x: 'one\n' })).toMatchObject({ ok: false });
    expect(apply('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n+two\n', {})).toMatchObject({
      ok: false,
      error: 'x is not there. To make it, write "--- /dev/null".',
    });
  });

  it('keeps the line ends of the file', () => {
    expect(apply('--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n', { x: 'one\r\ntwo\r\n' })).toEqual({
      ok: true,
      value: [{ path: 'x', content: 'one\r\nTWO\r\n' }],
    });
    expect(apply('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n+two\n', { x: 'one' })).toMatchObject({
      value: [{ content: 'two' }],
    });
  });

  it.each([
    ['', 'there is no file in the diff'],
    ['hello', 'line 1 of the diff is neither a header'],
    ['@@ -1 +1 @@\n-a\n+b\n', 'line 1 of the diff begins a hunk before'],
    ['--- a/x\n+++ b/x\n', 'the diff of x has no hunk'],
    ['--- a/x\n+++ b/x\n@@ -1 +1 @@\n one\n', 'line 3 of the diff begins a hunk of x that changes nothing'],
    ['--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n*two\n', 'line 5 of the diff begins with none of'],
    ['--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n', 'a file of the diff is /dev/null on both sides'],
  ])('refuses %j', (diff, reason) => {
    expect(apply(diff, { x: text })).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });
});

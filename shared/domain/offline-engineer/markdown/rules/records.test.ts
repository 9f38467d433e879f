import { describe, expect, it } from 'vitest';
import { readMarkdownSpec } from '../index.ts';
import { modelOf } from '../testing/notation.ts';

const spec = (...sentences: readonly string[]): string =>
  `# Club library\n\n## Books\n\nA book has:\n\n- title: text, required\n\n## Loans\n\nA loan has:\n\n- book: reference to a book, required\n- borrower: text, required\n\n## Rules\n\n${sentences.map((sentence) => `- ${sentence}\n`).join('')}`;

const dataOf = (...sentences: readonly string[]) => modelOf(readMarkdownSpec(spec(...sentences))).data;
const all = ['book', 'loan'];

describe('records out and in', () => {
  it.each([
    ['All records can be exported and imported.', all, all],
    ['Books can be imported and exported.', ['book'], ['book']],
    ['Books can be exported as JSON lines.', ['book'], []],
    ['Loans and books must be exported.', all, []],
    ['Members can import books.', [], ['book']],
    ['It is possible to export and re-import all data.', all, all],
    ['The app offers import and export.', all, all],
    ['The whole catalogue can be exported.', all, []],
    ['There is an export of loans.', ['loan'], []],
  ])('are understood: %s', (sentence, exported, imported) => {
    const data = dataOf(sentence);
    expect([...(data?.exported ?? [])].sort()).toEqual(exported);
    expect([...(data?.imported ?? [])].sort()).toEqual(imported);
    expect(data).toMatchObject({ feed: false, sources: [sentence] });
  });

  it.each([
    'There is a feed of changes.',
    'The app has a change feed.',
    'Other programs can follow all changes.',
    'Other programs can follow changes through a feed of changes at GET /changes.',
    'Every change is told in a feed of changes.',
    'It publishes a stream of all changes to books.',
  ])('are followed: %s', (sentence) => {
    expect(dataOf(sentence)).toEqual({ feed: true, exported: [], imported: [], sources: [sentence] });
  });

  it('are found in a description that says more', () => {
    const text =
      '# Catalogue\n\nA catalogue of books that members can search and filter, with import and export, and a feed of changes.\n\nA book has a title and an author.\n';
    expect(modelOf(readMarkdownSpec(text)).data).toMatchObject({ feed: true, exported: ['book'], imported: ['book'] });
  });

  it.each(['There is no import and no export.', 'The app works without a feed of changes.'])(
    'are not when they are declined: %s',
    (sentence) => {
      expect(readMarkdownSpec(spec(sentence))).not.toMatchObject({ value: { data: {} } });
    },
  );

  it('stay with the application when nothing of the kind is asked for, however many kinds there are', () => {
    expect(dataOf('A book with loans cannot be deleted.')).toBeUndefined();
  });

  it('cannot be told to others where everybody has their own', () => {
    const sentence = 'There is a feed of changes.';
    const read = readMarkdownSpec(spec('People must sign in.', 'Everyone sees only their own records.', sentence));
    expect(read).toMatchObject({ ok: false, error: [{ sentence }] });
  });
});

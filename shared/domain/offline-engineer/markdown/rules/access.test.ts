import { describe, expect, it } from 'vitest';
import { readMarkdownSpec } from '../index.ts';

const spec = (...sentences: readonly string[]): string =>
  `# Notes\n\n## Notes\n\nA note has:\n\n- title: text, required\n\n## Places\n\nA place has:\n\n- name: text, required\n\n## Rules\n\n${sentences.map((sentence) => `- ${sentence}\n`).join('')}`;

describe('signing in', () => {
  it.each([
    'People must sign in with their e-mail address and a password.',
    'Users have to log in.',
    'Users can sign up, sign in and sign out.',
    'Every user must log in with an email and password.',
    'Only people who are signed in can use the app.',
    'Signing in is required.',
    'Everyone must be logged in to use the app.',
    'People sign up and log in with an e-mail address and a password.',
  ])('is understood: %s', (sentence) => {
    const read = readMarkdownSpec(spec(sentence));
    expect(read).toMatchObject({ ok: true, value: { access: { isPersonal: false, sources: [sentence] } } });
  });

  it.each([
    'Users must log in with Google.',
    'Only admins can delete notes.',
    'Users log in with two factor authentication.',
    'People must sign in to delete a note.',
    'Managers can log in and see the notes of their team.',
  ])('that asks for more is refused: %s', (sentence) => {
    expect(readMarkdownSpec(spec(sentence))).toMatchObject({ ok: false, error: [{ sentence }] });
  });

  it('is not there when nobody asks for it', () => {
    const read = readMarkdownSpec(spec('There is no login.'));
    expect(read.ok && [read.value.access, read.value.usage]).toEqual([undefined, undefined]);
  });
});

describe('records of one’s own', () => {
  it.each([
    'Everyone sees only their own notes and places.',
    'Each user can see only their own records.',
    'All data is private to the person who created it.',
    'Users cannot see the data of others.',
  ])('are understood: %s', (sentence) => {
    expect(readMarkdownSpec(spec(sentence))).toMatchObject({ ok: true, value: { access: { isPersonal: true } } });
  });

  it('are refused for some of the records only', () => {
    const sentence = 'Users can only see their own notes.';
    expect(readMarkdownSpec(spec('Users must sign in.', sentence))).toMatchObject({ ok: false, error: [{ sentence }] });
  });
});

it('counts use when the specification says so', () => {
  for (const source of ['The app counts how often it is used.', 'The system tracks usage per day.'])
    expect(readMarkdownSpec(spec(source))).toMatchObject({ ok: true, value: { usage: { source } } });
});

import { describe, expect, it } from 'vitest';
import type { ContentPart, ModelMessage } from '../../ports/model-client.ts';
import { toBase64, utf8Bytes } from '../model/base64.ts';
import { readFiles } from './person-files.ts';

const file = (name: string, text: string, mediaType = 'text/plain'): ContentPart => ({
  type: 'file',
  name,
  source: { type: 'base64', mediaType, data: toBase64(utf8Bytes(text)) },
});

const user = (content: string, ...files: readonly ContentPart[]): ModelMessage => ({
  role: 'user',
  content,
  parts: [{ type: 'text', text: content }, ...files],
});

const notes = '# Notes\n\nA note has a title (required) and a “text”.\n';
const csv = file('people.csv', 'name,age\nAda,36\n', 'text/csv');

describe('files of a message', () => {
  it('that are a specification are it, and the words beside them are kept', () => {
    for (const [name, text] of [
      ['notes.md', notes],
      ['openapi.json', '{"openapi":"3.1.0","info":{"title":"A"}}'],
      ['openapi.yaml', 'openapi: 3.0.0\ninfo:\n  title: A\n'],
    ] as const) {
      const { messages, attachments } = readFiles([user('Build this', csv, file(name, text))]);
      expect(messages).toEqual([{ role: 'user', content: text }]);
      expect(attachments).toEqual([
        { name: 'the words beside it', text: 'Build this' },
        { name: 'people.csv', text: 'name,age\nAda,36\n' },
      ]);
    }
  });

  it('are attachments of a text that is a specification itself', () => {
    const { messages, attachments } = readFiles([user(notes, csv, file('more.md', '# More\n\nIt has five words.'))]);
    expect(messages).toEqual([{ role: 'user', content: notes }]);
    expect(attachments.map(({ name }) => name)).toEqual(['people.csv', 'more.md']);
  });

  it('of prose belong to the text, others do not', () => {
    const prose = file('rules.txt', 'A note has a text.');
    const { messages, attachments } = readFiles([user('Build an app for notes', prose, csv)]);
    expect(messages[0]?.content).toBe('Build an app for notes\n\nA note has a text.');
    expect(attachments.map(({ name }) => name)).toEqual(['people.csv']);
  });

  it('are attachments only of the last message', () => {
    const { messages, attachments } = readFiles([user(notes, csv), { role: 'user', content: 'status' }]);
    expect([messages.length, attachments]).toEqual([2, []]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiFigures, versionStep } from './api-figures.ts';
import { compareApis } from './compare.ts';
import { apiSurface } from './surface.ts';

const note = {
  type: 'object',
  required: ['id', 'title'],
  properties: {
    id: { type: 'string' },
    title: { type: 'string', maxLength: 200 },
    state: { type: 'string', enum: ['open', 'done'] },
    children: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
  },
};
const newNote = { type: 'object', required: ['title'], properties: { title: { type: 'string', maxLength: 200 } } };

const document = (over: { note?: object; newNote?: object; paths?: object; list?: object } = {}): string =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Notes', version: '1.2.0' },
    paths: {
      '/notes': {
        get: {
          parameters: [{ name: 'page', in: 'query', schema: { type: 'integer' } }],
          responses: {
            200: {
              content: {
                'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Note' } } },
              },
            },
          },
          ...over.list,
        },
        post: {
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewNote' } } } },
          responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } } } },
        },
      },
      '/notes/{id}': { get: { responses: { 200: {} } } },
      ...over.paths,
    },
    components: { schemas: { Note: over.note ?? note, NewNote: over.newNote ?? newNote } },
  });
const surface = (text: string) => apiSurface({ 'spec/openapi.json': text }, []);
const before = surface(document());
const breaks = (text: string): readonly string[] => compareApis(before, surface(text)).breaking;

describe('compatibility of APIs', () => {
  it('finds nothing between equal documents, whatever a path parameter is called', () => {
    const renamed = document().replaceAll('/notes/{id}', '/notes/{noteId}');
    expect(compareApis(before, surface(renamed))).toEqual({ breaking: [], added: [] });
  });

  it.each<[string, Parameters<typeof document>[0], RegExp]>([
    ['an operation is gone', { paths: { '/notes/{id}': {} } }, /^GET \/notes\/\{id\}: is gone$/],
    [
      'a field of an answer is gone',
      { note: { ...note, properties: { ...note.properties, state: undefined } } },
      /state: is no longer there/,
    ],
    ['a field of an answer may be missing', { note: { ...note, required: ['id'] } }, /title: may be missing now/],
    [
      'an answer may be something new',
      {
        note: {
          ...note,
          properties: { ...note.properties, state: { type: 'string', enum: ['open', 'done', 'lost'] } },
        },
      },
      /state: may now be "lost"/,
    ],
    [
      'an answer may be null',
      { note: { ...note, properties: { ...note.properties, id: { type: ['string', 'null'] } } } },
      /id: is string or null, it was string/,
    ],
    [
      'a field of a request is required',
      {
        newNote: {
          ...newNote,
          required: ['title', 'state'],
          properties: { ...newNote.properties, state: { type: 'string' } },
        },
      },
      /body\.state: is required now/,
    ],
    [
      'a request is bounded tighter',
      { newNote: { ...newNote, properties: { title: { type: 'string', maxLength: 100 } } } },
      /body\.title: maxLength is 100, it was 200/,
    ],
    [
      'a parameter is required',
      { list: { parameters: [{ name: 'page', in: 'query', required: true, schema: { type: 'integer' } }] } },
      /query page is required now/,
    ],
    ['a parameter is gone', { list: { parameters: [] } }, /query page is gone/],
    ['a credential is asked for', { list: { security: [{ key: [] }] } }, /a credential is asked for now/],
    ['a status is gone', { list: { responses: { 204: {} } } }, /no longer answers 200/],
  ])('%s', (_name, over, expected) => {
    expect(breaks(document(over)).join('\n')).toMatch(expected);
  });

  it.each<[string, Parameters<typeof document>[0]]>([
    ['a new operation', { paths: { '/tags': { get: { responses: { 200: {} } } } } }],
    ['a new field of an answer', { note: { ...note, properties: { ...note.properties, color: { type: 'string' } } } }],
    [
      'a new optional field of a request',
      { newNote: { ...newNote, properties: { ...newNote.properties, color: { type: 'string' } } } },
    ],
    [
      'a looser bound of a request',
      { newNote: { ...newNote, properties: { title: { type: 'string', maxLength: 500 } } } },
    ],
    [
      'a tighter answer',
      { note: { ...note, properties: { ...note.properties, state: { type: 'string', enum: ['open'] } } } },
    ],
  ])('%s breaks nobody', (_name, over) => {
    expect(breaks(document(over))).toEqual([]);
  });

  it('a change that breaks one way is none the other way round for whoever only adds', () => {
    const fields = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 });
    const withFields = (names: readonly string[]): string =>
      document({
        note: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
      });
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        const lost = one.filter((name) => !other.includes(name));
        const { breaking } = compareApis(surface(withFields(one)), surface(withFields(other)));
        expect(breaking.length > 0).toBe(lost.length > 0);
      }),
    );
  });

  it('comes to an end on schemas that contain each other, and on documents that are none', () => {
    const loop = document({
      note: { allOf: [{ $ref: '#/components/schemas/Note' }] },
      newNote: { $ref: '#/components/schemas/NewNote' },
    });
    expect(compareApis(surface(loop), surface(loop)).breaking).toEqual([]);
    expect(surface('{ "openapi": ').source).toBe('the code');
    expect(surface('- a list').operations.size).toBe(0);
  });

  it('reads YAML, and falls back to what the code declares', () => {
    expect(
      apiSurface({ 'openapi.yaml': 'openapi: 3.0.0\npaths:\n  /a:\n    get: {}\n' }, []).operations.has('GET /a'),
    ).toBe(true);
    const code = apiSurface({}, [{ method: 'GET', path: '/notes/:id' }]);
    expect(compareApis(code, apiSurface({}, [])).breaking).toEqual(['GET /notes/:id: is gone']);
  });
});

describe('what the version number says', () => {
  it.each([
    ['1.2.0', '2.0.0', 'major'],
    ['1.2.0', '1.3.0', 'minor'],
    ['1.2.0', '1.2.1', 'patch'],
    ['0.2.0', '0.3.0', 'major'],
    ['1.2.0', '1.2.0', 'none'],
    ['2.0.0', '1.0.0', 'none'],
    ['1.2', '2.0.0', undefined],
  ])('%s to %s: %s', (then, now, step) => {
    expect(versionStep(then, now)).toBe(step);
  });

  it('a breaking change is unannounced until the number says so', () => {
    const after = surface(document({ list: { parameters: [] } }));
    const released = { surface: before, commit: 'a'.repeat(40), number: '1.2.0' };
    const figures = (number: string) => apiFigures('b'.repeat(40), released, { surface: after, number }).figures;
    expect(figures('1.2.1')).toEqual({ breaking: 1, unannounced: 1, added: 0 });
    expect(figures('2.0.0')).toEqual({ breaking: 1, unannounced: 0, added: 0 });
    expect(apiFigures('b', undefined, { surface: after, number: '1.0.0' }).figures).toMatchObject({ breaking: 0 });
  });
});

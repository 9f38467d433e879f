import { describe, expect, it } from 'vitest';
import { looksLikeOpenApi, readOpenApiSpec } from './index.ts';

const document = (rest: object): string =>
  JSON.stringify({ openapi: '3.0.3', info: { title: 'T', version: '1' }, paths: {}, ...rest }, null, 1);

const answering = (schema: object): object => ({
  '/things': { get: { responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } } } },
});

const refusals = (
  text: string,
): readonly { readonly line: number; readonly reason: string; readonly sentence: string }[] => {
  const result = readOpenApiSpec(text);
  return result.ok ? [] : result.error;
};

describe('looksLikeOpenApi', () => {
  it('knows documents from prose', () => {
    expect(looksLikeOpenApi('# a comment\nopenapi: 3.1.0\ninfo: {}')).toBe(true);
    expect(looksLikeOpenApi('swagger: "2.0"')).toBe(true);
    expect(looksLikeOpenApi('{ "broken')).toBe(true);
    expect(looksLikeOpenApi('# Bookshelf\n\nWe use openapi: it is good.\n')).toBe(false);
    expect(looksLikeOpenApi('# Shop\n\n```yaml\nopenapi: 3.0.0\n```\n')).toBe(false);
  });
});

describe('readOpenApiSpec refuses', () => {
  it('what is not JSON or YAML, with line and reason', () => {
    expect(refusals('{\n  "openapi": "3.0.0",\n  oops\n}')[0]).toMatchObject({ line: 3, sentence: 'oops' });
    const yaml = refusals('openapi: 3.0.0\ninfo:\n  title: "open\npaths: {}\n');
    expect(yaml[0]?.reason).toMatch(/not valid YAML/u);
    expect(refusals('   ')[0]?.reason).toMatch(/empty/u);
    expect(refusals('- a\n- b\n')[0]?.reason).toMatch(/not an object/u);
  });

  it('other versions', () => {
    expect(refusals('swagger: "2.0"\ninfo: {}\n')[0]?.reason).toMatch(/Swagger 2\.0/u);
    expect(refusals(document({ openapi: '4.0.0' }))[0]?.reason).toMatch(/4\.0\.0 is not understood/u);
    expect(refusals('{"info":{}}')[0]?.reason).toMatch(/openapi with the version/u);
  });

  it('documents without operations', () => {
    expect(refusals(document({}))[0]?.reason).toMatch(/no operation/u);
    expect(refusals(document({ openapi: '3.1.0', webhooks: { a: {} } }))[0]?.reason).toMatch(/webhooks/u);
  });

  it('references that leave the document, lead nowhere or never end', () => {
    const external = refusals(document({ paths: answering({ $ref: 'https://example.com/pet.json' }) }));
    expect(external[0]?.reason).toMatch(/external reference https:\/\/example\.com\/pet\.json/u);
    expect(external[0]?.sentence).toContain('pet.json');
    expect(refusals(document({ paths: answering({ $ref: './pet.yaml#/Pet' }) }))[0]?.reason).toMatch(
      /external reference/u,
    );
    expect(refusals(document({ paths: answering({ $ref: '#/components/schemas/No' }) }))[0]?.reason).toMatch(
      /names nothing/u,
    );
    const schemas = { A: { $ref: '#/components/schemas/B' }, B: { allOf: [{ $ref: '#/components/schemas/A' }] } };
    const endless = refusals(
      document({ paths: answering({ $ref: '#/components/schemas/A' }), components: { schemas } }),
    );
    expect(endless[0]?.reason).toMatch(/#\/components\/schemas\/A leads back to itself/u);
    const responses = { R: { $ref: '#/components/responses/R' } };
    const paths = { '/a': { get: { responses: { 200: { $ref: '#/components/responses/R' } } } } };
    expect(refusals(document({ paths, components: { responses } }))[0]?.reason).toMatch(/leads back to itself/u);
  });

  it('alias bombs and deep nesting', () => {
    const bomb = Array.from({ length: 12 }, (_unused, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
    );
    expect(refusals(`openapi: 3.0.0\n${bomb.join('\n')}\n`)[0]?.reason).toMatch(/alias|values/u);
    expect(refusals(`{"openapi":"3.0.0","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)[0]?.reason).toMatch(
      /nested deeper/u,
    );
    expect(refusals(`openapi: 3.0.0\nx: ${'['.repeat(20_000)}`)[0]?.reason).toMatch(/nested/u);
    expect(refusals(`openapi: 3.0.0\nx:\n  ${'- '.repeat(20_000)}`)[0]?.reason).toMatch(/nested/u);
  });

  it('what cannot be an API, naming pointer and reason', () => {
    expect(refusals(document({ paths: answering({ type: 'strnig' }) }))[0]?.reason).toMatch(/"strnig" is not a type/u);
    const nameless = { '/a': { get: { parameters: [{ in: 'query' }], responses: {} } } };
    expect(refusals(document({ paths: nameless }))[0]?.reason).toMatch(/needs a name/u);
    expect(refusals(document({ paths: { pets: { get: { responses: {} } } } }))[0]?.reason).toMatch(
      /begin with a slash/u,
    );
    expect(refusals(document({ paths: { '/a': { get: { responses: { ok: {} } } } } }))[0]?.reason).toMatch(
      /not a status/u,
    );
    expect(refusals(document({ paths: [] }))[0]?.reason).toMatch(/paths must be an object/u);
  });
});

describe('readOpenApiSpec', () => {
  it('reads both ways of saying nullable, and exclusive bounds, into one form', () => {
    const old = {
      type: 'object',
      properties: { a: { type: 'integer', minimum: 0, exclusiveMinimum: true, nullable: true } },
    };
    const result = readOpenApiSpec(document({ paths: answering(old) }));
    const schema = result.ok ? result.value.operations[0]?.responses[0]?.contents[0]?.schema : undefined;
    expect(schema).toEqual({ type: 'object', properties: { a: { type: ['integer', 'null'], exclusiveMinimum: 0 } } });
  });

  it('reads a requirement without end as optional and says so', () => {
    const schemas = {
      Node: { type: 'object', required: ['next'], properties: { next: { $ref: '#/components/schemas/Node' } } },
    };
    const result = readOpenApiSpec(
      document({ paths: answering({ $ref: '#/components/schemas/Node' }), components: { schemas } }),
    );
    expect(result.ok && result.value.notes[0]).toMatch(
      /Node\/properties\/next is required but would need a value without end/u,
    );
  });

  it('lets a parent list its children while they extend it', () => {
    const schemas = {
      Pet: { type: 'object', oneOf: [{ $ref: '#/components/schemas/Cat' }], properties: { name: { type: 'string' } } },
      Cat: {
        allOf: [{ $ref: '#/components/schemas/Pet' }, { type: 'object', properties: { lives: { type: 'integer' } } }],
      },
    };
    const result = readOpenApiSpec(
      document({ paths: answering({ $ref: '#/components/schemas/Pet' }), components: { schemas } }),
    );
    expect(result.ok).toBe(true);
  });

  it('takes the path of the servers, and describes what path templates leave out', () => {
    const result = readOpenApiSpec(
      document({
        servers: [{ url: 'https://x.example/{v}/', variables: { v: { default: 'v2' } } }, { url: '/' }],
        paths: { '/a/{id}': { get: { responses: { 204: { description: '' } } } } },
      }),
    );
    expect(result.ok && result.value.basePaths).toEqual(['/v2']);
    expect(result.ok && result.value.operations[0]?.parameters[0]).toMatchObject({
      name: 'id',
      in: 'path',
      required: true,
    });
  });
});

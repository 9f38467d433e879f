import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from '../shared/domain/offline-engineer/generator/templates/sources.gen.ts';
import { runtimeSources } from '../shared/domain/offline-engineer/openapi/runtime.gen.ts';

const engineer = join(import.meta.dirname, '..', 'shared', 'domain', 'offline-engineer');
const read = (...path: readonly string[]): string => readFileSync(join(engineer, ...path), 'utf8');

describe('the embedded sources', () => {
  it('are the templates, character by character', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(10);
    for (const [path, text] of Object.entries(sources)) {
      expect(text).toBe(read('generator', 'templates', 'source', `${path}.txt`));
    }
  });

  it('are the modules and files that applications of an API description run on, without their tests', () => {
    const paths = Object.keys(runtimeSources);
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => path.startsWith('src/') && path.endsWith('.test.ts'))).toEqual([]);
    expect(runtimeSources['src/http/bodies.ts']).toBe(read('openapi', 'runtime', 'http', 'bodies.ts'));
  });
});

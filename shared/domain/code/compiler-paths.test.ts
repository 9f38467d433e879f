import { describe, expect, it } from 'vitest';
import { readCompilerPaths } from './manifest.ts';

const pathsOf = (files: Record<string, string>, everywhere?: Record<string, readonly string[]>) =>
  readCompilerPaths(new Map(Object.entries(files)), everywhere);

const config = (compilerOptions: object, rest: object = {}): string => JSON.stringify({ ...rest, compilerOptions });

describe('aliases of a tsconfig', () => {
  it('are what stands there, with comments, and the closest pattern wins', () => {
    const paths = pathsOf({
      'tsconfig.json': `{
        // as editors write it
        "compilerOptions": { "paths": {
          "*": ["types/*"], "@/*": ["./src/*", "./generated/*",], "@/ui/*": ["lib/ui/*"], "settings": ["src/settings.ts"], /* "//": no comment */
        }, },
      }`,
    });
    expect(paths.candidates('a/b.ts', '@/x/y')).toEqual(['src/x/y', 'generated/x/y']);
    expect(paths.candidates('a.ts', '@/ui/button')).toEqual(['lib/ui/button']);
    expect(paths.candidates('a.ts', 'settings')).toEqual(['src/settings.ts']);
    expect(paths.candidates('a.ts', 'settings/more')).toEqual(['types/settings/more']);
    expect(paths.candidates('a.ts', '@/$&')).toEqual(['src/$&', 'generated/$&']);
  });

  it('start from baseUrl, which names modules itself where no pattern does', () => {
    const paths = pathsOf({ 'jsconfig.json': config({ baseUrl: './src', paths: { '~/*': ['../lib/*'] } }) });
    expect(paths.candidates('a.js', '~/x')).toEqual(['lib/x']);
    expect(paths.candidates('a.js', 'models/user')).toEqual(['src/models/user']);
  });

  it('are those of the nearest configuration, and of what it extends', () => {
    const paths = pathsOf({
      'tsconfig.base.json': config({ paths: { '#/*': ['shared/*'], 'own/*': ['${configDir}/own/*'] } }),
      'tsconfig.json': config({ paths: { '@/*': ['src/*'] } }),
      'packages/web/tsconfig.json': config({ strict: true }, { extends: '../../tsconfig.base' }),
      'packages/api/tsconfig.json': config({ paths: { '@/*': ['code/*'] } }, { extends: ['@tsconfig/node22', './a'] }),
    });
    expect(paths.candidates('src/a.ts', '@/x')).toEqual(['src/x']);
    expect(paths.candidates('packages/web/a.ts', '#/x')).toEqual(['shared/x']);
    expect(paths.candidates('packages/web/a.ts', 'own/x')).toEqual(['packages/web/own/x']);
    expect(paths.candidates('packages/web/a.ts', '@/x')).toEqual([]);
    expect(paths.candidates('packages/api/a.ts', '@/x')).toEqual(['packages/api/code/x']);
  });

  it('give way to what holds everywhere', () => {
    const paths = pathsOf({ 'tsconfig.json': config({ paths: { '@/*': ['src/*'] } }) }, { '@/*': ['test/*'] });
    expect(paths.candidates('a.ts', '@/x')).toEqual(['test/x', 'src/x']);
  });

  it.each([
    ['no JSON', '{ "compilerOptions": '],
    ['no object', '7'],
    ['paths of another kind', config({ paths: { '@/*': 'src/*' }, baseUrl: 7 })],
    ['a path out of the project', config({ paths: { '@/*': ['../../other/*'] } })],
    ['comments that never end', '/*'.repeat(120_000)],
    ['a circle', config({}, { extends: './tsconfig.json' })],
  ])('are none with %s', (_, text) => {
    expect(pathsOf({ 'tsconfig.json': text }).candidates('a.ts', '@/x')).toEqual([]);
  });

  it('are given to a compiler as absolute paths', () => {
    const paths = pathsOf({ 'tsconfig.json': config({ baseUrl: 'src', paths: { '@/*': ['*'], exact: ['a.ts'] } }) });
    expect(paths.atRoot('/project/')).toEqual({
      exact: ['/project/src/a.ts'],
      '@/*': ['/project/src/*'],
      '*': ['/project/src/*'],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { readTestConfig } from './test-config.ts';

const aliasesIn = (path: string, text: string) => readTestConfig({ [path]: text })?.aliases;

describe('aliases', () => {
  it('are read of Vite and Vitest, where they are plain paths', () => {
    const text = `
      import path from 'node:path';
      import { fileURLToPath } from 'node:url';
      export default defineConfig({
        resolve: {
          alias: {
            '@': path.resolve(__dirname, './src'),
            '~/': new URL('./lib/', import.meta.url).pathname,
            url: fileURLToPath(new URL('./src/url.ts', import.meta.url)),
            here: resolve(import.meta.dirname, 'a', 'b'),
            text: \`\${__dirname}/text\`,
            rooted: '/src/rooted',
            made: paths.made(),
          },
        },
        test: { alias: [{ find: '#test', replacement: './test' }, { find: /^x/, replacement: 'y' }] },
      });`;
    expect(aliasesIn('vitest.config.ts', text)).toEqual({
      '@': ['src'],
      '@/*': ['src/*'],
      '~/*': ['lib/*'],
      url: ['src/url.ts'],
      'url/*': ['src/url.ts/*'],
      here: ['a/b'],
      'here/*': ['a/b/*'],
      text: ['text'],
      'text/*': ['text/*'],
      rooted: ['src/rooted'],
      'rooted/*': ['src/rooted/*'],
      '#test': ['test'],
      '#test/*': ['test/*'],
    });
  });

  it('are read of Jest, where the expression is a plain name or beginning', () => {
    const text = `module.exports = {
      moduleDirectories: ['node_modules', 'src'],
      modulePaths: ['<rootDir>'],
      moduleNameMapper: {
        '^@/(.*)$': '<rootDir>/src/$1',
        '^@acme/([a-z]+)/(.*)$': 'packages/$1/$2',
        '^config$': ['<rootDir>/config.js'],
        '^\\\\.\\\\./styles\\\\.css$': './style.js',
        '\\\\.css$': 'identity-obj-proxy',
      },
    };`;
    expect(aliasesIn('jest.config.js', text)).toEqual({
      '*': ['*', 'src/*'],
      '@/*': ['src/*'],
      config: ['config.js'],
      '../styles.css': ['style.js'],
    });
  });

  it('are none where nothing is said', () => {
    expect(aliasesIn('vitest.config.ts', 'export default { test: { globals: true } };')).toEqual({});
    expect(aliasesIn('vite.config.ts', 'export default { plugins: [] };')).toBeUndefined();
  });
});

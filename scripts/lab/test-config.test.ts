import { describe, expect, it } from 'vitest';
import { readTestConfig } from './test-config.ts';

describe('the configuration of a project', () => {
  it('is read from a Vitest configuration, without running it', () => {
    const config = readTestConfig({
      'vitest.config.ts': `import { defineConfig } from 'vitest/config'; throw new Error('not run');
        export default defineConfig({ plugins: [], test: { include: ['src/**/test.ts'], exclude: ['**/slow/**'], setupFiles: './setup.ts' } as const });`,
    });
    expect(config?.source).toBe('vitest.config.ts');
    expect(['src/add/test.ts', 'scripts/test.ts', 'src/add/index.ts'].filter((path) => config?.isTest?.(path))).toEqual(
      ['src/add/test.ts'],
    );
    expect(config?.isLeftOut('src/slow/test.ts')).toBe(true);
    expect(config?.setupFiles).toEqual(['setup.ts']);
  });

  it('is read from Jest’s in a file or in the manifest', () => {
    const byFile = readTestConfig({
      'jest.config.js': `module.exports = { bail: false, testRegex: '(/__tests__/.*|\\\\.test)\\\\.js$', setupFilesAfterEnv: ['<rootDir>/a.js'] };`,
    });
    expect(byFile?.isTest?.('src/__tests__/a.node.js')).toBe(true);
    expect(byFile?.isTest?.('src/a.js')).toBe(false);
    expect(byFile?.setupFiles).toEqual(['a.js']);
    const byManifest = readTestConfig({
      'package.json': `{"jest": {"testMatch": ["**/?(*.)+(spec|test).[jt]s?(x)"], "testPathIgnorePatterns": ["<rootDir>/archive/"]}}`,
    });
    expect(byManifest?.isTest?.('a/b.spec.tsx')).toBe(true);
    expect(byManifest?.isTest?.('a/b.tsx')).toBe(false);
    expect(byManifest?.isLeftOut('archive/b.spec.js')).toBe(true);
  });

  it('says nothing when there is none, or one that cannot be read', () => {
    expect(readTestConfig({ 'package.json': '{' })).toBeUndefined();
    expect(readTestConfig({ 'vitest.config.ts': 'export default {' })).toBeUndefined();
    expect(readTestConfig({ 'vite.config.ts': 'export default { plugins: [] };' })).toBeUndefined();
    const computed = readTestConfig({ 'vitest.config.ts': 'export default { test: { include: globs } };' });
    expect(computed?.isTest).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { productionArguments, readBundleSize } from './workers.ts';

describe('readBundleSize', () => {
  it('reads what wrangler prints', () => {
    expect(readBundleSize('x\nTotal Upload: 1234.56 KiB / gzip: 321.09 KiB\n')).toEqual({
      totalKib: 1234.56,
      gzipKib: 321.09,
    });
  });

  it('finds none in an error', () => {
    expect(readBundleSize('Build failed with 1 error')).toBeUndefined();
  });
});

describe('productionArguments', () => {
  it('names the environment only where the Worker has one', () => {
    expect(productionArguments('[env.production]\nname = "a"')).toEqual(['--env', 'production']);
    expect(productionArguments('[[env.production.services]]')).toEqual(['--env', 'production']);
    expect(productionArguments('# [env.production]\nname = "a"')).toEqual([]);
  });
});

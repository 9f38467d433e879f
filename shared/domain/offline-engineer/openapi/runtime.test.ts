import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'runtime');
/** The shared templates bring these. */
const standIns = new Set(['database.ts', 'clock.ts']);

const escapeTemplate = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');

const embed = (paths: readonly string[]): string => {
  const entries = paths.map(
    (path) => `  'src/${path}': \`${escapeTemplate(readFileSync(join(folder, path), 'utf8'))}\`,\n`,
  );
  return `/** Made from the files in \`runtime/\` by \`vitest run -u\` on \`runtime.test.ts\`. Edit those. */\nexport const runtimeSources = {\n${entries.join('')}} as const;\n`;
};

describe('the embedded runtime', () => {
  it('is what stands in runtime/', async () => {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !standIns.has(path))
      .sort();
    expect(paths.length).toBeGreaterThan(10);
    await expect(embed(paths)).toMatchFileSnapshot('./runtime.gen.ts');
  });
});

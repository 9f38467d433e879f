import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'source');

const escapeTemplate = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');

const embed = (paths: readonly string[]): string => {
  const entries = paths.map((path) => {
    const content = readFileSync(join(folder, path), 'utf8');
    return `  '${path.replace(/\.txt$/u, '')}': \`${escapeTemplate(content)}\`,\n`;
  });
  return `/** Made from the files in \`source/\` by \`vitest run -u\` on \`sources.test.ts\`. Edit those. */\nexport const sources = {\n${entries.join('')}} as const;\n`;
};

describe('the embedded templates', () => {
  it('are the files in source/', async () => {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.txt'))
      .sort();
    expect(paths.length).toBeGreaterThan(10);
    await expect(embed(paths)).toMatchFileSnapshot('./sources.gen.ts');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const runtime = join(import.meta.dirname, 'runtime');
const source = join(import.meta.dirname, 'source');
/** The shared templates bring these. */
const standIns = new Set(['database.ts', 'clock.ts']);

const escapeTemplate = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));

const embed = (files: ReadonlyMap<string, string>): string => {
  const entries = [...files]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([target, path]) => `  '${target}': \`${escapeTemplate(readFileSync(path, 'utf8'))}\`,\n`);
  return `/** Made from \`runtime/\` and \`source/\` by \`vitest run -u\` on \`runtime.test.ts\`. Edit those. */\nexport const runtimeSources = {\n${entries.join('')}} as const;\n`;
};

describe('the embedded runtime', () => {
  it('is what stands in runtime/ and source/', async () => {
    const files = new Map<string, string>();
    for (const path of filesIn(runtime)) {
      if (path.endsWith('.ts') && !path.endsWith('.test.ts') && !standIns.has(path))
        files.set(`src/${path}`, join(runtime, path));
    }
    for (const path of filesIn(source))
      if (path.endsWith('.txt')) files.set(path.replace(/\.txt$/u, ''), join(source, path));
    expect(files.size).toBeGreaterThan(20);
    await expect(embed(files)).toMatchFileSnapshot('./runtime.gen.ts');
  });
});

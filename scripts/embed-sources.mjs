/**
 * Writes the modules that hold the text of files: what the offline engineer puts into every application. In a Worker there
 * is no file to read. Plain JavaScript for any Node from 18, because it runs before anything else; `bootstrap.mjs` calls it
 * with every command, and npm after an installation.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const engineer = join(dirname(dirname(fileURLToPath(import.meta.url))), 'shared', 'domain', 'offline-engineer');

const filesIn = (folder, prefix = '') =>
  readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    return entry.isDirectory() ? filesIn(folder, `${path}/`) : [path];
  });

/** Files named `<path>.txt`, by the path that they have in the application. */
const sourcesIn = (folder) =>
  filesIn(folder)
    .filter((path) => path.endsWith('.txt'))
    .map((path) => [path.replace(/\.txt$/u, ''), join(folder, path)]);

/** The shared templates bring these to an application. */
const standIns = new Set(['database.ts', 'clock.ts']);

const modulesIn = (folder) =>
  filesIn(folder)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !standIns.has(path))
    .map((path) => [`src/${path}`, join(folder, path)]);

const modules = [
  {
    target: join(engineer, 'generator', 'templates', 'sources.gen.ts'),
    name: 'sources',
    files: () => sourcesIn(join(engineer, 'generator', 'templates', 'source')),
  },
  {
    target: join(engineer, 'openapi', 'runtime.gen.ts'),
    name: 'runtimeSources',
    files: () => [
      ...modulesIn(join(engineer, 'openapi', 'runtime')),
      ...sourcesIn(join(engineer, 'openapi', 'source')),
    ],
  },
];

const escapeTemplate = (text) => text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');

/** Writes what is not there yet or differs; another process may do the same at the same time. */
export const embedSources = () => {
  for (const { target, name, files } of modules) {
    const entries = files()
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([path, file]) => `  '${path}': \`${escapeTemplate(readFileSync(file, 'utf8'))}\`,\n`);
    const text = `/** Made by \`scripts/embed-sources.mjs\`. */\nexport const ${name} = {\n${entries.join('')}} as const;\n`;
    if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
    const written = `${target}.${process.pid}`;
    writeFileSync(written, text);
    renameSync(written, target);
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) embedSources();

/** Collects the files of the gateway's own pages into `dist/assets`: Swagger UI from its package, the rest from the gateway. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist', 'assets');
const swagger = join(root, 'node_modules', 'swagger-ui-dist');
const own = join(root, 'workers', 'gateway', 'assets');

const copies: readonly (readonly [from: string, name: string])[] = [
  [join(swagger, 'swagger-ui.css'), 'swagger-ui.css'],
  [join(swagger, 'swagger-ui-bundle.js'), 'swagger-ui-bundle.js'],
  ...(await readdir(own)).map((name): [string, string] => [join(own, name), name]),
];

const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** A file that is the same is left alone: a platform that runs from this checkout starts anew when one changes. */
const copyIfChanged = async (from: string, to: string): Promise<void> => {
  const content = await readFile(from);
  const present = await readIfThere(to);
  if (present?.equals(content) !== true) await writeFile(to, content);
};

await mkdir(target, { recursive: true });
await Promise.all(copies.map(([from, name]) => copyIfChanged(from, join(target, name))));
console.log(`${copies.length} files in dist/assets`);

/** Collects the files of the gateway's own pages into `dist/assets`: Swagger UI from its package, the rest from the gateway. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
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

await mkdir(target, { recursive: true });
await Promise.all(copies.map(([from, name]) => copyFile(from, join(target, name))));
console.log(`${copies.length} files in dist/assets`);

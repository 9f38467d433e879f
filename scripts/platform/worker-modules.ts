/** A bundle on disk as the modules that the runtime is given. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V4ModuleDefinition } from 'miniflare';

const isModule = (name: string): boolean => !name.endsWith('.map') && name !== 'README.md';

/** The entry, which has to come first, and what it imports: compiled WebAssembly and texts. */
export const readModules = (folder: string, entryName: string): V4ModuleDefinition[] =>
  [entryName, ...readdirSync(folder).filter((name) => name !== entryName && isModule(name))].map((name) => {
    const path = join(folder, name);
    if (name.endsWith('.wasm')) return { type: 'CompiledWasm', path, contents: readFileSync(path) };
    return { type: name === entryName ? 'ESModule' : 'Text', path, contents: readFileSync(path, 'utf8') };
  });

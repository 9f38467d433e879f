#!/usr/bin/env node
/** The `aidevos` command: installs what is missing and goes on under a current Node. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.argv.splice(2, 0, 'cli/index.ts');
await import(join(root, 'scripts', 'bootstrap.mjs'));

/** The files that questions about code are measured on: this repository's own TypeScript. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../scripts/platform/state-folder.ts';

export interface MeasuredFile {
  readonly path: string;
  readonly oid: string;
  readonly sizeBytes: number;
  readonly text: string;
}

const folders = ['shared', 'workers', 'durable-objects', 'scripts', 'cli', 'benchmarks', 'test'];

const readFolder = (folder: string): readonly MeasuredFile[] =>
  readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry): readonly MeasuredFile[] => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : readFolder(path);
    if (!entry.name.endsWith('.ts')) return [];
    const text = readFileSync(join(repositoryRoot, path), 'utf8');
    const oid = createHash('sha1').update(text).digest('hex');
    return [{ path, oid, sizeBytes: Buffer.byteLength(text), text }];
  });

/** At most `most` files. */
export const readMeasuredFiles = (most: number): readonly MeasuredFile[] => folders.flatMap(readFolder).slice(0, most);

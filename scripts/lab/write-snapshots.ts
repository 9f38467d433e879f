/** Puts the snapshots of a run into the folder. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { snapshotPathOf, writeInlineSnapshot, writeSnapshotFile } from '../../shared/domain/quality/snapshot-file.ts';
import type { SnapshotChange } from '../../shared/rpc/sandbox.ts';

/** Answers those that could not be put into their test file, each as a sentence. */
export const writeSnapshots = (folder: string, changes: readonly SnapshotChange[]): readonly string[] => {
  const byFile = Map.groupBy(changes, ({ file }) => file);
  const problems: string[] = [];
  for (const [file, some] of byFile) {
    const entries = some.filter(({ kind }) => kind === 'file').map(({ name, value }) => [name, value] as const);
    if (entries.length > 0) {
      const path = join(folder, snapshotPathOf(file));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, writeSnapshotFile(existsSync(path) ? readFileSync(path, 'utf8') : '', new Map(entries)));
    }
    // From the last line upwards, so that the lines before stay where they are.
    const inline = some.filter(({ kind }) => kind === 'inline').toSorted((left, right) => right.line - left.line);
    let source = inline.length > 0 ? readFileSync(join(folder, file), 'utf8') : '';
    for (const { line, value } of inline) {
      const written = writeInlineSnapshot(source, line, value);
      if (written === undefined) problems.push(`${file}:${line} has no single call to put the inline snapshot into`);
      else source = written;
    }
    if (inline.length > problems.length) writeFileSync(join(folder, file), source);
  }
  return problems;
};

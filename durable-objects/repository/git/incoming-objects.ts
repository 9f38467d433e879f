/**
 * The gate for pushed objects. They are stored as they come, inside a transaction that the caller undoes when any of
 * them is refused; so what stays is well-formed, complete and free of unsafe names, and no reader has to check again.
 */

import { segmentProblem, foldName, maximumPathBytes, utf8Length } from '../../../shared/domain/repository/path.ts';
import { maximumFilesPerRepository } from '../../../shared/domain/repository/file-changes.ts';
import { decodeCommit, decodeTag, decodeTree, MalformedObject, type ObjectKind } from './object-format.ts';
import type { ObjectDatabase } from './object-database.ts';
import type { PackedObject, PackTarget } from './pack-reader.ts';

/** A path of 512 bytes has no more directories than this. */
const maximumDepth = maximumPathBytes / 2;

interface TreeSize {
  readonly files: number;
  /** Bytes of the longest path under the tree. */
  readonly longestPathBytes: number;
}

export class IncomingObjects implements PackTarget {
  readonly #objects: ObjectDatabase;
  /** What the new objects name, and the kind it must be of. */
  readonly #expected = new Map<string, ObjectKind>();
  readonly #rootTrees = new Set<string>();
  readonly #sizes = new Map<string, TreeSize>();

  constructor(objects: ObjectDatabase) {
    this.#objects = objects;
  }

  accept(object: PackedObject): void {
    this.#inspect(object);
    this.#objects.addDeflated({ ...object, sizeBytes: object.content.byteLength });
  }

  find(oid: string): { readonly kind: ObjectKind; readonly content: Uint8Array } | undefined {
    const kind = this.#objects.kind(oid);
    return kind === undefined ? undefined : { kind, content: this.#objects.content(oid, kind) };
  }

  /** After the last object. Throws `MalformedObject` when something is missing or a tree is too large or too deep. */
  finish(): void {
    for (const [oid, kind] of this.#expected) {
      const actual = this.#objects.kind(oid);
      if (actual === undefined) throw new MalformedObject(`the push lacks the ${kind} ${oid}`);
      if (actual !== kind) throw new MalformedObject(`${oid} is used as a ${kind} but is a ${actual}`);
    }
    for (const tree of this.#rootTrees) {
      const { files, longestPathBytes } = this.#measure(tree, 0);
      if (files > maximumFilesPerRepository)
        throw new MalformedObject(`a commit has more than ${maximumFilesPerRepository} files`);
      if (longestPathBytes > maximumPathBytes)
        throw new MalformedObject(`a commit has a path longer than ${maximumPathBytes} bytes`);
    }
  }

  #inspect({ kind, content }: PackedObject): void {
    switch (kind) {
      case 'blob':
        return;
      case 'tree':
        this.#inspectTree(content);
        return;
      case 'commit': {
        const { tree, parents } = decodeCommit(content);
        this.#expect(tree, 'tree');
        this.#rootTrees.add(tree);
        for (const parent of parents) this.#expect(parent, 'commit');
        return;
      }
      case 'tag': {
        const tag = decodeTag(content);
        this.#expect(tag.target, tag.kind);
      }
    }
  }

  #inspectTree(content: Uint8Array): void {
    const names = new Map<string, string>();
    for (const { name, mode, oid } of decodeTree(content)) {
      const problem = segmentProblem(name);
      if (problem !== undefined) throw new MalformedObject(`the file name ${JSON.stringify(name)} ${problem}`);
      const other = names.get(foldName(name));
      if (other !== undefined)
        throw new MalformedObject(`the file names "${other}" and "${name}" differ only in case or Unicode form`);
      names.set(foldName(name), name);
      this.#expect(oid, mode === 'directory' ? 'tree' : 'blob');
    }
  }

  #expect(oid: string, kind: ObjectKind): void {
    const other = this.#expected.get(oid);
    if (other !== undefined && other !== kind)
      throw new MalformedObject(`${oid} is used as a ${kind} and as a ${other}`);
    this.#expected.set(oid, kind);
  }

  /** Each tree once, because a few small ones can name each other to billions of files. */
  #measure(tree: string, depth: number): TreeSize {
    if (depth > maximumDepth) throw new MalformedObject('a commit has too many directories within each other');
    const known = this.#sizes.get(tree);
    if (known !== undefined) return known;
    let files = 0;
    let longestPathBytes = 0;
    for (const entry of this.#objects.tree(tree)) {
      const below =
        entry.mode === 'directory' ? this.#measure(entry.oid, depth + 1) : { files: 1, longestPathBytes: -1 };
      files += below.files;
      longestPathBytes = Math.max(longestPathBytes, utf8Length(entry.name) + 1 + below.longestPathBytes);
    }
    const size = { files, longestPathBytes };
    this.#sizes.set(tree, size);
    return size;
  }
}

/** Packs (gitformat-pack): the stored zlib streams are copied as they are, without deltas. */

import { createHash } from 'node:crypto';
import type { RepositoryStore } from '../store.ts';
import type { ObjectKind } from './object-format.ts';

const typeNumber = { commit: 1, tree: 2, blob: 3, tag: 4 } as const satisfies Record<ObjectKind, number>;
const pieceBytes = 256 * 1024;

/** The pack of these objects in pieces of about 256 KB, read from the store as they are asked for. */
export function* packPieces(store: RepositoryStore, oids: readonly string[]): Generator<Uint8Array> {
  const checksum = createHash('sha1');
  const header = Buffer.alloc(12);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(oids.length, 8);
  let parts: Uint8Array[] = [header];
  let bytes = header.byteLength;
  for (const oid of oids) {
    const object = store.object(oid);
    if (object === undefined) throw new Error(`${oid} is missing`);
    const entry = entryHeader(typeNumber[object.kind], object.sizeBytes);
    parts.push(entry, object.deflated);
    bytes += entry.byteLength + object.deflated.byteLength;
    if (bytes < pieceBytes) continue;
    const piece = Buffer.concat(parts);
    checksum.update(piece);
    yield piece;
    parts = [];
    bytes = 0;
  }
  const last = Buffer.concat(parts);
  yield Buffer.concat([last, checksum.update(last).digest()]);
}

/** Type and size: four bits of the size in the first byte, seven in each that follows. */
const entryHeader = (type: number, sizeBytes: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = Math.floor(sizeBytes / 16);
  let byte = (type << 4) | (sizeBytes % 16);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes.push(byte);
  return Uint8Array.from(bytes);
};

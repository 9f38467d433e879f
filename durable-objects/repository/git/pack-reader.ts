/**
 * Takes a pushed pack apart (gitformat-pack). Reads under limits, because a pack of megabytes may unfold to
 * gigabytes, and synchronously, because its objects are stored in the transaction that moves the references.
 * isomorphic-git's indexPack has no such limits and skips what it cannot read, hence a reader of our own.
 */

import { createHash } from 'node:crypto';
import { BoundedCache } from './bounded-cache.ts';
import { hashObject, MalformedObject, type ObjectKind } from './object-format.ts';
import { applyDelta, ByteCursor } from './pack-delta.ts';
import { deflate, inflateFirst } from './zlib-stream.ts';

export interface PackLimits {
  readonly maximumObjects: number;
  readonly maximumObjectBytes: number;
  /** Of all contents together. */
  readonly maximumTotalBytes: number;
}

/** A complete object out of a pack. */
export interface PackedObject {
  readonly oid: string;
  readonly kind: ObjectKind;
  readonly content: Uint8Array;
  readonly deflated: Uint8Array;
}

/** Where objects of the pack go, and where the bases of deltas are found again. */
export interface PackTarget {
  /** The object is whole but nothing else is known about it. Throws `MalformedObject` to refuse the pack. */
  accept(object: PackedObject): void;
  /** An object accepted before, or there from the beginning. */
  find(oid: string): { readonly kind: ObjectKind; readonly content: Uint8Array } | undefined;
}

const kindByType: Readonly<Record<number, ObjectKind>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const offsetDelta = 6;
const referenceDelta = 7;
const headerBytes = 12;
const trailerBytes = 20;
const cachedBaseBytes = 8 * 1024 * 1024;

/** Hands every object of the pack to the target and answers how many. Throws `MalformedObject`. */
export const readPack = (pack: Uint8Array, target: PackTarget, limits: PackLimits): number => {
  const end = pack.byteLength - trailerBytes;
  const header = Buffer.from(new ByteCursor(pack).bytes(headerBytes));
  if (header.toString('latin1', 0, 4) !== 'PACK' || header.readUInt32BE(4) !== 2)
    throw new MalformedObject('this is not a pack of version 2');
  const count = header.readUInt32BE(8);
  if (count > limits.maximumObjects)
    throw new MalformedObject(`the pack has more than ${limits.maximumObjects} objects`);
  const trailer = Buffer.from(pack.subarray(Math.max(0, end)));
  // scan-allow weak-hash: the format of packs asks for SHA-1; it finds damage, not attacks.
  if (end < headerBytes || !createHash('sha1').update(pack.subarray(0, end)).digest().equals(trailer))
    throw new MalformedObject('the checksum of the pack is wrong: it was damaged on the way');
  const body = pack.subarray(0, end);
  const cursor = new ByteCursor(body, headerBytes);
  const reader = new PackReader(body, cursor, target, limits);
  for (let index = 0; index < count; index += 1) reader.readEntry();
  if (cursor.position !== end) throw new MalformedObject('the pack is longer than its objects');
  reader.finish();
  return count;
};

interface Base {
  readonly kind: ObjectKind;
  readonly content: Uint8Array;
}

interface DeltaEntry {
  readonly offset: number;
  readonly baseOid: string | undefined;
  readonly baseOffset: number | undefined;
  readonly delta: Uint8Array;
}

const offsetKey = (offset: number): string => `at ${offset}`;

class PackReader {
  readonly #pack: Uint8Array;
  readonly #cursor: ByteCursor;
  readonly #target: PackTarget;
  readonly #limits: PackLimits;
  readonly #oidByOffset = new Map<number, string>();
  readonly #offsets = new Set<number>();
  readonly #bases = new BoundedCache<Base>(cachedBaseBytes, (base) => base.content.byteLength + 1);
  /** Deltas whose base has not come yet, by the base's id or place. */
  readonly #waiting = new Map<string, DeltaEntry[]>();
  readonly #ready: DeltaEntry[] = [];
  #totalBytes = 0;

  constructor(pack: Uint8Array, cursor: ByteCursor, target: PackTarget, limits: PackLimits) {
    this.#pack = pack;
    this.#cursor = cursor;
    this.#target = target;
    this.#limits = limits;
  }

  readEntry(): void {
    const offset = this.#cursor.position;
    this.#offsets.add(offset);
    const first = this.#cursor.byte();
    const type = (first >> 4) & 7;
    const sizeBytes = first & 0x80 ? this.#cursor.size(first & 15, 4) : first & 15;
    const baseOffset = type === offsetDelta ? offset - this.#cursor.distance() : undefined;
    if (baseOffset !== undefined && !this.#offsets.has(baseOffset))
      throw new MalformedObject('a delta has no base at its distance');
    const baseOid = type === referenceDelta ? Buffer.from(this.#cursor.bytes(20)).toString('hex') : undefined;
    this.#count(sizeBytes);
    const start = this.#cursor.position;
    const { content, consumedBytes } = inflateFirst(this.#pack.subarray(start), sizeBytes);
    this.#cursor.position = start + consumedBytes;
    const kind = kindByType[type];
    if (kind !== undefined) {
      this.#accept(offset, kind, content, this.#pack.subarray(start, start + consumedBytes));
    } else if (baseOffset !== undefined || baseOid !== undefined) {
      this.#ready.push({ offset, baseOid, baseOffset, delta: content });
    } else throw new MalformedObject(`the pack has an entry of the unknown type ${type}`);
    // A loop, not a recursion: chains of deltas may be as long as the pack.
    for (let entry = this.#ready.pop(); entry !== undefined; entry = this.#ready.pop()) this.#resolve(entry);
  }

  finish(): void {
    const [waiting] = this.#waiting.values();
    if (waiting !== undefined) throw new MalformedObject(`the base ${waiting[0]?.baseOid ?? ''} of a delta is missing`);
  }

  #resolve(entry: DeltaEntry): void {
    const baseOid = entry.baseOid ?? this.#oidByOffset.get(entry.baseOffset ?? -1);
    const base = baseOid === undefined ? undefined : this.#base(baseOid);
    if (base === undefined) {
      const key = baseOid ?? offsetKey(entry.baseOffset ?? -1);
      const waiting = this.#waiting.get(key);
      if (waiting === undefined) this.#waiting.set(key, [entry]);
      else waiting.push(entry);
      return;
    }
    const content = applyDelta(base.content, entry.delta, this.#limits.maximumObjectBytes);
    this.#count(content.byteLength);
    this.#accept(entry.offset, base.kind, content, deflate(content));
  }

  #base(oid: string): Base | undefined {
    const found = this.#bases.peek(oid) ?? this.#target.find(oid);
    return found === undefined ? undefined : this.#bases.get(oid, () => found);
  }

  #accept(offset: number, kind: ObjectKind, content: Uint8Array, deflated: Uint8Array): void {
    const oid = hashObject(kind, content);
    this.#oidByOffset.set(offset, oid);
    this.#target.accept({ oid, kind, content, deflated });
    for (const key of [oid, offsetKey(offset)]) {
      for (const entry of this.#waiting.get(key) ?? []) this.#ready.push(entry);
      this.#waiting.delete(key);
    }
  }

  #count(sizeBytes: number): void {
    const { maximumObjectBytes, maximumTotalBytes } = this.#limits;
    if (sizeBytes > maximumObjectBytes)
      throw new MalformedObject(`an object is larger than ${maximumObjectBytes} bytes`);
    this.#totalBytes += sizeBytes;
    if (this.#totalBytes > maximumTotalBytes)
      throw new MalformedObject(`the pack unfolds to more than ${maximumTotalBytes} bytes`);
  }
}

/** Deltas in packs (gitformat-pack, "Deltified representation"): copies from a base and new bytes. */

import { MalformedObject } from './object-format.ts';

/** Rebuilds the content. Throws `MalformedObject`, also when the result would be longer than `maximumBytes`. */
export const applyDelta = (base: Uint8Array, delta: Uint8Array, maximumBytes: number): Uint8Array => {
  const cursor = new ByteCursor(delta);
  if (cursor.size() !== base.byteLength) throw new MalformedObject('a delta does not fit its base');
  const sizeBytes = cursor.size();
  if (sizeBytes > maximumBytes) throw new MalformedObject(`an object is larger than ${maximumBytes} bytes`);
  const result = new Uint8Array(sizeBytes);
  let position = 0;
  while (!cursor.atEnd) {
    const piece = nextPiece(cursor, base);
    if (position + piece.byteLength > sizeBytes) throw new MalformedObject('a delta gives more than it states');
    result.set(piece, position);
    position += piece.byteLength;
  }
  if (position !== sizeBytes) throw new MalformedObject('a delta gives less than it states');
  return result;
};

const nextPiece = (cursor: ByteCursor, base: Uint8Array): Uint8Array => {
  const instruction = cursor.byte();
  if (instruction === 0) throw new MalformedObject('a delta has a reserved instruction');
  if ((instruction & 0x80) === 0) return cursor.bytes(instruction);
  let offset = 0;
  let length = 0;
  for (let bit = 0; bit < 4; bit += 1) if (instruction & (1 << bit)) offset += cursor.byte() * 2 ** (8 * bit);
  for (let bit = 0; bit < 3; bit += 1) if (instruction & (0x10 << bit)) length += cursor.byte() * 2 ** (8 * bit);
  if (length === 0) length = 0x10000;
  if (offset + length > base.byteLength) throw new MalformedObject('a delta copies from beyond its base');
  return base.subarray(offset, offset + length);
};

/** Reads bytes and the variable-length numbers of packs. Throws `MalformedObject` at the end of the data. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  get atEnd(): boolean {
    return this.position >= this.#bytes.byteLength;
  }

  byte(): number {
    const byte = this.#bytes[this.position];
    if (byte === undefined) throw new MalformedObject('the data is cut off');
    this.position += 1;
    return byte;
  }

  bytes(count: number): Uint8Array {
    if (this.position + count > this.#bytes.byteLength) throw new MalformedObject('the data is cut off');
    this.position += count;
    return this.#bytes.subarray(this.position - count, this.position);
  }

  /** Seven bits a byte, least significant first, on top of bits that are known already. */
  size(known = 0, knownBits = 0): number {
    let value = known;
    let factor = 2 ** knownBits;
    let byte: number;
    do {
      byte = this.byte();
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (value > Number.MAX_SAFE_INTEGER) throw new MalformedObject('a size is not plausible');
    } while (byte & 0x80);
    return value;
  }

  /** The distance to a delta's base: seven bits a byte, most significant first, each continuation counting one more. */
  distance(): number {
    let byte = this.byte();
    let value = byte & 0x7f;
    while (byte & 0x80) {
      byte = this.byte();
      value = (value + 1) * 128 + (byte & 0x7f);
      if (value > Number.MAX_SAFE_INTEGER) throw new MalformedObject('a distance is not plausible');
    }
    return value;
  }
}

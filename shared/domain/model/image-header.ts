/**
 * What the first bytes of an image say: PNG (W3C PNG, 11.2.1), GIF (GIF89a, 18), JPEG (ITU T.81, B.2.2) and WebP
 * (https://developers.google.com/speed/webp/docs/riff_container). The bytes decide, not the name that was given to them.
 */
export interface ImageHeader {
  readonly format: 'PNG' | 'JPEG' | 'GIF' | 'WebP';
  /** In pixels; absent where the header is cut off. */
  readonly width?: number;
  readonly height?: number;
}

/** Enough for the size of almost every photograph, behind its embedded preview. */
export const headerBytes = 262_144;

const textAt = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length));

class Reader {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Undefined beyond the end. */
  number(at: number, bytes: 1 | 2 | 3 | 4, isLittle = false): number | undefined {
    if (at + bytes > this.#view.byteLength) return undefined;
    let value = 0;
    for (let index = 0; index < bytes; index += 1)
      value = value * 256 + this.#view.getUint8(at + (isLittle ? bytes - 1 - index : index));
    return value;
  }
}

const sized = (format: ImageHeader['format'], width: number | undefined, height: number | undefined): ImageHeader =>
  width === undefined || height === undefined ? { format } : { format, width, height };

/** The segments up to the one that begins a frame: 0xC0 to 0xCF, but for tables. */
const readJpeg = (reader: Reader): ImageHeader => {
  let at = 2;
  for (;;) {
    const mark = reader.number(at, 1);
    const kind = reader.number(at + 1, 1);
    const length = reader.number(at + 2, 2);
    if (mark !== 0xff || kind === undefined || length === undefined || length < 2) return { format: 'JPEG' };
    if (kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind))
      return sized('JPEG', reader.number(at + 7, 2), reader.number(at + 5, 2));
    at += 2 + length;
  }
};

const less = (value: number | undefined, mask: number, more: number): number | undefined =>
  value === undefined ? undefined : (value & mask) + more;

const readWebp = (reader: Reader, kind: string): ImageHeader => {
  if (kind === 'VP8X')
    return sized('WebP', less(reader.number(24, 3, true), 0xffffff, 1), less(reader.number(27, 3, true), 0xffffff, 1));
  if (kind === 'VP8 ')
    return sized('WebP', less(reader.number(26, 2, true), 0x3fff, 0), less(reader.number(28, 2, true), 0x3fff, 0));
  const bits = kind === 'VP8L' ? reader.number(21, 4, true) : undefined;
  return bits === undefined ? { format: 'WebP' } : sized('WebP', (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
};

/** What the bytes are; undefined for no image of these four kinds. */
export const readImageHeader = (bytes: Uint8Array): ImageHeader | undefined => {
  const reader = new Reader(bytes);
  if (reader.number(0, 4) === 0x89504e47) return sized('PNG', reader.number(16, 4), reader.number(20, 4));
  if (textAt(bytes, 0, 4) === 'GIF8') return sized('GIF', reader.number(6, 2, true), reader.number(8, 2, true));
  if (reader.number(0, 2) === 0xffd8) return readJpeg(reader);
  return textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP'
    ? readWebp(reader, textAt(bytes, 12, 4))
    : undefined;
};
